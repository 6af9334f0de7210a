using System.Text;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>Files that are texts.</summary>
internal static class TextFile
{
    private const int LongestBeginning = 4096;

    /// <summary>A file's text without its byte order mark; null where it is no text.</summary>
    public static string? Read(byte[] file)
    {
        if (file.Length == 0) return null;
        try
        {
            string text = Decode(file);
            return text.AsSpan().ContainsAnyInRange('\0', '\u0008') ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether a text begins as an SVG does.</summary>
    public static bool IsSvg(string text)
    {
        var beginning = text.AsSpan(0, Math.Min(text.Length, LongestBeginning)).TrimStart();
        return beginning.StartsWith("<") && beginning.Contains("<svg", StringComparison.Ordinal);
    }

    private static string Decode(byte[] file)
    {
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]))
            return new UnicodeEncoding(bigEndian: false, false, throwOnInvalidBytes: true).GetString(file.AsSpan(2));
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return new UnicodeEncoding(bigEndian: true, false, throwOnInvalidBytes: true).GetString(file.AsSpan(2));
        int mark = file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]) ? 3 : 0;
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file.AsSpan(mark));
    }
}
