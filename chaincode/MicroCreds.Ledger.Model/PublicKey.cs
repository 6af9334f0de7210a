using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// A public key that statements and credentials are verified with; made by <see cref="Multikey.Parse"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class PublicKey
{
    /// <summary>The length of every signature, in bytes.</summary>
    public const int SignatureLength = 64;

    private const int CoordinateLength = 32;

    private readonly byte[] _bytes;

    // The platform does not promise that one handle serves several threads, so each call borrows one.
    private readonly ConcurrentBag<ECDsa> _handles = [];

    internal PublicKey(KeyAlgorithm algorithm, string publicKeyMultibase, byte[] bytes)
    {
        Algorithm = algorithm;
        PublicKeyMultibase = publicKeyMultibase;
        _bytes = bytes;
    }

    /// <summary>The key's algorithm.</summary>
    public KeyAlgorithm Algorithm { get; }

    /// <summary>The key as it was written.</summary>
    public string PublicKeyMultibase { get; }

    /// <summary>The key's bytes: an uncompressed P-256 point, or the 32 bytes of an Ed25519 key.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Tells whether the signature is this key's for the message; false for one of another length.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength) return false;

        if (Algorithm == KeyAlgorithm.Ed25519)
        {
            byte[] bytes = message.ToArray();
            return Ed25519.Verify(signature.ToArray(), 0, _bytes, 0, bytes, 0, bytes.Length);
        }

        if (!_handles.TryTake(out var handle)) handle = Import();

        bool verified = handle.VerifyData(
            message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _handles.Add(handle);
        return verified;
    }

    private ECDsa Import() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = _bytes[1..(1 + CoordinateLength)], Y = _bytes[(1 + CoordinateLength)..] },
    });
}
