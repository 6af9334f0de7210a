using System.Security.Cryptography;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Computes the identifier of a transaction, which binds it to its creator.</summary>
/// <remarks>Source: Fabric's protoutil, <c>ComputeTxID</c>. Thread-safe.</remarks>
public static class TransactionId
{
    /// <summary>The length of the nonce that Fabric's own clients send, in bytes.</summary>
    public const int NonceBytes = 24;

    /// <summary>Draws a fresh random nonce of <see cref="NonceBytes"/> bytes.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>
    /// Returns the lower-case hexadecimal SHA-256 of the nonce followed by the creator's serialized identity:
    /// 64 characters.
    /// </summary>
    /// <param name="nonce">The nonce of the signature header.</param>
    /// <param name="creator">The serialized <see cref="Msp.SerializedIdentity"/> of the signature header.</param>
    public static string Compute(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> creator)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(nonce);
        hash.AppendData(creator);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }
}
