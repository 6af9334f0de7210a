using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Makes the key material of a consortium's organisations under <c>organizations/</c> of a state directory, in the
/// layout that cryptogen writes: certificate authorities, peers or orderers, an admin, a user with the role attribute,
/// and the chaincode servers' mutual TLS. What is there already is kept. Not safe for two processes on one directory.
/// </summary>
public static class KeyMaterial
{
    /// <summary>Makes what is missing for every organisation that runs here.</summary>
    /// <param name="stateDirectory">Where the network's state lies; the folder is made when absent.</param>
    /// <param name="consortium">The organisations and the chaincodes.</param>
    /// <param name="now">The time of issue; certificates start a few minutes before it and last ten years.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void Ensure(string stateDirectory, Consortium consortium, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateDirectory);
        ArgumentNullException.ThrowIfNull(consortium);
        if (!consortium.Orderer.RunsElsewhere)
        {
            EnsureOrdererOrganization(stateDirectory, consortium.Orderer, now);
        }

        foreach (var organization in consortium.OwnOrganizations())
        {
            EnsurePeerOrganization(
                stateDirectory, organization, consortium.Chaincodes.Select(chaincode => chaincode.Name), now);
        }
    }

    /// <summary>Makes what is missing for a member organisation; returns its directory.</summary>
    /// <param name="stateDirectory">Where the network's state lies.</param>
    /// <param name="organization">The organisation.</param>
    /// <param name="chaincodes">The names of the chaincodes that it serves.</param>
    /// <param name="now">The time of issue.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static string EnsurePeerOrganization(
        string stateDirectory, OrganizationSettings organization, IEnumerable<string> chaincodes, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateDirectory);
        ArgumentNullException.ThrowIfNull(organization);
        string directory = Path.Combine(stateDirectory, "organizations", "peerOrganizations", organization.Domain);
        if (!Directory.Exists(directory))
        {
            OrganizationMaterialWriter.WritePeerOrganization(directory, organization, chaincodes, now);
        }
        else
        {
            OrganizationMaterialWriter.WriteMissingChaincodes(directory, organization, chaincodes, now);
            OrganizationMaterialWriter.WriteMissingPeers(directory, organization, now);
        }

        return directory;
    }

    /// <summary>Makes what is missing for the ordering organisation; returns its directory.</summary>
    /// <param name="stateDirectory">Where the network's state lies.</param>
    /// <param name="orderer">The ordering organisation.</param>
    /// <param name="now">The time of issue.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static string EnsureOrdererOrganization(string stateDirectory, OrdererSettings orderer, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateDirectory);
        ArgumentNullException.ThrowIfNull(orderer);
        string directory = Path.Combine(stateDirectory, "organizations", "ordererOrganizations", orderer.Domain);
        if (!Directory.Exists(directory))
        {
            OrganizationMaterialWriter.WriteOrdererOrganization(directory, orderer, now);
        }
        else
        {
            OrganizationMaterialWriter.WriteMissingOrderers(directory, orderer, now);
        }

        return directory;
    }
}
