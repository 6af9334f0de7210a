using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>Numbers, names, texts and times as PDF writes them.</summary>
internal static class PdfText
{
    /// <summary>A number with at most three places.</summary>
    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A text string: UTF-16 with its mark, in hexadecimal digits.</summary>
    public static string String(string text) =>
        $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    /// <summary>A name, with its slash.</summary>
    public static string Name(string name)
    {
        var written = new StringBuilder("/");
        foreach (byte one in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'+')
                written.Append((char)one);
            else
                written.Append(CultureInfo.InvariantCulture, $"#{one:X2}");
        }

        return written.ToString();
    }

    /// <summary>A moment, in UTC, with its delimiters.</summary>
    public static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("'(D:'yyyyMMddHHmmss'Z)'", CultureInfo.InvariantCulture);

    /// <summary>A text in one composed form, with spaces for what controls and line breaks.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text.EnumerateRunes())
        {
            if (Rune.IsControl(character) || Rune.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
            {
                plain.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(character) != UnicodeCategory.Format)
            {
                plain.Append(character);
            }
        }

        return ComposedText.Of(plain.ToString());
    }
}
