using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Looks at the orderers, and at the packages that peers have and institutions approved.</summary>
internal sealed class NativeExamination(FabricBinaries binaries, NativeFiles files, Consortium consortium)
{
    public async Task<IReadOnlyList<Finding>> RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        foreach (var (host, endpoint) in NativePorts.OrderersOf(consortium))
        {
            string node = files.OrdererNode(consortium.Orderer, host);
            string tls = Path.Combine(node, "tls");
            var (address, _) = NodeSettings.Split(endpoint);
            if (!consortium.Orderer.RunsElsewhere)
            {
                findings.AddRange(IdentityExamination.Examine(
                    host, Path.Combine(node, "msp"), files.OrdererMsp(consortium.Orderer), "orderer", now));
                findings.AddRange(TlsExamination.ExamineFiles(host, tls, address, now));
            }

            findings.AddRange(await TlsExamination.ExamineEndpointAsync(
                host, endpoint, Path.Combine(tls, "ca.crt"), now, cancellation));
        }

        foreach (var chaincode in consortium.Chaincodes)
        {
            var members = consortium.OwnOrganizations().Where(o => chaincode.Servers.ContainsKey(o.MspId));
            var each = await Task.WhenAll(members.Select(o => ExaminePackagesAsync(chaincode, o, cancellation)));
            findings.AddRange(each.SelectMany(found => found));
            if (await ExamineNextAsync(chaincode, cancellation) is { } disagreement)
            {
                findings.Add(disagreement);
            }
        }

        return findings;
    }

    private int SequenceOf(ChaincodeSettings chaincode) =>
        DeployedChaincode.ReadAll(files.Deployment).GetValueOrDefault(chaincode.Name)?.Sequence ?? 1;

    /// <summary>Asks what the members whose peers run here approved beyond what the channel has.</summary>
    private async Task<Finding?> ExamineNextAsync(ChaincodeSettings chaincode, CancellationToken cancellation)
    {
        int next = SequenceOf(chaincode) + 1;
        var deployment = new ChaincodeDeployment(binaries, files, consortium);
        var approved = await Task.WhenAll(consortium.OwnOrganizations().Select(async organization => (
            organization.MspId, await deployment.FindApprovedAsync(organization, chaincode, next, cancellation))));
        return DefinitionExamination.Examine(
            chaincode.Name, next, approved.ToDictionary(one => one.MspId, one => one.Item2));
    }

    private async Task<IEnumerable<Finding>> ExaminePackagesAsync(
        ChaincodeSettings chaincode, OrganizationSettings organization, CancellationToken cancellation)
    {
        string subject = $"{chaincode.Name} of {organization.MspId}";
        var package = new DeployedPackage(files, chaincode, organization);
        if (!File.Exists(package.File))
        {
            return [new Finding(
                subject, $"{package.File} is missing.", "run scripts/up.sh, which makes and installs it.")];
        }

        var command = new PeerCommand(binaries, files, organization);
        var installed = await command.TryRunAsync(
            ["lifecycle", "chaincode", "queryinstalled", "--output", "json"], cancellation);
        if (installed.Code != 0)
        {
            return [new Finding(
                subject, $"its peer does not say what is installed: {installed.Error.Trim()}",
                "see what was found about the peer's identity and endpoint.")];
        }

        string? approved;
        try
        {
            approved = (await new ChaincodeDeployment(binaries, files, consortium).ReadApprovedAsync(
                organization, chaincode, SequenceOf(chaincode), cancellation))?.PackageId;
        }
        catch (ApprovalLostException)
        {
            approved = package.Id; // Its hash is on the ledger, by which the peer knows the package that serves.
        }

        var list = JsonNode.Parse(installed.Output)?["installed_chaincodes"]?.AsArray() ?? [];
        return PackageExamination.Examine(
            subject, package.Id, approved, [.. list.Select(entry => (string)entry!["package_id"]!)]);
    }
}
