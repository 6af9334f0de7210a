using System.Buffers;
using System.Buffers.Text;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Reads base64url in its one spelling: no padding, no white space, no bits left over.</summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Decodes a text; what could be spelt otherwise is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = [];
        if (text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1) return false;

        byte[] decoded = new byte[text.Length * 3 / 4];
        if (Base64Url.DecodeFromUtf8(text, decoded, out int read, out int written) != OperationStatus.Done
            || read != text.Length || written != decoded.Length || !EndsCleanly(text, decoded))
            return false;

        bytes = decoded;
        return true;
    }

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        byte[] text = new byte[Base64Url.GetEncodedLength(bytes.Length)];
        Base64Url.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }

    // The last letter may hold bits that no byte takes; only one of its spellings has them all zero.
    private static bool EndsCleanly(ReadOnlySpan<byte> text, ReadOnlySpan<byte> decoded)
    {
        int tail = decoded.Length % 3;
        if (tail == 0) return true;
        Span<byte> again = stackalloc byte[4];
        Base64Url.EncodeToUtf8(decoded[^tail..], again, out _, out int written);
        return text.EndsWith(again[..written]);
    }
}
