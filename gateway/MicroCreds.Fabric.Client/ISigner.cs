namespace MicroCreds.Fabric.Client;

/// <summary>
/// Signs the messages a client sends; implement it for a key that lives elsewhere, such as in a KMS or HSM.
/// </summary>
/// <remarks>Implementations must be thread-safe: messages of several calls are signed at once.</remarks>
public interface ISigner
{
    /// <summary>
    /// Signs a digest. An ECDSA signature must be ASN.1 DER with low s:
    /// <see cref="Protocol.EcdsaSignature.ToLowS"/> makes it so.
    /// </summary>
    /// <param name="digest">
    /// The hash of the message by <see cref="GatewayOptions.Hash"/>; the whole message with
    /// <see cref="Hashes.None"/>. Valid until the returned task completes.
    /// </param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <returns>The signature.</returns>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken);
}
