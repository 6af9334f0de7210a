using MicroCreds.Fabric.Chaincode;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>Where an organisation's peer dials the server of a chaincode, and what it expects there.</summary>
internal sealed record GivenServer
{
    /// <summary>Where to listen, host and port.</summary>
    public required string Address { get; init; }

    /// <summary>The id of the package that is installed at the peer.</summary>
    public required string PackageId { get; init; }

    /// <summary>The file with the server's TLS certificate. Default is null: no TLS.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file with its key. Default is null: no TLS.</summary>
    public string? Key { get; init; }

    /// <summary>The file with the authorities of the peer's certificate, for mutual TLS. Default is null.</summary>
    public string? ClientCa { get; init; }

    /// <summary>Takes the paths as seen from a folder.</summary>
    public GivenServer From(string folder) => this with
    {
        Certificate = Certificate is null ? null : Path.Combine(folder, Certificate),
        Key = Key is null ? null : Path.Combine(folder, Key),
        ClientCa = ClientCa is null ? null : Path.Combine(folder, ClientCa),
    };

    public ChaincodeServerOptions ToOptions() => new()
    {
        Address = Address,
        ChaincodeId = PackageId,
        Tls = Certificate is null || Key is null
            ? null
            : new ChaincodeTlsOptions { CertificateFile = Certificate, PrivateKeyFile = Key, ClientCaFile = ClientCa },
    };
}
