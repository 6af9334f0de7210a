using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Gives a peer its new client certificate for the chaincode's server. The certificate lies in the package, so the
/// institution installs a new one and approves the definition that the channel has with it: no other need do anything.
/// </summary>
internal sealed class PackageRenewal(NativeFiles files, Consortium consortium)
{
    public async Task RunAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        var deployment = new ChaincodeDeployment(FabricBinaries.Find(files.Binaries), files, consortium);
        var deployed = DeployedChaincode.ReadAll(files.Deployment);
        foreach (var chaincode in consortium.Chaincodes.Where(c => c.Servers.ContainsKey(organization.MspId) && c.Tls))
        {
            File.Delete(files.Package(chaincode, organization));
            var package = await deployment.InstallAsync(organization, chaincode, cancellation);
            await deployment.ApproveAsync(
                organization, chaincode, package, deployed[chaincode.Name].Sequence, cancellation);
        }
    }
}
