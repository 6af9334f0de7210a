using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Keys;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>Signs Fabric's messages with a key that is in no file. Thread-safe.</summary>
internal sealed class PlacedFabricSigner : ISigner
{
    private const int KeySizeBits = 256;

    private readonly IPlacedKey _key;

    /// <param name="key">The key.</param>
    /// <param name="certificateFile">The identity's certificate.</param>
    /// <exception cref="ArgumentException">The key is not the certificate's, or of a kind that Fabric does not take.
    /// </exception>
    public PlacedFabricSigner(IPlacedKey key, string certificateFile)
    {
        _key = key;
        if (key.Kind != KeyKind.P256)
            throw new ArgumentException($"The key {key.Name} is {key.Kind}: a Fabric identity's is P256 here.");
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
        using var certified = certificate.GetECDsaPublicKey();
        var point = certified?.ExportParameters(includePrivateParameters: false).Q;
        if (point is not { } own || !key.PublicKey.Span.SequenceEqual((byte[])[4, .. own.X!, .. own.Y!]))
            throw new ArgumentException($"The key {key.Name} does not belong to the certificate {certificateFile}.");
    }

    /// <inheritdoc/>
    /// <exception cref="LedgerUnavailableException">
    /// The key cannot be used now, and the ledger not without it.
    /// </exception>
    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        try
        {
            return EcdsaSignature.ToLowSDer(await _key.SignAsync(digest, cancellationToken), KeySizeBits);
        }
        catch (KeyUnavailableException exception)
        {
            throw new LedgerUnavailableException(exception.Message, exception);
        }
    }
}
