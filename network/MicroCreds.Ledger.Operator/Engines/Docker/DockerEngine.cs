using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// Fabric itself by its official images, contracts and gateways in images of ours, all by Compose and published on
/// loopback only. The channel is made, and chaincode deployed, from the host as on the native engine.
/// </summary>
/// <param name="state">The state directory.</param>
/// <param name="start">
/// Starts services of the Compose file, all of them if none is named. Default is Compose; tests bring Testcontainers.
/// </param>
internal sealed class DockerEngine(
    string state, Func<IReadOnlyList<string>, CancellationToken, Task>? start = null) : IEngine
{
    public const string EngineName = "docker";

    /// <summary>What a verb says that changes a running channel's members, which this engine does not do.</summary>
    public const string NotChanged =
        "The engine \"docker\" does not change who is in a running channel: that is done on the engine \"native\", or "
        + "by hand with Fabric's peer command (FABRIC_CFG_PATH is fabric/peers/MSPID of the state directory).";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private readonly NativeFiles _files = new(state);
    private readonly DockerFiles _docker = new(state);

    public string Name => EngineName;

    public bool StartsInstitutions => true;

    public Consortium Prepare(Consortium consortium, bool freePorts)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        string version = FabricImages.VersionFor(binaries.Version);
        string tools = Path.GetDirectoryName(binaries.Peer)!;
        Console.WriteLine($"Fabric {version} in containers; channel tools from {tools}.");
        DockerCommand.FindAsync(CancellationToken.None).GetAwaiter().GetResult();
        return NativePorts.SettleAll(consortium, _files, freePorts);
    }

    public async Task StartAsync(Consortium consortium, CancellationToken cancellation)
    {
        var docker = await DockerCommand.FindAsync(cancellation);
        var binaries = FabricBinaries.Find(_files.Binaries);
        var ports = NativePorts.Read(_files.Ports);
        string project = _docker.EnsureProject();
        binaries.Remember(_files.Binaries);
        KeyMaterial.Ensure(state, consortium, TimeProvider.System.GetUtcNow());
        byte[] genesis = await GenesisBlock.EnsureAsync(
            binaries, _files, ContainerView.Of(consortium), cancellation);
        NodeContainers.WriteSettings(state, consortium, ports, binaries.Version);
        await PrepareProgramsAsync(consortium, project, cancellation);
        var compose = new ComposeFile(consortium, ports, _files, _docker);
        await File.WriteAllTextAsync(
            _docker.ComposeFile, compose.Write(FabricImages.VersionFor(binaries.Version), project), cancellation);

        await UpAsync(docker, compose.NodeServices, cancellation);
        await Task.WhenAll(NativePorts.OrderersOf(consortium).Select(orderer =>
            UntilAsync(docker, orderer.Host, () => JoinAsync(consortium, orderer.Host, ports, genesis, cancellation),
                cancellation)));
        await Task.WhenAll(consortium.Organizations.Select(organization =>
            UntilAsync(docker, ComposeFile.PeerService(organization),
                () => JoinAsync(consortium, binaries, organization, cancellation), cancellation)));
        await new ChaincodeDeployment(binaries, _files, ContainerView.OfChaincodes(consortium))
            .EnsureAsync(cancellation);

        await UpAsync(docker, [], cancellation);
        using var http = new HttpClient { Timeout = AnswerTimeout };
        await Task.WhenAll(NetworkFile.TryRead(state)!.Institutions.Select(institution =>
            UntilAsync(docker, $"gateway-{institution.MspId}",
                async () => await Up.IsAnsweringAsync(http, institution, cancellation) ? null : "It does not answer.",
                cancellation)));
    }

    public string ChaincodeIdOf(ChaincodeSettings chaincode, OrganizationSettings organization) =>
        new DeployedPackage(_files, chaincode, organization).Id;

    public string Describe(ChaincodeSettings chaincode) => new NativeEngine(state).Describe(chaincode);

    public Task<IReadOnlyList<Finding>> ExamineAsync(
        Consortium consortium, DateTimeOffset now, CancellationToken cancellation) =>
        new NativeEngine(state).ExamineAsync(consortium, now, cancellation);

    public Task<IReadOnlyList<NodeHeight>> ReadOrdererHeightsAsync(
        Consortium consortium, CancellationToken cancellation) =>
        new NativeEngine(state).ReadOrdererHeightsAsync(consortium, cancellation);

    public async Task<IReadOnlyList<(string Name, bool Runs)>> ListContainersAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_docker.ComposeFile))
        {
            return [];
        }

        await DockerCommand.FindAsync(cancellation);
        string list = await DockerCommand.RunAsync(
            [
                "ps", "--all", "--filter", $"label=com.docker.compose.project={_docker.EnsureProject()}",
                "--format", "{{.Label \"com.docker.compose.service\"}} {{.State}}",
            ],
            cancellation);
        return [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ')).Select(parts => (parts[0], parts[^1] == "running"))
            .OrderBy(container => container.Item1, StringComparer.Ordinal)];
    }

    public async Task StopAsync(bool wipe)
    {
        if (!File.Exists(_docker.ComposeFile))
        {
            Console.WriteLine("Nothing was running.");
            return;
        }

        var docker = await DockerCommand.FindAsync(CancellationToken.None);
        var containers = await ListContainersAsync(CancellationToken.None);
        string[] volumes = wipe ? ["--volumes"] : [];
        await docker.ComposeAsync(
            _docker.ComposeFile, ["down", "--remove-orphans", .. volumes], CancellationToken.None);
        Console.WriteLine(containers.Count == 0 ? "Nothing was running." : $"Stopped {containers.Count} containers.");
        if (wipe)
        {
            // An image that was never built, because the start failed, needs no removal.
            string project = _docker.EnsureProject();
            await DockerCommand.TryRunAsync(
                [
                    "docker", "image", "rm", "--force",
                    ComposeFile.ContractImage(project), ComposeFile.GatewayImage(project),
                ],
                CancellationToken.None);
        }
    }

    private Task UpAsync(DockerCommand docker, IReadOnlyList<string> services, CancellationToken cancellation) =>
        start is not null
            ? start(services, cancellation)
            : docker.ComposeAsync(
                _docker.ComposeFile, ["up", "--detach", "--remove-orphans", .. services], cancellation);

    /// <summary>Builds our own images, and writes what their containers are given.</summary>
    private async Task PrepareProgramsAsync(Consortium consortium, string project, CancellationToken cancellation)
    {
        int user = await ContainerSecrets.UserAsync(cancellation);
        var images = ProgramImages.BuildAsync(_docker, project, user, cancellation);
        var contract = ContainerView.OfChaincodes(consortium).Chaincodes
            .SingleOrDefault(chaincode => chaincode.Name == Up.ChaincodeName)
            ?? throw new OperatorException($"consortium.json lists no chaincode \"{Up.ChaincodeName}\": add it.");
        var network = NetworkFile.TryRead(state)!;
        var secrets = new ContainerSecrets(state, _docker);
        foreach (var organization in consortium.Organizations)
        {
            new DeployedPackage(_files, contract, organization).Ensure();
            string apiKey = network.Institutions.Single(entry => entry.MspId == organization.MspId).ApiKey;
            await secrets.WriteAsync(organization, contract, apiKey, user, cancellation);
        }

        await images;
    }

    /// <summary>Joins an orderer to the channel; returns what is in the way, or null.</summary>
    private async Task<string?> JoinAsync(
        Consortium consortium, string host, NativePorts ports, byte[] genesis, CancellationToken cancellation)
    {
        string tls = Path.Combine(_files.OrdererNode(consortium.Orderer, host), "tls");
        using var admin = new OrdererAdmin(host, ports.OrdererAdmin[host], tls);
        try
        {
            await admin.JoinAsync(consortium.Channel, genesis, cancellation);
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperatorException)
        {
            return exception.Message; // A published port takes connections before anybody listens behind it.
        }
    }

    /// <summary>Joins a peer to the channel unless it has joined; returns what is in the way, or null.</summary>
    private async Task<string?> JoinAsync(
        Consortium consortium, FabricBinaries binaries, OrganizationSettings organization,
        CancellationToken cancellation)
    {
        var command = new PeerCommand(binaries, _files, organization);
        var (code, joined, error) = await command.TryRunAsync(["channel", "list"], cancellation);
        if (code == 0 && !joined.Split('\n').Contains(consortium.Channel))
        {
            (code, _, error) = await command.TryRunAsync(["channel", "join", "-b", _files.GenesisBlock], cancellation);
        }

        return code == 0 ? null : error.Trim();
    }

    /// <summary>Tries until nothing is in the way.</summary>
    /// <exception cref="OperatorException">The time is up; what was in the way and the log's end are told.</exception>
    private async Task UntilAsync(
        DockerCommand docker, string service, Func<Task<string?>> attempt, CancellationToken cancellation)
    {
        for (long begin = Stopwatch.GetTimestamp(); await attempt() is { } hindrance;)
        {
            if (Stopwatch.GetElapsedTime(begin) > ReadyTimeout)
            {
                string log = await docker.ComposeAsync(
                    _docker.ComposeFile, ["logs", "--no-color", "--tail", "15", service], cancellation);
                throw new OperatorException(
                    $"{service} was not ready within {ReadyTimeout.TotalSeconds:F0} s: {hindrance}\n{log.Trim()}");
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }
}
