namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// The key material of a chaincode that dials its peer, as PEM files. They may be in base64 once more, as peers write
/// them for chaincodes that they launch.
/// </summary>
public sealed record ChaincodeClientTlsOptions
{
    /// <summary>Gets the certificates of the authorities that the peer's must be of.</summary>
    public required string PeerCaFile { get; init; }

    /// <summary>
    /// Gets the chaincode's own certificate. Default is null: it shows none, which peers refuse that launch chaincodes.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>Gets its private key (PKCS#8 or SEC 1, not encrypted); of a certificate, and without one not.</summary>
    public string? PrivateKeyFile { get; init; }
}
