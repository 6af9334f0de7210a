using System.Buffers;
using System.Text;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>Files that are texts.</summary>
internal static class TextFile
{
    private const int LongestBeginning = 4096;

    private static readonly SearchValues<byte> NameEnds = SearchValues.Create(" \t\r\n/>"u8);

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

    /// <summary>Whether a file begins as an SVG does.</summary>
    public static bool IsSvg(ReadOnlySpan<byte> file)
    {
        var beginning = Beginning(file);

        // In UTF-16 each of these letters has a byte of zeros beside it.
        bool isWide = beginning.Length > 1 && (beginning[0] == 0 || beginning[1] == 0);
        if (isWide) beginning = beginning.ToArray().Where(one => one != 0).ToArray();
        while (beginning.StartsWith("<?"u8) || beginning.StartsWith("<!"u8))
        {
            // A document type may declare things of its own in brackets.
            var end = beginning.StartsWith("<!--"u8) ? "-->"u8
                : beginning[..Math.Max(0, beginning.IndexOf((byte)'>'))].Contains((byte)'[') ? "]>"u8 : ">"u8;
            int found = beginning.IndexOf(end);
            if (found < 0) return false;
            beginning = beginning[(found + end.Length)..].TrimStart(" \t\r\n"u8);
        }

        if (!beginning.StartsWith("<"u8)) return false;
        var name = beginning[1..];
        name = name[..Math.Max(0, name.IndexOfAny(NameEnds))];
        return name.SequenceEqual("svg"u8) || name.EndsWith(":svg"u8);
    }

    /// <summary>Whether a file begins as JSON or a token does.</summary>
    public static bool IsJsonOrToken(ReadOnlySpan<byte> file)
    {
        var beginning = Beginning(file);
        return beginning is [(byte)'{' or (byte)'[' or (byte)'"', ..] || beginning.StartsWith("ey"u8);
    }

    /// <summary>The first kilobytes behind a byte order mark and spaces.</summary>
    private static ReadOnlySpan<byte> Beginning(ReadOnlySpan<byte> file)
    {
        file = file[..Math.Min(file.Length, LongestBeginning)];
        if (file.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf])) file = file[3..];
        else if (file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || file.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            file = file[2..];
        return file.TrimStart(" \t\r\n"u8);
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
