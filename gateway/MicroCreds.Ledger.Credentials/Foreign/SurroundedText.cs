using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Finds the JSON object that words stand before or behind.</summary>
internal static class SurroundedJson
{
    /// <summary>Finds the first whole object; nothing if there is none.</summary>
    public static string? Find(string text)
    {
        int start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0) return null;
        int depth = 0;
        bool isText = false;
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (isText)
            {
                if (c == '\\') i++;
                else if (c == '"') isText = false;
                continue;
            }

            if (c == '"') isText = true;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return text[start..(i + 1)];
        }

        return null;
    }
}

/// <summary>Finds a credential that words stand around.</summary>
internal static partial class SurroundedText
{
    /// <summary>Finds JSON with some length, a token, or a text from paper; nothing if there is none.</summary>
    public static string? Find(string text)
    {
        const int Shortest = 80;
        if (Token().Match(text) is { Success: true } token && token.Length < text.Length) return token.Value;
        if (Compact().Match(text) is { Success: true } compact && compact.Length < text.Length) return compact.Value;
        return SurroundedJson.Find(text) is { Length: >= Shortest } json && json.Length < text.Length ? json : null;
    }

    [GeneratedRegex(
        @"\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}(?:~[A-Za-z0-9_.~-]*)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\bMC[0-9]{1,3}:[0-9A-Z $%*+\-./:]{100,}", RegexOptions.CultureInvariant)]
    private static partial Regex Compact();
}
