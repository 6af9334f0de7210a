using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>The kinds of values that statements are made of (xAPI 1.0.3, part two, 4), and what is wrong with one.
/// </summary>
internal sealed partial class XapiValues
{
    /// <summary>The most faults of one request that are looked for.</summary>
    private const int MaxFaults = 20;

    private readonly List<FieldFault> _faults = [];

    /// <summary>What was found to be wrong.</summary>
    public IReadOnlyList<FieldFault> Faults => _faults;

    /// <summary>Notes a fault.</summary>
    public void Fault(string path, string reason)
    {
        if (_faults.Count < MaxFaults) _faults.Add(new FieldFault(path, reason));
    }

    /// <summary>Whether an element is an object, of these members alone, with these in any case.</summary>
    public bool IsObject(JsonElement element, string path, string[] members, params ReadOnlySpan<string> required)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fault(path, "must be an object.");
            return false;
        }

        foreach (var member in element.EnumerateObject())
        {
            string place = $"{path}/{member.Name}";
            if (!members.Contains(member.Name, StringComparer.Ordinal))
                Fault(place, $"is not known here: there are {string.Join(", ", members)}.");
            else if (member.Value.ValueKind == JsonValueKind.Null)
                Fault(place, "is null: leave it out.");
        }

        foreach (string name in required)
        {
            if (!element.TryGetProperty(name, out _)) Fault($"{path}/{name}", "is missing.");
        }

        return true;
    }

    /// <summary>A member that is judged if it is there.</summary>
    public static void If(JsonElement element, string name, string path, Action<JsonElement, string> judge)
    {
        if (element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            judge(value, $"{path}/{name}");
    }

    /// <summary>A text.</summary>
    public void Text(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) Fault(path, "must be a string.");
    }

    /// <summary>True or false.</summary>
    public void Flag(JsonElement value, string path)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Fault(path, "must be true or false.");
    }

    /// <summary>A number.</summary>
    public void Number(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number) Fault(path, "must be a number.");
    }

    /// <summary>An IRI with its scheme.</summary>
    public void Iri(JsonElement value, string path)
    {
        if (!IsIri(TextOf(value))) Fault(path, "must be an IRI with its scheme, such as https://example.org/lab.");
    }

    /// <summary>A UUID in its standard form.</summary>
    public void Uuid(JsonElement value, string path)
    {
        if (!IsUuid(TextOf(value), out _))
            Fault(path, "must be a UUID, such as 6690e6c9-3ef0-4ed3-8b37-7f3964730bee.");
    }

    /// <summary>A moment by ISO 8601.</summary>
    public void Moment(JsonElement value, string path)
    {
        if (!IsMoment(TextOf(value), out _))
            Fault(path, "must be a moment by ISO 8601 with its offset, such as 2026-01-31T12:00:00.000Z.");
    }

    /// <summary>A duration by ISO 8601.</summary>
    public void Duration(JsonElement value, string path)
    {
        if (TextOf(value) is not { } text || !Iso8601Duration().IsMatch(text))
            Fault(path, "must be a duration by ISO 8601, such as PT4M30S.");
    }

    /// <summary>A language by BCP 47.</summary>
    public void Language(JsonElement value, string path)
    {
        if (TextOf(value) is not { } text || !LanguageTag().IsMatch(text))
            Fault(path, "must be a language tag of BCP 47, such as en or de-AT.");
    }

    /// <summary>Texts by language.</summary>
    public void LanguageMap(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fault(path, "must be an object of texts by language.");
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!LanguageTag().IsMatch(member.Name))
                Fault($"{path}/{member.Name}", "must be named by a language tag of BCP 47.");
            Text(member.Value, $"{path}/{member.Name}");
        }
    }

    /// <summary>Anything, by IRIs.</summary>
    public void Extensions(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fault(path, "must be an object.");
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!IsIri(member.Name)) Fault($"{path}/{member.Name}", "must be named by an IRI.");
        }
    }

    /// <summary>A list, of which each is judged.</summary>
    public void Each(JsonElement value, string path, Action<JsonElement, string> judge)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fault(path, "must be an array.");
            return;
        }

        int i = 0;
        foreach (var item in value.EnumerateArray())
            judge(item, string.Create(CultureInfo.InvariantCulture, $"{path}/{i++}"));
    }

    /// <summary>Whether a text is an IRI with its scheme.</summary>
    public static bool IsIri(string? text) => text is not null && AbsoluteIri().IsMatch(text);

    /// <summary>Whether a text is a UUID.</summary>
    public static bool IsUuid(string? text, out Guid id) => Guid.TryParseExact(text, "D", out id);

    /// <summary>Whether a text is a moment; without an offset it is UTC.</summary>
    public static bool IsMoment(string? text, out DateTimeOffset at)
    {
        at = default;
        return text is not null && Iso8601Moment().IsMatch(text) && !text.Contains("-00:00", StringComparison.Ordinal)
            && !NoOffset().IsMatch(text)
            && DateTimeOffset.TryParse(
                WithMinutes(text), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
    }

    /// <summary>The length of a duration; null if it is none, or has months, which have no one length.</summary>
    public static TimeSpan? LengthOf(string? text)
    {
        if (text is null || Iso8601Duration().Match(text) is not { Success: true } match) return null;
        double seconds = 0;
        foreach (var (name, length) in ((string, double)[])[
            ("w", 604800), ("d", 86400), ("h", 3600), ("min", 60), ("s", 1)])
        {
            if (match.Groups[name].Success)
                seconds += length * double.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        }

        return match.Groups["y"].Success || match.Groups["m"].Success || seconds > TimeSpan.MaxValue.TotalSeconds / 2
            ? null : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>The text that an element is; null if it is none.</summary>
    public static string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // The platform's parser wants minutes in an offset.
    private static string WithMinutes(string text) => HourOffset().IsMatch(text) ? text + ":00" : text;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>""{}|\\^`]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex AbsoluteIri();

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
        + @"(Z|[+\-][0-9]{2}(:?[0-9]{2})?)?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601Moment();

    [GeneratedRegex(@"T.*-00(:?00)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NoOffset();

    [GeneratedRegex(@"T.*[+\-][0-9]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HourOffset();

    [GeneratedRegex(
        @"\AP(?=.)(?:(?<w>\d+(\.\d+)?)W|(?:(?<y>\d+(\.\d+)?)Y)?(?:(?<m>\d+(\.\d+)?)M)?(?:(?<d>\d+(\.\d+)?)D)?"
        + @"(?:T(?=\d)(?:(?<h>\d+(\.\d+)?)H)?(?:(?<min>\d+(\.\d+)?)M)?(?:(?<s>\d+(\.\d+)?)S)?)?)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601Duration();

    [GeneratedRegex(@"\A([A-Za-z]{2,8}|[ix])(-[A-Za-z0-9]{1,8})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
