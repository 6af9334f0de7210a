using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// An organisation's package of a chaincode, made once and kept as long as the channel has that version: its bytes are
/// its id.
/// </summary>
internal sealed class DeployedPackage(NativeFiles files, ChaincodeSettings chaincode, OrganizationSettings organization)
{
    public string File => files.Package(chaincode, organization);

    public string Label => $"{chaincode.Name}_{chaincode.Version}";

    public string Id => ChaincodePackage.IdOf(Label, System.IO.File.ReadAllBytes(File));

    /// <summary>Makes the package unless it is there.</summary>
    public void Ensure()
    {
        if (!System.IO.File.Exists(File))
        {
            Make();
        }
    }

    /// <summary>
    /// Makes the package, anew where the one that is there, of an earlier time with this version, leads elsewhere.
    /// </summary>
    /// <returns>Whether it was made: it has another id then.</returns>
    public bool EnsureUpToDate()
    {
        if (System.IO.File.Exists(File) && JsonNode.DeepEquals(Kept(), ChaincodePackage.Connection(Server, Tls)))
        {
            return false;
        }

        Make();
        return true;
    }

    /// <summary>Where the package leads a peer that dials the chaincode; null if it cannot be read.</summary>
    public string? Address => System.IO.File.Exists(File) ? (string?)Kept()?["address"] : null;

    private JsonObject? Kept() => ChaincodePackage.ReadConnection(System.IO.File.ReadAllBytes(File));

    private void Make() => SecretFile.Write(File, ChaincodePackage.Create(Label, Server, Tls));

    private string Server => chaincode.Servers.TryGetValue(organization.MspId, out string? address)
        ? address
        : throw new OperatorException(
            $"The chaincode {chaincode.Name} has no server for {organization.MspId}: add it to consortium.json.");

    private ConnectionTls? Tls => chaincode.Tls
        ? new ConnectionTls(Read("client.crt"), Read("client.key"), Read("ca.crt"))
        : null;

    private string Read(string file) =>
        System.IO.File.ReadAllText(files.ForChaincode(chaincode, organization, file));
}
