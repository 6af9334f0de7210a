using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Fabric itself, by its own binaries as processes of this machine, all on loopback.</summary>
internal sealed class NativeEngine(string state) : IFabricEngine
{
    public const string EngineName = "native";

    /// <summary>For nodes, which read their ledgers first, only the time without progress counts.</summary>
    private static readonly TimeSpan ListenTimeout = TimeSpan.FromSeconds(60);

    private readonly NativeFiles _files = new(state);
    private readonly FabricAuthorities _authorities = new(state);

    public string Name => EngineName;

    public Consortium Prepare(Consortium consortium, bool freePorts)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        Console.WriteLine($"Fabric {binaries.Version} from {Path.GetDirectoryName(binaries.Peer)}.");
        return NativePorts.SettleAll(consortium, _files, freePorts, (ports, settled) =>
        {
            if (_authorities.AreWanted)
            {
                string program = FabricCaProgram.Find(_authorities.ProgramFile);
                _authorities.Prepare(settled, ports);
                File.WriteAllText(_authorities.ProgramFile, Path.GetDirectoryName(program));
            }
        });
    }

    public Consortium SeenByNodes(Consortium consortium) => consortium;

    public void UseAuthorities() => _authorities.Use(_files);

    public async Task StartAuthoritiesAsync(
        Consortium consortium, IReadOnlyList<FabricCaServer> servers, CancellationToken cancellation)
    {
        string program = FabricCaProgram.Find(_authorities.ProgramFile);
        await Task.WhenAll(servers.Select(async server =>
        {
            server.EnsureSettings(NodeSettings.Split(server.Endpoint).Host);
            var daemon = new Daemon(state, server.Part);
            daemon.EnsureStarted([program, "start", "--home", server.Home], new Dictionary<string, string>());
            await daemon.WaitUntilListeningAsync([server.Endpoint], ListenTimeout, cancellation);
        }));
    }

    public async Task StartAsync(Consortium consortium, CancellationToken cancellation)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        var ports = NativePorts.Read(_files.Ports);
        binaries.Remember(_files.Binaries);
        await _authorities.EnsureKeysAsync(consortium, this, cancellation);
        var settings = new NodeSettings(consortium, _files, ports, binaries.Version);
        foreach (var organization in consortium.OwnOrganizations())
        {
            StartPeer(binaries, organization, settings.ForPeer(organization));
        }

        if (!consortium.Orderer.RunsElsewhere)
        {
            byte[] genesis = await GenesisBlock.EnsureAsync(binaries, _files, consortium, cancellation);
            var orderers = NativePorts.OrderersOf(consortium).Select(orderer =>
                StartOrderer(binaries, orderer.Host, settings.ForOrderer(orderer.Host, orderer.Endpoint))).ToList();
            await Task.WhenAll(NativePorts.OrderersOf(consortium).Zip(orderers, (orderer, daemon) =>
                JoinOrdererAsync(consortium, orderer.Host, ports, daemon, genesis, cancellation)));
        }

        await Task.WhenAll(consortium.OwnOrganizations().Select(organization =>
            JoinPeerAsync(consortium, organization, _files.GenesisBlock, cancellation)));
        await new CatchingUp(this, consortium).WaitForAllAsync(cancellation);
        await new ChaincodeDeployment(binaries, _files, consortium).EnsureAsync(cancellation);
    }

    public string ChaincodeIdOf(ChaincodeSettings chaincode, OrganizationSettings organization) =>
        new DeployedPackage(_files, chaincode, organization).Id;

    public string Describe(ChaincodeSettings chaincode)
    {
        var deployed = DeployedChaincode.ReadAll(_files.Deployment);
        return deployed.TryGetValue(chaincode.Name, out var known)
            ? $"{chaincode.Name} {known.Version}, sequence {known.Sequence}"
            : $"{chaincode.Name}, not committed yet";
    }

    public Task<IReadOnlyList<Finding>> ExamineAsync(
        Consortium consortium, DateTimeOffset now, CancellationToken cancellation) =>
        new NativeExamination(FabricBinaries.Find(_files.Binaries), _files, consortium).RunAsync(now, cancellation);

    public async Task<IReadOnlyList<NodeHeight>> ReadOrdererHeightsAsync(
        Consortium consortium, CancellationToken cancellation)
    {
        if (consortium.Orderer.RunsElsewhere)
        {
            return []; // Their admin endpoints answer who runs them.
        }

        var ports = NativePorts.Read(_files.Ports);
        return await Task.WhenAll(NativePorts.OrderersOf(consortium).Select(async orderer =>
        {
            using var admin = OpenAdmin(consortium, orderer.Host, ports);
            return new NodeHeight(orderer.Host, await admin.TryReadHeightAsync(consortium.Channel, cancellation));
        }));
    }

    public async Task StartPeerAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        var settings = new NodeSettings(consortium, _files, NativePorts.Read(_files.Ports), binaries.Version);
        StartPeer(binaries, organization, settings.ForPeer(organization));
        await WaitForPeerAsync(organization, cancellation);
    }

    public async Task StartOrdererAsync(Consortium consortium, string host, CancellationToken cancellation)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        var settings = new NodeSettings(consortium, _files, NativePorts.Read(_files.Ports), binaries.Version);
        string endpoint = NativePorts.OrderersOf(consortium).Single(orderer => orderer.Host == host).Endpoint;
        var daemon = StartOrderer(binaries, host, settings.ForOrderer(host, endpoint));
        await daemon.WaitUntilListeningAsync(
            [endpoint], _files.OrdererSettings(host), ListenTimeout, cancellation);
    }

    public async Task JoinPeerAsync(
        Consortium consortium, OrganizationSettings organization, string genesisBlock, CancellationToken cancellation)
    {
        await WaitForPeerAsync(organization, cancellation);
        if (!Directory.Exists(_files.PeerChannel(organization, consortium.Channel)))
        {
            var command = new PeerCommand(FabricBinaries.Find(_files.Binaries), _files, organization);
            await command.RunAsync(["channel", "join", "-b", genesisBlock], cancellation);
        }
    }

    public Task StartInstitutionAsync(
        Consortium consortium, NetworkFile network, OrganizationSettings organization,
        CancellationToken cancellation) =>
        Up.StartInstitutionAsync(this, state, consortium, network, organization, cancellation);

    public Task<IReadOnlyList<string>> ListRunningAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. Daemon.All(state).Where(daemon => daemon.IsRunning).Select(daemon => daemon.Name)]);

    public async Task StopPartsAsync(IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        foreach (string part in parts)
        {
            await new Daemon(state, part).StopAsync();
        }
    }

    public Task RetireAsync(
        Consortium remaining, OrganizationSettings former, CancellationToken cancellation) => StopPartsAsync(
            [
                InstitutionParts.Gateway(former), InstitutionParts.Chaincode(former), InstitutionParts.Peer(former),
                InstitutionParts.Authority(former.MspId),
            ],
            cancellation);

    public Task<ulong?> ReadPeerHeightAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation) =>
        new PeerCommand(FabricBinaries.Find(_files.Binaries), _files, organization).TryReadHeightAsync(
            consortium.Channel, cancellation);

    public IInstitutionData DataOf(OrganizationSettings organization) => new NativeData(state, organization);

    private Task WaitForPeerAsync(OrganizationSettings organization, CancellationToken cancellation) =>
        PeerDaemon(organization).WaitUntilListeningAsync(
            [organization.Peer], _files.PeerSettings(organization), ListenTimeout, cancellation);

    private Daemon PeerDaemon(OrganizationSettings organization) => new(state, InstitutionParts.Peer(organization));

    private OrdererAdmin OpenAdmin(Consortium consortium, string host, NativePorts ports) => new(
        host, ports.OrdererAdmin[host], Path.Combine(_files.OrdererNode(consortium.Orderer, host), "tls"));

    private Daemon StartOrderer(FabricBinaries binaries, string host, string settings)
    {
        string directory = _files.OrdererSettings(host);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "orderer.yaml"), settings);
        var daemon = new Daemon(state, host);
        daemon.EnsureStarted([binaries.Orderer, "start"], NodeEnvironment(directory));
        return daemon;
    }

    private void StartPeer(FabricBinaries binaries, OrganizationSettings organization, string settings)
    {
        string directory = _files.PeerSettings(organization);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "core.yaml"), settings);
        PeerDaemon(organization).EnsureStarted([binaries.Peer, "node", "start"], NodeEnvironment(directory));
    }

    private static Dictionary<string, string> NodeEnvironment(string directory) => new()
    {
        ["FABRIC_CFG_PATH"] = directory,
        ["FABRIC_LOGGING_SPEC"] = "info:gossip=warning:comm.grpc.server=warning:core.comm=warning",
    };

    private async Task JoinOrdererAsync(
        Consortium consortium, string host, NativePorts ports, Daemon daemon, byte[] genesis,
        CancellationToken cancellation)
    {
        string endpoint = ports.OrdererAdmin[host];
        await daemon.WaitUntilListeningAsync(
            [endpoint], _files.OrdererSettings(host), ListenTimeout, cancellation);
        using var admin = OpenAdmin(consortium, host, ports);
        await admin.JoinAsync(consortium.Channel, genesis, cancellation);
    }
}
