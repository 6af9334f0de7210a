using System.Buffers.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>What institutions sign, as bytes, and whether they did.</summary>
public static class Statements
{
    /// <summary>Returns the bytes that are signed: the statement's canonical JSON.</summary>
    public static byte[] BytesToSign<T>(T statement)
        where T : class => CanonicalJson.Serialize(statement);

    /// <summary>Tells whether the key signed the statement; false also for a signature that is not base64url.</summary>
    public static bool Verify<T>(SignedStatement<T> signedStatement, StatementKey key)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(signedStatement);
        ArgumentNullException.ThrowIfNull(key);
        return TryDecodeSignature(signedStatement.Signature, key.SignatureLength, out byte[] signature)
            && key.Verify(BytesToSign(signedStatement.Statement), signature);
    }

    /// <summary>Writes a signature the way statements carry it: base64url without padding.</summary>
    public static string EncodeSignature(ReadOnlySpan<byte> signature) => Base64Url.EncodeToString(signature);

    /// <summary>Reads a signature in base64url without padding, in its one spelling.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many bytes it must have.</param>
    /// <param name="signature">The signature.</param>
    public static bool TryDecodeSignature(string? text, int length, out byte[] signature)
    {
        signature = new byte[length];
        return text is not null
            && text.Length == Base64Url.GetEncodedLength(length)
            && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, signature, out int written)
            && written == length
            && Base64Url.EncodeToString(signature) == text;
    }
}
