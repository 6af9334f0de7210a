using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>What containers read when they start: settings, packages' ids, secrets and the Compose file.</summary>
internal sealed class ContainerInputs(string state)
{
    private readonly NativeFiles _files = new(state);
    private readonly DockerFiles _docker = new(state);

    /// <summary>Writes all of it anew; whatever runs reads it when it is started the next time.</summary>
    public async Task<ComposeFile> WriteAsync(Consortium consortium, CancellationToken cancellation)
    {
        var version = FabricBinaries.Find(_files.Binaries).Version;
        var ports = NativePorts.Read(_files.Ports);
        await WriteAuthoritiesAsync(consortium, cancellation);
        NodeContainers.WriteSettings(state, consortium, ports, version);
        await WriteSecretsAsync(consortium, cancellation);
        var compose = new ComposeFile(consortium, ports, _files, _docker);
        string text = compose.Write(FabricImages.VersionFor(version), _docker.EnsureProject());
        await WriteAsync(_docker.ComposeFile, text, cancellation);
        return compose;
    }

    /// <summary>Writes the authorities' part, where the network has them.</summary>
    public async Task WriteAuthoritiesAsync(Consortium consortium, CancellationToken cancellation)
    {
        var authorities = new FabricAuthorities(state);
        if (authorities.AreUsed)
        {
            string owner = (await DockerCommand.RunSuccessfullyAsync(["id", "-u"], cancellation)).Trim();
            await WriteAsync(
                _docker.AuthoritiesFile, AuthoritiesFile.Write(authorities.ServersOf(consortium), owner),
                cancellation);
        }
    }

    private static async Task WriteAsync(string file, string text, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file + ".new", text, cancellation);
        File.Move(file + ".new", file, overwrite: true);
    }

    private async Task WriteSecretsAsync(Consortium consortium, CancellationToken cancellation)
    {
        int user = await ContainerSecrets.UserAsync(cancellation);
        var contract = ContainerView.OfChaincodes(consortium).Chaincodes
            .SingleOrDefault(chaincode => chaincode.Name == Up.ChaincodeName)
            ?? throw new OperatorException($"consortium.json lists no chaincode \"{Up.ChaincodeName}\": add it.");
        var network = Up.Describe(consortium, DockerEngine.EngineName, state, NetworkFile.TryRead(state));
        var secrets = new ContainerSecrets(state, _docker);
        foreach (var organization in consortium.Organizations)
        {
            new DeployedPackage(_files, contract, organization).Ensure();
            string apiKey = network.Institutions.Single(entry => entry.MspId == organization.MspId).ApiKey;
            await secrets.WriteAsync(organization, contract, apiKey, user, cancellation);
        }
    }
}
