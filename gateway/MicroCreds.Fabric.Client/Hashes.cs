using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace MicroCreds.Fabric.Client;

/// <summary>Hashes a message before it is signed. Must be thread-safe.</summary>
/// <param name="message">The message.</param>
/// <returns>What the signer gets to sign.</returns>
public delegate byte[] HashFunction(ReadOnlySpan<byte> message);

/// <summary>The hashes that a channel's MSPs may verify signatures with; SHA-256 is Fabric's default.</summary>
/// <remarks>Each fits <see cref="GatewayOptions.Hash"/>. Thread-safe.</remarks>
public static class Hashes
{
    /// <summary>Returns the SHA-256 of the message: 32 bytes.</summary>
    public static byte[] Sha256(ReadOnlySpan<byte> message) => SHA256.HashData(message);

    /// <summary>Returns the SHA-384 of the message: 48 bytes.</summary>
    public static byte[] Sha384(ReadOnlySpan<byte> message) => SHA384.HashData(message);

    /// <summary>Returns the SHA3-256 of the message: 32 bytes.</summary>
    public static byte[] Sha3With256Bits(ReadOnlySpan<byte> message) =>
        SHA3_256.IsSupported ? SHA3_256.HashData(message) : ManagedSha3(message, 256);

    /// <summary>Returns the SHA3-384 of the message: 48 bytes.</summary>
    public static byte[] Sha3With384Bits(ReadOnlySpan<byte> message) =>
        SHA3_384.IsSupported ? SHA3_384.HashData(message) : ManagedSha3(message, 384);

    /// <summary>Returns the message itself: for keys that sign whole messages, such as Ed25519.</summary>
    public static byte[] None(ReadOnlySpan<byte> message) => message.ToArray();

    // Not every operating system's own library has SHA-3.
    private static byte[] ManagedSha3(ReadOnlySpan<byte> message, int bits)
    {
        var digest = new Sha3Digest(bits);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.BlockUpdate(message);
        digest.DoFinal(hash, 0);
        return hash;
    }
}
