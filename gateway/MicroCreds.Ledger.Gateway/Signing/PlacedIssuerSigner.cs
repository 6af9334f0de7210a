using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>Signs for the institution with a key that is in no file. Thread-safe.</summary>
internal sealed class PlacedIssuerSigner : IIssuerSigner
{
    private readonly IPlacedKey _key;

    public PlacedIssuerSigner(IPlacedKey key)
    {
        _key = key;
        Algorithm = key.Kind == KeyKind.P256 ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519;
        PublicKeyMultibase = Multikey.Encode(Algorithm, key.PublicKey.Span);
    }

    /// <inheritdoc/>
    public KeyAlgorithm Algorithm { get; }

    /// <inheritdoc/>
    public string PublicKeyMultibase { get; }

    /// <inheritdoc/>
    /// <exception cref="KeyUnavailableException">The key cannot be used now.</exception>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        _key.SignAsync(Algorithm == KeyAlgorithm.P256 ? SHA256.HashData(message.Span) : message, cancellationToken);
}
