using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Signs for an institution, wherever its key lies: in memory (<see cref="IssuerPrivateKey"/>), in a token or with a
/// key service. Implementations must be thread-safe.
/// </summary>
public interface IIssuerSigner
{
    /// <summary>The kind of key.</summary>
    KeyAlgorithm Algorithm { get; }

    /// <summary>The public key as a Multikey: <c>zDna…</c> (P-256) or <c>z6Mk…</c> (Ed25519).</summary>
    string PublicKeyMultibase { get; }

    /// <summary>Signs a message: 64 bytes, over its SHA-256 for P-256 (r followed by s), pure for Ed25519.</summary>
    /// <param name="message">The message; it stays as it is until the task completes.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);
}
