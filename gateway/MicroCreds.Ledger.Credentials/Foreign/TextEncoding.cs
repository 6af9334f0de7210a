using System.Text;
using System.Text.Unicode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Tells texts from other bytes, and puts those in other letters into UTF-8.</summary>
internal static class TextEncoding
{
    /// <summary>Gives a text in UTF-8; nothing of what is so already, or no text.</summary>
    public static byte[]? ToUtf8(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]))
            return Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(span[2..]));
        if (span.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(span[2..]));

        byte[] without = StrictJson.WithoutByteOrderMark(span.ToArray());
        return without.Length < span.Length ? without : null;
    }

    /// <summary>Tells whether bytes are a text in UTF-8.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) && bytes.IndexOf((byte)0) < 0;
}
