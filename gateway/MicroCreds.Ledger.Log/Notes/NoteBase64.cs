using System.Buffers;
using System.Buffers.Text;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>Base64 as notes have it: RFC 4648, section 4, with padding, in its one spelling.</summary>
internal static class NoteBase64
{
    // So many characters stand for three bytes.
    private const int Group = 4;

    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int written)) return false;
        bytes = bytes[..written];
        return Convert.ToBase64String(bytes) == text;
    }

    /// <summary>Reads a hash of 32 bytes.</summary>
    public static bool TryDecodeHash(string text, out byte[] hash) =>
        TryDecode(text, out hash) && hash.Length == Model.MerkleTree.HashLength;

    /// <inheritdoc cref="TryDecode(string, out byte[])"/>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (text.Length % Group != 0
            || Base64.DecodeFromUtf8(text, bytes, out int read, out int written) != OperationStatus.Done
            || read != text.Length)
        {
            return false;
        }

        // Spaces are passed over there, and so are bits behind the end.
        int padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        if (written != bytes.Length - padding) return false;
        Span<byte> last = stackalloc byte[Group];
        bytes = bytes[..written];
        return text.IsEmpty || (Base64.EncodeToUtf8(bytes.AsSpan(((written - 1) / 3) * 3), last, out _, out _)
            == OperationStatus.Done && text.EndsWith(last));
    }

    /// <inheritdoc cref="TryDecodeHash(string, out byte[])"/>
    public static bool TryDecodeHash(ReadOnlySpan<byte> text, out byte[] hash) =>
        TryDecode(text, out hash) && hash.Length == Model.MerkleTree.HashLength;
}
