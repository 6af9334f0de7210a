using System.Collections.Concurrent;
using System.Security.Cryptography;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>Signs with one private key. Thread-safe: each thread borrows an instance of the key.</summary>
internal sealed class Signer(string keyPem)
{
    private readonly ConcurrentBag<ECDsa> _keys = [];

    /// <summary>Signs a message: SHA-256, ECDSA, DER, low S.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        if (!_keys.TryTake(out var key))
        {
            key = ECDsa.Create();
            key.ImportFromPem(keyPem);
        }

        byte[] signature = EcdsaSignature.SignDigest(key, digest);
        _keys.Add(key);
        return signature;
    }
}
