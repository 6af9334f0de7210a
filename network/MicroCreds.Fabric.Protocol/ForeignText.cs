using System.Globalization;
using System.Text;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Shows what others say, such as a peer or a chaincode, in messages and logs.</summary>
public static class ForeignText
{
    private const int JoinerFirst = '\u200c';
    private const int JoinerLast = '\u200d';

    /// <summary>
    /// Returns a text on one line, as it reads: line breaks, control characters, and what changes the direction of
    /// others or is not seen, are escaped (<c>\n</c>, <c>\u001b</c>). So nobody forges a line of a log.
    /// </summary>
    /// <param name="text">The text; what is escaped in it already stays the same.</param>
    public static string OnOneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? line = null;
        for (int i = 0, length; i < text.Length; i += length)
        {
            bool isRune = Rune.TryGetRuneAt(text, i, out var rune);
            length = isRune ? rune.Utf16SequenceLength : 1;
            if (isRune && IsShown(rune))
            {
                line?.Append(text, i, length);
                continue;
            }

            line ??= new StringBuilder(text, 0, i, text.Length + 16);
            line.Append(Escape(isRune ? rune.Value : text[i]));
        }

        return line?.ToString() ?? text;
    }

    // Joiners belong to the spelling of words, as in Persian and Hindi, and to emoji.
    private static bool IsShown(Rune rune) => rune.IsAscii
        ? rune.Value is >= ' ' and < '\u007f'
        : rune.Value is JoinerFirst or JoinerLast
            || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Escape(int value) => value switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        <= char.MaxValue => $@"\u{value:x4}",
        _ => $@"\U{value:x8}",
    };
}
