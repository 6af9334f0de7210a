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
        var digest = DigestOf(key.PublicKeyMultibase, signature, message);
        return _good.TryGet(digest, out _) || Remember(digest, key.Verify(message, signature));
    }

    /// <inheritdoc cref="Verify(PublicKey, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool Verify(MlDsaKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var digest = DigestOf(key.PublicKeyMultibase, signature, message);
        return _good.TryGet(digest, out _) || Remember(digest, key.Verify(message, signature));
    }

    /// <summary>Likewise, of a key that may have two halves, for a signature of both.</summary>
    public bool Verify(StatementKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (key.MlDsa is not { } mlDsa) return Verify(key.Elliptic, message, signature);
        var digest = DigestOf(key.Elliptic.PublicKeyMultibase + mlDsa.PublicKeyMultibase, signature, message);
        return _good.TryGet(digest, out _) || Remember(digest, key.Verify(message, signature));
    }

    private bool Remember(Digest digest, bool isGood)
    {
        if (isGood) _good.Set(digest, true);
        return isGood;
    }

    private static Digest DigestOf(string key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message) =>
        Digest.Of(Encoding.ASCII.GetBytes(key), signature, message);
}
