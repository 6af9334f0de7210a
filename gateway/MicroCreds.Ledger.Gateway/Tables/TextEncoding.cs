using System.Text;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>
/// Finds out how a text file is written: by the mark at its beginning; else it is UTF-8 if it can be that, UTF-16 if
/// half of its bytes are nothing, and what Windows has long written otherwise.
/// </summary>
internal static class TextEncoding
{
    private const int Sampled = 4096;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Reads the text of a file, without the mark.</summary>
    /// <exception cref="TableException">It is no text.</exception>
    public static string Decode(byte[] file)
    {
        string text = Of(file).GetString(file).TrimStart('\ufeff');
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new TableException("notText", "The file is neither text nor a workbook of Excel (.xlsx).")
            : text;
    }

    private static Encoding Of(byte[] file)
    {
        switch (file)
        {
            case [0xff, 0xfe, ..]: return Encoding.Unicode;
            case [0xfe, 0xff, ..]: return Encoding.BigEndianUnicode;
        }

        int even = 0, odd = 0, length = Math.Min(file.Length, Sampled);
        for (int i = 0; i < length; i++)
        {
            if (file[i] != 0) continue;
            if ((i & 1) == 0) even++;
            else odd++;
        }

        if (odd > length / 8 && even == 0) return Encoding.Unicode;
        if (even > length / 8 && odd == 0) return Encoding.BigEndianUnicode;
        try
        {
            _ = Strict.GetCharCount(file);
            return Strict;
        }
        catch (DecoderFallbackException)
        {
            return Windows;
        }
    }
}
