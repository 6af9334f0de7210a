using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>An organisation's package of a chaincode, made once and kept: its bytes are its id.</summary>
internal sealed class DeployedPackage(NativeFiles files, ChaincodeSettings chaincode, OrganizationSettings organization)
{
    public string File => files.Package(chaincode, organization);

    public string Label => $"{chaincode.Name}_{chaincode.Version}";

    public string Id => ChaincodePackage.IdOf(Label, System.IO.File.ReadAllBytes(File));

    /// <summary>Makes the package unless it is there.</summary>
    public void Ensure()
    {
        if (System.IO.File.Exists(File))
        {
            return;
        }

        if (!chaincode.Servers.TryGetValue(organization.MspId, out string? address))
        {
            throw new OperatorException(
                $"The chaincode {chaincode.Name} has no server for {organization.MspId}: add it to consortium.json.");
        }

        string Read(string file) => System.IO.File.ReadAllText(files.ForChaincode(chaincode, organization, file));
        var tls = chaincode.Tls ? new ConnectionTls(Read("client.crt"), Read("client.key"), Read("ca.crt")) : null;
        SecretFile.Write(File, ChaincodePackage.Create(Label, address, tls));
    }
}
