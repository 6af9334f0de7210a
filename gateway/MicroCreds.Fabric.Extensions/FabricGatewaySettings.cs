namespace MicroCreds.Fabric.Extensions;

/// <summary>How a host reaches a Fabric Gateway, as whom: a section of its configuration.</summary>
/// <remarks>It is checked when the host starts, and again wherever it is read; files included.</remarks>
public sealed class FabricGatewaySettings
{
    /// <summary>The peer's address as host and port. Required.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>
    /// The file, in PEM, of the authorities that vouch for the peer's TLS certificate. Default is null: those that the
    /// operating system trusts.
    /// </summary>
    public string? TlsCaFile { get; set; }

    /// <summary>The name in the peer's TLS certificate, where it is not the endpoint's. Default is null.</summary>
    public string? HostNameOverride { get; set; }

    /// <summary>Whether to do without TLS: only where the peer does. Default is false.</summary>
    public bool Plaintext { get; set; }

    /// <summary>The file, in PEM, of the client's TLS certificate, for mutual TLS. Default is null: none.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>The file, in PEM, of that certificate's key. Default is null.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>The MSP id of the client's organisation. Required.</summary>
    public string MspId { get; set; } = "";

    /// <summary>The file, in PEM, of the client's certificate. Required.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>
    /// The file, in PEM, of its key. Default is null: then a service of type <see cref="Client.ISigner"/> signs,
    /// registered under the gateway's name, or without one for the gateway that has none.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>The channel; needed to inject networks and contracts, and for the health check. Default is null.
    /// </summary>
    public string? Channel { get; set; }

    /// <summary>The chaincode; needed to inject contracts. Default is null.</summary>
    public string? Chaincode { get; set; }

    /// <summary>The contract within the chaincode. Default is null: its default contract.</summary>
    public string? Contract { get; set; }

    /// <summary>How long an evaluation may take. Default is 30 seconds.</summary>
    public TimeSpan EvaluateTimeout { get; set; } = Client.GatewayOptions.DefaultEvaluateTimeout;

    /// <summary>How long collecting endorsements may take. Default is 15 seconds.</summary>
    public TimeSpan EndorseTimeout { get; set; } = Client.GatewayOptions.DefaultEndorseTimeout;

    /// <summary>How long handing a transaction to the ordering service may take. Default is 15 seconds.</summary>
    public TimeSpan SubmitTimeout { get; set; } = Client.GatewayOptions.DefaultSubmitTimeout;

    /// <summary>How long to wait for a transaction to be committed. Default is 60 seconds.</summary>
    public TimeSpan CommitStatusTimeout { get; set; } = Client.GatewayOptions.DefaultCommitStatusTimeout;
}
