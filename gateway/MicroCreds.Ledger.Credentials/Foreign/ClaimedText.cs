using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Texts that foreign documents say of themselves, made fit to be shown.</summary>
public static class ClaimedText
{
    /// <summary>The longest text that is shown, in characters.</summary>
    public const int MaxLength = 120;

    private const char Ellipsis = '…';
    private const int MaxNesting = 4;

    // Where forms keep what is called by a name.
    private static readonly string[] Names =
    [
        "name", "legalName", "prefLabel", "preferredName", "title", "schema:name", "@value", "value", "en", "id", "@id",
    ];

    /// <summary>
    /// Cleans a text of what is not seen, or turns the writing round, and cuts it; null if nothing is left to show.
    /// </summary>
    public static string? Of(string? text)
    {
        if (text is null) return null;
        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= MaxLength)
            {
                clean.Append(Ellipsis);
                break;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
            }
            else if (rune != Rune.ReplacementChar && WrittenText.FaultOf(rune.ToString()) is null)
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString().Trim() is { Length: > 0 } shown ? shown : null;
    }

    /// <summary>Finds the text in a value: itself, or what an object or a list calls by a name.</summary>
    internal static string? Of(JsonElement value) => Of(Find(value, MaxNesting));

    /// <summary>
    /// Follows members by their names; undefined where one is missing. A list stands for its first item.
    /// </summary>
    internal static JsonElement At(JsonElement root, params ReadOnlySpan<string> path)
    {
        var at = root;
        foreach (string name in path)
        {
            if (at.ValueKind == JsonValueKind.Array) at = at.GetArrayLength() > 0 ? at[0] : default;
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return default;
        }

        return at;
    }

    private static string? Find(JsonElement value, int left)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return value.GetString();
            case JsonValueKind.Array when left > 0 && value.GetArrayLength() > 0:
                return Find(value[0], left - 1);
            case JsonValueKind.Object when left > 0:
                foreach (string name in Names)
                {
                    if (value.TryGetProperty(name, out var member) && Find(member, left - 1) is { } found) return found;
                }

                // A text in several languages, under their tags.
                foreach (var member in value.EnumerateObject())
                {
                    if (member.Name.Length is 2 or 5 && Find(member.Value, left - 1) is { } found) return found;
                }

                return null;
            default:
                return null;
        }
    }
}
