namespace MicroCreds.Fabric.DevNetwork;

/// <summary>What an organisation's user takes to reach its peer: files in the layout of cryptogen.</summary>
/// <param name="TlsCa">The file with the authority of the peer's TLS certificate.</param>
/// <param name="HostName">The name in that certificate.</param>
/// <param name="Certificate">The file with the user's certificate.</param>
/// <param name="Key">The file with its key.</param>
internal sealed record UserFiles(string TlsCa, string HostName, string Certificate, string Key)
{
    /// <summary>Finds them in what a network keeps.</summary>
    public static UserFiles Of(OrganizationSettings organization, string stateDirectory)
    {
        string directory = Path.Combine(stateDirectory, "organizations", "peerOrganizations", organization.Domain);
        string peer = $"peer0.{organization.Domain}";
        string msp = Path.Combine(directory, "users", $"User1@{organization.Domain}", "msp");
        return new UserFiles(
            Path.Combine(directory, "peers", peer, "tls", "ca.crt"), peer,
            Directory.GetFiles(Path.Combine(msp, "signcerts")).Single(),
            Directory.GetFiles(Path.Combine(msp, "keystore")).Single());
    }
}
