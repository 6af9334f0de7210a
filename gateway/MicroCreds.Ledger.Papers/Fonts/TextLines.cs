using System.Text;

namespace MicroCreds.Ledger.Papers.Fonts;

/// <summary>Texts broken into lines.</summary>
internal static class TextLines
{
    /// <summary>
    /// Breaks a text at its spaces so that each line fits; a word that is longer than a line is broken anywhere. Lines
    /// keep their last space, so that the lines together are the text.
    /// </summary>
    public static IReadOnlyList<string> Break(Typeface typeface, string text, double size, double width)
    {
        var lines = new List<string>();
        int begin = 0;
        int lastSpace = -1;
        double length = 0;
        for (int at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var character, out int taken);
            length += typeface.Width(typeface.Glyph(character)) * size / typeface.UnitsPerEm;
            if (text[at] == ' ')
            {
                lastSpace = at;
            }
            else if (length > width && at > begin)
            {
                int end = lastSpace >= begin ? lastSpace + 1 : at;
                lines.Add(text[begin..end]);
                begin = end;
                length = typeface.Width(text[begin..(at + taken)], size);
            }

            at += taken;
        }

        if (begin < text.Length || lines.Count == 0) lines.Add(text[begin..]);
        return lines;
    }

    /// <summary>Whether no word was broken.</summary>
    public static bool AreWholeWords(IReadOnlyList<string> lines, string text) =>
        lines.SkipLast(1).All(line => line.EndsWith(' ')) && lines.Sum(line => line.Length) == text.Length;

    /// <summary>The text as it can be seen: a replacement for each character that the font lacks.</summary>
    public static string Shown(Typeface typeface, string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var character in text.EnumerateRunes())
            shown.Append(typeface.Has(character) ? character : Typeface.Replacement);
        return shown.ToString();
    }
}
