using System.Text.Json;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>What mails say: the institution's own words where it has some, else those that are shipped. Thread-safe.
/// </summary>
public sealed partial class MailTexts
{
    private const string Prefix = "mail.";
    private const int MaxFileBytes = 256 * 1024;

    private readonly IReadOnlyDictionary<string, Dictionary<string, string>> _own;

    /// <summary>Reads the institution's own words.</summary>
    public MailTexts(GatewayServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _own = options.Learners.TextsFile is { } file
            ? Read(file) : new Dictionary<string, Dictionary<string, string>>();
    }

    /// <summary>Says what is wrong with a file of own words; null if nothing is.</summary>
    public static string? FaultOf(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxFileBytes })
                return $"it has more than {MaxFileBytes / 1024} KiB.";
            var shipped = PageText.In(null);
            foreach (var (language, texts) in Read(file))
            {
                if (!PageText.Languages.Contains(language)) return $"\"{language}\" is not a language of the pages.";
                if (texts.Keys.FirstOrDefault(
                        key => !key.StartsWith(Prefix, StringComparison.Ordinal) || shipped.Find(key) is null)
                    is { } unknown)
                    return $"\"{unknown}\" is not a text of mails.";
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read as {{ \"language\": {{ \"mail.…\": \"…\" }} }}: {exception.Message}";
        }
    }

    /// <summary>Fills in a text.</summary>
    /// <param name="text">The language.</param>
    /// <param name="key">The text's key behind <c>mail.</c>.</param>
    /// <param name="facts">What stands in its places.</param>
    public string Fill(PageText text, string key, IReadOnlyDictionary<string, string> facts)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(facts);
        string filled = _own.GetValueOrDefault(text.Language)?.GetValueOrDefault(Prefix + key) ?? text[Prefix + key];

        // All at once: what a fact says is no place to be filled.
        return Place().Replace(filled, place => facts.GetValueOrDefault(place.Groups[1].Value, place.Value));
    }

    [GeneratedRegex(@"\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    private static Dictionary<string, Dictionary<string, string>> Read(string file) =>
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(File.ReadAllBytes(file)) ?? [];
}
