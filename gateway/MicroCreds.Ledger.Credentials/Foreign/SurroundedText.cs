using System.Text;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Finds the JSON objects that words stand before, between or behind.</summary>
internal static class SurroundedJson
{
    /// <summary>How many braces without an end are passed over, each for another look at what stands behind it.
    /// </summary>
    private const int MaxOpen = 16;

    /// <summary>
    /// Finds the whole objects, none within another, in their order; of very many the first, one more than are looked
    /// at. A brace that nothing closes hides nothing that stands behind it.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isWhole">Whether all of it was looked through.</param>
    public static IReadOnlyList<Range> Find(string text, out bool isWhole)
    {
        var found = new List<Range>();
        int from = 0;
        for (int opened = 0; opened <= MaxOpen; opened++)
        {
            if (FindFrom(from, text, found) is not { } open)
            {
                isWhole = true;
                return found;
            }

            from = open + 1;
        }

        isWhole = false;
        return found;
    }

    // Gives where a brace stands that nothing closes.
    private static int? FindFrom(int from, string text, List<Range> found)
    {
        int depth = 0;
        int start = 0;
        bool isText = false;
        for (int i = from; i < text.Length && found.Count <= Unwrapping.MaxPieces; i++)
        {
            char c = text[i];
            if (isText)
            {
                if (c == '\\') i++;
                else if (c == '"') isText = false;
                continue;
            }

            // Between objects are words, whose quotation marks open nothing.
            if (c == '"') isText = depth > 0;
            else if (c == '{' && depth++ == 0) start = i;
            else if (c == '}' && depth > 0 && --depth == 0) found.Add(start..(i + 1));
        }

        return depth > 0 && found.Count <= Unwrapping.MaxPieces ? start : null;
    }
}

/// <summary>Finds the credentials that words stand around.</summary>
internal static class SurroundedText
{
    private const int Shortest = 80;

    // Whatever is sent is read through once, be it made of nothing but beginnings.
    private static readonly Regex Token = new(
        @"\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}(?:~[A-Za-z0-9_.~-]*)?",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static readonly Regex Compact = new(
        @"\bMC[0-9]{1,3}:[0-9A-Z $%*+\-./:]{100,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>
    /// Finds JSON objects, tokens and texts from paper; of very many the first, one more than are looked at. What is
    /// all of the text is not surrounded. Where not all of it was looked through, they are as many as of very many.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="shortest">How many characters an object has at least. Default is 80: words stand in braces, too.
    /// </param>
    public static IReadOnlyList<byte[]> Find(string text, int shortest = Shortest)
    {
        var objects = SurroundedJson.Find(text, out bool isWhole)
            .Where(place => place.GetOffsetAndLength(text.Length).Length >= shortest).ToList();
        string rest = Without(text, objects.Where(place => BrokenLines.IsJson(Encoding.UTF8.GetBytes(text[place]))));
        return
        [
            .. objects.Select(place => text[place])
                .Concat(Token.Matches(rest).Select(match => match.Value))
                .Concat(Compact.Matches(rest).Select(match => match.Value))
                .Where(one => one.Length < text.Length)
                .Take(Unwrapping.MaxPieces + 1)
                .Select(Encoding.UTF8.GetBytes),
            .. Enumerable.Repeat(Array.Empty<byte>(), isWhole ? 0 : Unwrapping.MaxPieces + 1),
        ];
    }

    // What stands in an object is its own.
    private static string Without(string text, IEnumerable<Range> places)
    {
        char[] rest = text.ToCharArray();
        foreach (var (start, length) in places.Select(place => place.GetOffsetAndLength(text.Length)))
            Array.Fill(rest, ' ', start, length);
        return new string(rest);
    }
}
