using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>How an organisation's user reaches its peer.</summary>
internal sealed record GivenMember
{
    /// <summary>The peer's address, host and port.</summary>
    public required string Peer { get; init; }

    /// <summary>The file with the authorities of the peer's TLS certificate.</summary>
    public required string TlsCa { get; init; }

    /// <summary>The name in the peer's TLS certificate, where it is not the address's. Default is null.</summary>
    public string? HostName { get; init; }

    /// <summary>The file with the user's certificate.</summary>
    public required string Certificate { get; init; }

    /// <summary>The file with the user's key.</summary>
    public required string Key { get; init; }

    /// <summary>Finds an organisation's user in what the embedded network keeps.</summary>
    public static GivenMember Of(OrganizationSettings organization, string stateDirectory)
    {
        var user = UserFiles.Of(organization, stateDirectory);
        return new GivenMember
        {
            Peer = organization.Peer,
            TlsCa = user.TlsCa,
            HostName = user.HostName,
            Certificate = user.Certificate,
            Key = user.Key,
        };
    }

    /// <summary>Takes the paths as seen from a folder.</summary>
    public GivenMember From(string folder) => this with
    {
        TlsCa = Path.Combine(folder, TlsCa),
        Certificate = Path.Combine(folder, Certificate),
        Key = Path.Combine(folder, Key),
    };
}
