namespace MicroCreds.Ledger.Model;

/// <summary>What values may be, wherever they are judged; each fault says what may stand there.</summary>
public static class ValueRules
{
    /// <summary>A title, name or sentence: not blank, nothing unseen (<see cref="WrittenText"/>).</summary>
    public static LedgerError? Text(string? text, string field, int maxLength = Limits.MaxNameLength)
    {
        if (string.IsNullOrWhiteSpace(text)) return Invalid(field, "must not be empty.");

        if (text.Length > maxLength)
        {
            return new LedgerError(
                ErrorCodes.TooLarge, $"{field} has {text.Length} characters: at most {maxLength} are taken.", field);
        }

        return WrittenText.FaultOf(text, maxLength == Limits.MaxTextLength) is { } fault ? Invalid(field, fault) : null;
    }

    /// <summary>An achievement's identifier: lower-case letters, digits and inner hyphens.</summary>
    public static LedgerError? Id(string? id, string field) =>
        Text(id, field, Limits.MaxIdLength)
        ?? (id!.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && id![0] != '-' && id[^1] != '-'
            ? null
            : Invalid(field, "must be of lower-case letters, digits and inner hyphens, such as data-literacy."));

    /// <summary>An absolute web address.</summary>
    public static LedgerError? Url(string? url, string field, bool allowHttp = false)
    {
        if (Text(url, field, Limits.MaxUrlLength) is { } fault) return fault;

        string? rest = After(url!, "https://") ?? (allowHttp ? After(url!, "http://") : null);
        string host = rest?.Split('/', '?', '#')[0] ?? "";
        if (host.Contains('@'))
        {
            return Invalid(
                field, "has user information before the host, by which it looks like another's: leave it out.");
        }

        // Not by the platform's parser, which may judge otherwise in another version of .NET, on another peer.
        return host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':')
            && url!.All(c => c is > ' ' and < '\x7f' && !"\"<>\\^`{|}".Contains(c))
            ? null
            : Invalid(field, $"must be an absolute {(allowHttp ? "http or " : "")}https address.");
    }

    /// <summary>A language by BCP 47.</summary>
    public static LedgerError? Language(string? language, string field)
    {
        if (Text(language, field, Limits.MaxIdLength) is { } fault) return fault;

        string[] parts = language!.Split('-');
        return parts[0].Length is >= 2 and <= 8 && parts[0].All(char.IsAsciiLetter)
            && parts.All(p => p.Length is >= 1 and <= 8 && p.All(char.IsAsciiLetterOrDigit))
            ? null
            : Invalid(field, "must be a language tag of BCP 47, such as en or pt-BR.");
    }

    /// <summary>A whole number within bounds.</summary>
    public static LedgerError? Range(int number, string field, int min, int max) =>
        number >= min && number <= max ? null : Invalid(field, $"is {number}: it must be from {min} to {max}.");

#pragma warning disable MCF0007 // It only says why a transaction is refused, which leaves nothing on the ledger.
    /// <summary>A number within bounds.</summary>
    public static LedgerError? Range(double number, string field, double min, double max) =>
        number >= min && number <= max ? null : Invalid(field, $"must be a number from {min} to {max}.");
#pragma warning restore MCF0007 // As above.

    /// <summary>The number of a list's items.</summary>
    public static LedgerError? Count<T>(IReadOnlyCollection<T>? items, string field, int min, int max) =>
        items is not null && items.Count >= min && items.Count <= max
            ? null
            : Invalid(field, $"has {items?.Count ?? 0} items: there must be from {min} to {max}.");

    /// <summary>A value that a fixed list holds.</summary>
    public static LedgerError? OneOf(string? value, string field, IReadOnlyList<string> values) =>
        value is not null && values.Contains(value, StringComparer.Ordinal)
            ? null
            : Invalid(field, $"must be one of {string.Join(", ", values)}.");

    /// <summary>A fault of the value at a place.</summary>
    public static LedgerError Invalid(string field, string rule) =>
        new(ErrorCodes.InvalidValue, $"{field} {rule}", field);

    private static string? After(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}
