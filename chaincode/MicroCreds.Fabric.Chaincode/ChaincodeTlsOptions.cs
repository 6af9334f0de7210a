namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// The key material of a chaincode server, as PEM files. Certificate and key may be in base64 once more, as peers write
/// them for chaincodes that they launch.
/// </summary>
public sealed record ChaincodeTlsOptions
{
    /// <summary>Gets the server's certificate, followed by its intermediates where it has any.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Gets the server's private key (PKCS#8 or SEC 1, not encrypted).</summary>
    public required string PrivateKeyFile { get; init; }

    /// <summary>
    /// Gets the certificates of the authorities whose peers may connect. Default is null: any client may, without a
    /// certificate.
    /// </summary>
    public string? ClientCaFile { get; init; }
}
