using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What the pages say in one language. Each language is one file in Texts; all have the same keys.</summary>
public sealed partial class PageText
{
    /// <summary>
    /// The languages that are shipped, one file in Texts each; the first is for who asks for none of them.
    /// </summary>
    public static readonly IReadOnlyList<string> Languages = FindLanguages();

    /// <summary>The parameter of an address that names a language.</summary>
    public const string LanguageParameter = "lang";

    /// <summary>The cookie that remembers the language which a visitor switched to at the desk.</summary>
    public const string LanguageCookie = "microcreds-language";

    private const string First = "en";
    private const string Ending = ".json";
    private static string Folder => typeof(PageText).Namespace + ".Texts.";

    private static readonly FrozenDictionary<string, PageText> All =
        Languages.ToFrozenDictionary(language => language, language => new PageText(language));

    private readonly FrozenDictionary<string, string> _texts;
    private readonly string[] _months;

    private PageText(string language)
    {
        Language = language;
        string name = Folder + language + Ending;
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The texts {name} are not in the assembly.");
        using var document = JsonDocument.Parse(stream);
        var texts = new Dictionary<string, string>();
        Collect(document.RootElement, "", texts);
        _texts = texts.ToFrozenDictionary();
        _months = this["months"].Split(' ');
    }

    /// <summary>The language, BCP 47.</summary>
    public string Language { get; }

    /// <summary>The keys of all texts.</summary>
    public IReadOnlyCollection<string> Keys => _texts.Keys;

    /// <summary>A text by its key, such as <c>page.title</c>.</summary>
    public string this[string key] => _texts[key];

    /// <summary>The texts in a language; the first one if it is not shipped.</summary>
    public static PageText In(string? language) => All.GetValueOrDefault(language ?? "", All[Languages[0]]);

    /// <summary>
    /// Chooses the language of an answer: what the visitor switched to, or what the browser asks for first.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="chosen">What a form says; else the address may.</param>
    public static PageText Of(HttpRequest request, string? chosen = null)
    {
        chosen ??= request.Query[LanguageParameter].LastOrDefault() ?? request.Cookies[LanguageCookie];
        if (chosen is not null && All.TryGetValue(chosen, out var switched)) return switched;

        var accepted = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Where(language => language.Quality != 0)
            .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant());
        return In(accepted.FirstOrDefault(All.ContainsKey));
    }

    /// <summary>Finds a text, if there is one.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key);

    /// <summary>Finds what a code of a fixed list is called; a code that is not known stays as it is.</summary>
    public string NameOf(string list, string code) => Find($"{list}.{code}") ?? code;

    /// <summary>
    /// Fills in a text: <c>{count}</c> becomes the value of that name, <c>{count|course|courses}</c> the first word
    /// where that value is 1, and else the second.
    /// </summary>
    public string Fill(string key, params ReadOnlySpan<(string Name, string Value)> values)
    {
        string text = this[key];
        if (text.Contains('|', StringComparison.Ordinal))
        {
            var facts = new Dictionary<string, string>();
            foreach (var (name, value) in values) facts[name] = value;
            text = WithForms(text, facts);
        }

        foreach (var (name, value) in values)
            text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Fills in a text from facts; none if there is no such text, or a fact is missing.</summary>
    public string? TryFill(string key, IReadOnlyDictionary<string, string> facts)
    {
        if (Find(key) is not { } found) return null;

        string text = WithForms(found, facts);
        bool isComplete = true;
        string filled = Placeholder().Replace(text, match =>
        {
            isComplete &= facts.TryGetValue(match.Groups[1].Value, out string? value);
            return value ?? "";
        });
        return isComplete ? filled : null;
    }

    /// <summary>Writes a day, in UTC.</summary>
    public string Date(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return Fill(
            "date",
            ("day", utc.Day.ToString(CultureInfo.InvariantCulture)),
            ("month", _months[utc.Month - 1]),
            ("year", utc.Year.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Writes a time to the minute, in UTC.</summary>
    public string Time(DateTimeOffset time) => Fill(
        "time", ("date", Date(time)), ("clock", time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)));

    /// <summary>Writes a month, such as <c>2026-11</c>.</summary>
    public string Month(string month)
    {
        string name = _months[int.Parse(month.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture) - 1];
        return $"{name} {month[..4]}";
    }

    /// <summary>Writes a whole number, which may be large.</summary>
    public string Whole(long number) => number.ToString("#,0", CultureInfo.InvariantCulture)
        .Replace(",", this["thousands"], StringComparison.Ordinal);

    /// <summary>Writes a number.</summary>
    public string Number(double number) =>
        number.ToString("0.####", CultureInfo.InvariantCulture).Replace(".", this["decimal"], StringComparison.Ordinal);

    private static string WithForms(string text, IReadOnlyDictionary<string, string> facts) => Forms().Replace(
        text, match => facts.GetValueOrDefault(match.Groups[1].Value) is not { } value ? match.Value
            : match.Groups[value == "1" ? 2 : 3].Value);

    private static string[] FindLanguages() =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .OrderBy(language => language == First ? "" : language, StringComparer.Ordinal),
    ];

    private static void Collect(JsonElement element, string prefix, Dictionary<string, string> texts)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
                Collect(member.Value, $"{prefix}{member.Name}.", texts);
            else
                texts.Add(prefix + member.Name, member.Value.GetString()!);
        }
    }

    [GeneratedRegex(@"\{([A-Za-z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{([A-Za-z]+)\|([^|{}]*)\|([^|{}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Forms();
}
