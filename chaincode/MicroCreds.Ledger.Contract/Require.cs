using System.Diagnostics.CodeAnalysis;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Refuses values that a field may not have; each refusal says what may stand there.</summary>
internal static class Require
{
    private const string UuidForm = "00000000-0000-0000-0000-000000000000";
    private const string UuidPrefix = "urn:uuid:";

    /// <summary>A title, name or sentence: not blank, no control characters.</summary>
    public static void Text([NotNull] string? text, string field, int maxLength = Limits.MaxNameLength)
    {
        if (string.IsNullOrWhiteSpace(text)) throw Invalid(field, "must not be empty.");

        Length(text, field, maxLength);
        bool isLong = maxLength == Limits.MaxTextLength;
        foreach (char c in text)
        {
            if ((char.IsControl(c) && !(isLong && c is '\n' or '\r' or '\t')) || IsDirection(c))
            {
                throw Invalid(field, $"holds the control character U+{(int)c:X4}: leave it out.");
            }
        }
    }

    /// <summary>A text that may be absent, but not blank.</summary>
    public static void OptionalText(string? text, string field, int maxLength = Limits.MaxNameLength)
    {
        if (text is not null) Text(text, field, maxLength);
    }

    /// <summary>An achievement's identifier: lower-case letters, digits and inner hyphens.</summary>
    public static void Id([NotNull] string? id, string field)
    {
        Text(id, field, Limits.MaxIdLength);
        if (!id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || id[0] == '-' || id[^1] == '-')
        {
            throw Invalid(field, "must be of lower-case letters, digits and inner hyphens, such as data-literacy.");
        }
    }

    /// <summary>The name of a key or a status list: letters, digits, and hyphen, dot, underscore within.</summary>
    public static void Fragment([NotNull] string? name, string field)
    {
        Text(name, field, Limits.MaxIdLength);
        if (!char.IsAsciiLetterOrDigit(name[0])
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            throw Invalid(field, "must be of letters, digits, hyphens, dots and underscores, such as key-1.");
        }
    }

    /// <summary>An MSP's identifier, of which Fabric asks little: nothing that a key cannot hold.</summary>
    public static void MspId([NotNull] string? mspId, string field)
    {
        if (mspId?.Contains("\U0010FFFF", StringComparison.Ordinal) == true)
        {
            throw Invalid(field, "holds U+10FFFF, which the ledger's keys cannot: leave it out.");
        }

        Text(mspId, field);
    }

    /// <summary>A Merkle root: 64 lower-case hexadecimal digits.</summary>
    public static void Root([NotNull] string? root, string field)
    {
        if (root is not { Length: 2 * MerkleTree.HashLength } || !root.All(char.IsAsciiHexDigitLower))
        {
            throw Invalid(field, "must be a SHA-256 Merkle root in 64 lower-case hexadecimal digits.");
        }
    }

    /// <summary>A whole number within bounds.</summary>
    public static void Range(int number, string field, int min, int max)
    {
        if (number < min || number > max) throw Invalid(field, $"is {number}: it must be from {min} to {max}.");
    }

    /// <summary>A number within bounds.</summary>
    public static void Range(double number, string field, double min, double max)
    {
        if (!(number >= min && number <= max)) throw Invalid(field, $"must be a number from {min} to {max}.");
    }

    /// <summary>The number of a list's items.</summary>
    public static void Count<T>([NotNull] IReadOnlyCollection<T>? items, string field, int min, int max)
    {
        if (items is null || items.Count < min || items.Count > max)
        {
            throw Invalid(field, $"has {items?.Count ?? 0} items: there must be from {min} to {max}.");
        }
    }

    /// <summary>An absolute web address.</summary>
    public static void Url([NotNull] string? url, string field, bool allowHttp = false)
    {
        Text(url, field, Limits.MaxUrlLength);
        string? rest = After(url, "https://") ?? (allowHttp ? After(url, "http://") : null);
        string host = rest?.Split('/', '?', '#')[0] ?? "";

        // Not by the platform's parser, which may judge otherwise in another version of .NET, on another peer.
        if (host.Length == 0 || !host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':')
            || !url.All(c => c is > ' ' and < '\x7f' && !"\"<>\\^`{|}".Contains(c)))
        {
            throw Invalid(field, $"must be an absolute {(allowHttp ? "http or " : "")}https address.");
        }
    }

    /// <summary>A decentralised identifier, without path, query or fragment.</summary>
    public static void Did([NotNull] string? did, string field)
    {
        Text(did, field, Limits.MaxUrlLength);
        string[] parts = did.Split(':');
        if (parts.Length < 3 || parts[0] != "did" || parts.Any(p => p.Length == 0)
            || !parts[1].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            || !did.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '-' or '_' or '%'))
        {
            throw Invalid(field, "must be a DID such as did:web:university.example.");
        }

        // A host's case makes no difference on the web: here it must make none either, or two could claim one DID.
        string host = parts[2].Replace("%3A", "", StringComparison.Ordinal);
        if (parts[1] == "web" && host.Any(c => char.IsAsciiLetterUpper(c) || c == '%'))
        {
            throw Invalid(field, "must have its host in lower case, and a port behind %3A.");
        }
    }

    /// <summary>A country by ISO 3166-1 alpha-2.</summary>
    public static void Country([NotNull] string? country, string field)
    {
        if (country is not { Length: 2 } || !country.All(char.IsAsciiLetterUpper))
        {
            throw Invalid(field, "must be the two upper-case letters of ISO 3166-1, such as FI.");
        }
    }

    /// <summary>A language by BCP 47.</summary>
    public static void Language([NotNull] string? language, string field)
    {
        Text(language, field, Limits.MaxIdLength);
        string[] parts = language.Split('-');
        if (parts[0].Length is < 2 or > 8 || !parts[0].All(char.IsAsciiLetter)
            || parts.Any(p => p.Length is < 1 or > 8 || !p.All(char.IsAsciiLetterOrDigit)))
        {
            throw Invalid(field, "must be a language tag of BCP 47, such as en or pt-BR.");
        }
    }

    /// <summary>A credential's identifier: a random UUID, which says nothing of the person.</summary>
    public static void CredentialId([NotNull] string? id, string field)
    {
        Text(id, field);
        bool fits = id.Length == UuidPrefix.Length + UuidForm.Length
            && id.StartsWith(UuidPrefix, StringComparison.Ordinal)
            && id.Skip(UuidPrefix.Length).Zip(UuidForm)
                .All(c => c.Second == '-' ? c.First == '-' : char.IsAsciiHexDigitLower(c.First));
        if (!fits) throw Invalid(field, "must be urn:uuid: and a UUID in lower case.");
    }

    /// <summary>A value that a fixed list holds.</summary>
    public static void OneOf([NotNull] string? value, string field, IReadOnlyList<string> values)
    {
        if (value is null || !values.Contains(value, StringComparer.Ordinal))
        {
            throw Invalid(field, $"must be one of {string.Join(", ", values)}.");
        }
    }

    /// <summary>A refusal of the value at a place.</summary>
    public static ChaincodeException Invalid(string field, string rule) =>
        Refusal.Because(ErrorCodes.InvalidValue, $"{field} {rule}", field);

    /// <summary>
    /// Characters that turn the direction of writing, by which a name can be made to look like another.
    /// </summary>
    private static bool IsDirection(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string? After(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static void Length(string text, string field, int maxLength)
    {
        if (text.Length > maxLength)
        {
            throw Refusal.Because(
                ErrorCodes.TooLarge, $"{field} has {text.Length} characters: at most {maxLength} are taken.", field);
        }
    }
}
