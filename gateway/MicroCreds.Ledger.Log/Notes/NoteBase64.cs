namespace MicroCreds.Ledger.Log.Notes;

/// <summary>Base64 as notes have it: RFC 4648, section 4, with padding, in its one spelling.</summary>
internal static class NoteBase64
{
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
}
