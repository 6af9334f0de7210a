using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

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
    string state, Func<IReadOnlyList<string>, CancellationToken, Task>? start = null) : IFabricEngine
{
    public const string EngineName = "docker";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly NativeFiles _files = new(state);
    private readonly DockerFiles _docker = new(state);
    private readonly Containers _containers = new(new DockerFiles(state), start);
    private readonly ContainerInputs _inputs = new(state);
    private readonly FabricAuthorities _authorities = new(state);

    public string Name => EngineName;

    public bool StartsInstitutions => true;

    public Consortium Prepare(Consortium consortium, bool freePorts)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        string version = FabricImages.VersionFor(binaries.Version);
        string tools = Path.GetDirectoryName(binaries.Peer)!;
        Console.WriteLine($"Fabric {version} in containers; channel tools from {tools}.");
        DockerCommand.FindAsync(CancellationToken.None).GetAwaiter().GetResult();
        return NativePorts.SettleAll(consortium, _files, freePorts, (ports, settled) =>
        {
            if (_authorities.AreWanted)
            {
                _authorities.Prepare(settled, ports);
            }
        });
    }

    public async Task StartAsync(Consortium consortium, CancellationToken cancellation)
    {
        await DockerCommand.FindAsync(cancellation);
        var binaries = FabricBinaries.Find(_files.Binaries);
        string project = _docker.EnsureProject();
        binaries.Remember(_files.Binaries);
        await _authorities.EnsureKeysAsync(consortium, this, cancellation);
        byte[] genesis = await GenesisBlock.EnsureAsync(binaries, _files, SeenByNodes(consortium), cancellation);
        int user = await ContainerSecrets.UserAsync(cancellation);
        var images = ProgramImages.BuildAsync(_docker, project, user, cancellation);
        var compose = await _inputs.WriteAsync(consortium, cancellation);
        await images;

        await _containers.UpAsync(compose.NodeServices, cancellation);
        await Task.WhenAll(consortium.Orderer.HostNames().Select(host =>
            _containers.UntilAsync(host, () => JoinAsync(consortium, host, genesis, cancellation), cancellation)));
        await Task.WhenAll(consortium.Organizations.Select(organization =>
            JoinPeerAsync(consortium, organization, _files.GenesisBlock, cancellation)));
        await new CatchingUp(this, consortium).WaitForAllAsync(cancellation);
        await new ChaincodeDeployment(binaries, _files, ContainerView.OfChaincodes(consortium))
            .EnsureAsync(cancellation);

        await _containers.UpAsync([], cancellation);
        await Task.WhenAll(NetworkFile.TryRead(state)!.Institutions.Select(institution =>
            WaitForGatewayAsync(institution, cancellation)));
    }

    public Consortium SeenByNodes(Consortium consortium) => ContainerView.Of(consortium);

    public void UseAuthorities() => _authorities.Use(_files);

    public async Task StartAuthoritiesAsync(
        Consortium consortium, IReadOnlyList<FabricCaServer> servers, CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            server.EnsureSettings(AuthoritiesFile.Listen);
        }

        await _inputs.WriteAuthoritiesAsync(consortium, cancellation);
        await _containers.UpAsync([.. servers.Select(server => server.Part)], cancellation);
        await Task.WhenAll(servers.Select(server => WaitAsync(
            server.Part, () => IsAnsweringAsync(server, cancellation), cancellation)));
    }

    public async Task<IReadOnlyList<string>> ListRunningAsync(CancellationToken cancellation) =>
        [.. (await ListContainersAsync(cancellation)).Where(container => container.Runs)
            .Select(container => container.Name)];

    public async Task StartOrdererAsync(Consortium consortium, string host, CancellationToken cancellation)
    {
        await _inputs.WriteAsync(consortium, cancellation);
        await _containers.UpAsync([host], cancellation);
        using var admin = OpenAdmin(consortium, host);
        await WaitAsync(
            host, async () => await admin.TryReadHeightAsync(consortium.Channel, cancellation) is not null,
            cancellation);
    }

    public async Task StartPeerAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation)
    {
        await _inputs.WriteAsync(consortium, cancellation);
        string service = InstitutionParts.Peer(organization);
        await _containers.UpAsync([service], cancellation);
        await _containers.UntilAsync(
            service, async () => (await ListChannelsAsync(organization, cancellation)).Hindrance, cancellation);
    }

    public Task JoinPeerAsync(
        Consortium consortium, OrganizationSettings organization, string genesisBlock,
        CancellationToken cancellation) => _containers.UntilAsync(
            InstitutionParts.Peer(organization),
            () => TryJoinAsync(consortium, organization, genesisBlock, cancellation), cancellation);

    public async Task StartInstitutionAsync(
        Consortium consortium, NetworkFile network, OrganizationSettings organization,
        CancellationToken cancellation)
    {
        await _inputs.WriteAsync(consortium, cancellation);
        await _containers.UpAsync(
            [InstitutionParts.Chaincode(organization), InstitutionParts.Gateway(organization)], cancellation);
        var entry = network.Institutions.Single(institution => institution.MspId == organization.MspId);
        await WaitForGatewayAsync(entry, cancellation);
    }

    public Task StopPartsAsync(IReadOnlyList<string> parts, CancellationToken cancellation) =>
        _containers.StopAsync(parts, cancellation);

    public async Task RetireAsync(
        Consortium remaining, OrganizationSettings former, CancellationToken cancellation)
    {
        await _containers.RemoveAsync(
            [
                InstitutionParts.Gateway(former), InstitutionParts.Chaincode(former), InstitutionParts.Peer(former),
                InstitutionParts.Authority(former.MspId),
            ],
            cancellation);
        await _inputs.WriteAsync(remaining, cancellation);
    }

    public Task<ulong?> ReadPeerHeightAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation) =>
        CommandOf(organization).TryReadHeightAsync(consortium.Channel, cancellation);

    public IInstitutionData DataOf(OrganizationSettings organization) =>
        new ContainerData(state, _containers, organization);

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
        if (_docker.ComposeFiles.Count == 0)
        {
            return [];
        }

        return await _containers.ListAsync(cancellation);
    }

    public async Task StopAsync(bool wipe)
    {
        if (_docker.ComposeFiles.Count == 0)
        {
            Console.WriteLine("Nothing was running.");
            return;
        }

        int stopped = await _containers.DownAsync(wipe);
        Console.WriteLine(stopped == 0 ? "Nothing was running." : $"Stopped {stopped} containers.");
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

    private Task WaitAsync(string part, Func<Task<bool>> ready, CancellationToken cancellation) =>
        _containers.UntilAsync(part, async () => await ready() ? null : "It is not there yet.", cancellation);

    private static async Task<bool> IsAnsweringAsync(FabricCaServer server, CancellationToken cancellation)
    {
        if (!File.Exists(server.IdentityRoot) || !File.Exists(server.TlsRoot))
        {
            return false; // It makes them when it starts for the first time.
        }

        using var client = FabricAuthorities.Connect(server);
        return await client.IsAnsweringAsync(cancellation);
    }

    private OrdererAdmin OpenAdmin(Consortium consortium, string host) => new(
        host, NativePorts.Read(_files.Ports).OrdererAdmin[host],
        Path.Combine(_files.OrdererNode(consortium.Orderer, host), "tls"));

    private async Task WaitForGatewayAsync(InstitutionEntry institution, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = AnswerTimeout };
        await WaitAsync(
            $"gateway-{institution.MspId}", () => Up.IsAnsweringAsync(http, institution, cancellation), cancellation);
    }

    /// <summary>Joins an orderer to the channel; returns what is in the way, or null.</summary>
    private async Task<string?> JoinAsync(
        Consortium consortium, string host, byte[] genesis, CancellationToken cancellation)
    {
        using var admin = OpenAdmin(consortium, host);
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
    private async Task<string?> TryJoinAsync(
        Consortium consortium, OrganizationSettings organization, string genesisBlock, CancellationToken cancellation)
    {
        var (hindrance, channels) = await ListChannelsAsync(organization, cancellation);
        if (hindrance is not null || channels.Contains(consortium.Channel))
        {
            return hindrance;
        }

        var (code, _, error) = await CommandOf(organization).TryRunAsync(
            ["channel", "join", "-b", genesisBlock], cancellation);
        return code == 0 ? null : error.Trim();
    }

    /// <summary>Asks a peer for its channels, or says what is in the way.</summary>
    private async Task<(string? Hindrance, string[] Channels)> ListChannelsAsync(
        OrganizationSettings organization, CancellationToken cancellation)
    {
        var (code, channels, error) = await CommandOf(organization).TryRunAsync(["channel", "list"], cancellation);
        return code == 0 ? (null, channels.Split('\n')) : (error.Trim(), []);
    }

    private PeerCommand CommandOf(OrganizationSettings organization) =>
        new(FabricBinaries.Find(_files.Binaries), _files, organization);
}
