using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Verifies signatures, and remembers which were good: all credentials of a cohort share a statement, a credential that
/// was shown is often shown again, and whether a key signed certain bytes never changes. Thread-safe.
/// </summary>
internal sealed class SignatureMemory
{
    /// <summary>The most signatures that are remembered, at about 100 bytes each.</summary>
    private const int MaxRemembered = 65_536;

    private readonly BoundedMemory<Digest, bool> _good = new(MaxRemembered);

    /// <summary>Tells whether the key signed the message. Only what was good is remembered.</summary>
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var digest = Digest.Of(key.PublicKeyMultibase, signature, message);
        return _good.TryGet(digest, out _) || Remember(digest, key.Verify(message, signature));
    }

    /// <summary>Likewise, of a key that may have two halves, for a signature of both.</summary>
    public bool Verify(StatementKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (key.MlDsa is not { } mlDsa) return Verify(key.Elliptic, message, signature);
        var digest = Digest.Of(key.Elliptic.PublicKeyMultibase + mlDsa.PublicKeyMultibase, signature, message);
        return _good.TryGet(digest, out _) || Remember(digest, key.Verify(message, signature));
    }

    private bool Remember(Digest digest, bool isGood)
    {
        if (isGood) _good.Set(digest, true);
        return isGood;
    }

    /// <summary>The SHA-256 of key, signature and message.</summary>
    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public static Digest Of(string key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message)
        {
            // Neither keys nor signatures vary in length within an algorithm, and the key's text begins with it, so
            // that no two triples give the same bytes.
            int length = key.Length + 1 + signature.Length + message.Length;
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            var bytes = buffer.AsSpan(0, length);
            Encoding.ASCII.GetBytes(key, bytes);
            bytes[key.Length] = 0;
            signature.CopyTo(bytes[(key.Length + 1)..]);
            message.CopyTo(bytes[(key.Length + 1 + signature.Length)..]);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            ArrayPool<byte>.Shared.Return(buffer);
            return new Digest(
                BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
