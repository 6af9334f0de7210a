using System.Buffers;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>Writes a string as RFC 8785 (3.2.2.2) does: raw UTF-8, and only the escapes that JSON forces.</summary>
internal static class CanonicalString
{
    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// Gives a string's canonical form; most have nothing to escape, and take an array of their own size.
    /// </summary>
    public static byte[] Of(string text)
    {
        if (text.AsSpan().ContainsAny(NeedsEscape))
        {
            var output = new ArrayBufferWriter<byte>(text.Length + 16);
            Write(output, text);
            return output.WrittenSpan.ToArray();
        }

        try
        {
            byte[] quoted = new byte[StrictUtf8.GetByteCount(text) + 2];
            quoted[0] = quoted[^1] = (byte)'"';
            StrictUtf8.GetBytes(text, quoted.AsSpan(1));
            return quoted;
        }
        catch (EncoderFallbackException e)
        {
            throw LoneSurrogate(e);
        }
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        while (text.IndexOfAny(NeedsEscape) is var position && position >= 0)
        {
            WriteRaw(output, text[..position]);
            WriteEscaped(output, text[position]);
            text = text[(position + 1)..];
        }

        WriteRaw(output, text);
        output.Write("\""u8);
    }

    private static void WriteRaw(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;

        try
        {
            StrictUtf8.GetBytes(text, output);
        }
        catch (EncoderFallbackException e)
        {
            throw LoneSurrogate(e);
        }
    }

    private static FormatException LoneSurrogate(EncoderFallbackException e) =>
        new($"A string holds a lone surrogate at position {e.Index}: it has no UTF-8 form.", e);

    private static void WriteEscaped(IBufferWriter<byte> output, char c)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\r': output.Write("\\r"u8); break;
            default:
                ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
                output.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', hex[c >> 4], hex[c & 0xF]]);
                break;
        }
    }
}
