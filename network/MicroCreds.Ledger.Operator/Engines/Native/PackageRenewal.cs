using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Gives a peer its new client certificate for the chaincode's server. The certificate lies in the package, so the
/// institution installs a new one and approves the definition that the channel has with it: no other need do anything.
/// </summary>
internal sealed class PackageRenewal(NativeFiles files, Consortium consortium)
{
    /// <exception cref="OperatorException">The peer takes no other approval of the definition.</exception>
    public async Task RunAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        var deployment = new ChaincodeDeployment(FabricBinaries.Find(files.Binaries), files, consortium);
        var deployed = DeployedChaincode.ReadAll(files.Deployment);
        foreach (var chaincode in consortium.Chaincodes.Where(c => c.Servers.ContainsKey(organization.MspId) && c.Tls))
        {
            await RequireApprovableAsync(deployment, organization, chaincode, deployed, cancellation);
            File.Delete(files.Package(chaincode, organization));
            var package = await deployment.InstallAsync(organization, chaincode, cancellation);
            await deployment.ApproveAsync(
                organization, chaincode, package, deployed[chaincode.Name].Sequence, cancellation);
        }
    }

    /// <summary>Else there would be a package with another id, which the institution could not approve.</summary>
    private static async Task RequireApprovableAsync(
        ChaincodeDeployment deployment, OrganizationSettings organization, ChaincodeSettings chaincode,
        Dictionary<string, DeployedChaincode> deployed, CancellationToken cancellation)
    {
        try
        {
            await deployment.ReadApprovedAsync(
                organization, chaincode, deployed[chaincode.Name].Sequence, cancellation);
        }
        catch (ApprovalLostException)
        {
            throw new OperatorException(
                $"The peer of {organization.MspId} has lost what was approved of {chaincode.Name}, as after it was "
                + "restored, and Fabric takes no other approval of this definition. Its package stays as it is. Have "
                + "the members agree to the next definition (scripts/upgrade.sh; another wording of the policy is "
                + "enough), and give this command again.");
        }
    }
}
