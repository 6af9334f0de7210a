using Google.Protobuf;

namespace MicroCreds.Fabric.Client.Signing;

/// <summary>Who signs, with what, over which hash.</summary>
internal sealed record SigningIdentity(X509Identity Identity, ISigner? Signer, HashFunction Hash)
{
    public ByteString Creator => Identity.Serialized;

    public byte[] Digest(ByteString message) => Hash(message.Span);

    /// <exception cref="InvalidOperationException">There is no signer.</exception>
    public async ValueTask<ByteString> SignAsync(ByteString message, string what, CancellationToken cancellationToken)
    {
        if (Signer is null)
        {
            throw new InvalidOperationException(
                $"The {what} is not signed, and the gateway was connected without a signer. Sign its digest and " +
                "rebuild it from its bytes and the signature, or set GatewayOptions.Signer.");
        }

        byte[] signature = await Signer.SignAsync(Digest(message), cancellationToken).ConfigureAwait(false);
        if (signature is not { Length: > 0 })
        {
            throw new InvalidOperationException($"The signer {Signer.GetType()} returned no signature for the {what}.");
        }

        return UnsafeByteOperations.UnsafeWrap(signature);
    }
}
