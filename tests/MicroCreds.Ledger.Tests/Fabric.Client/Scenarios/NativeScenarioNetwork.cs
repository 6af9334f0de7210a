using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>
/// The scenarios' network on real Fabric, whose programs are in the folder that FABRIC_BIN names: what the native
/// engine brings up, and beside it the second peers, which that engine has not.
/// </summary>
internal sealed class NativeScenarioNetwork : ScenarioNetwork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // It logs beside what it answers.
    private static readonly Dictionary<string, string> Silent = new() { ["FABRIC_LOGGING_SPEC"] = "fatal" };

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("scenarios-");
    private readonly NativeEngine _engine;
    private readonly NativeFiles _files;
    private readonly FabricBinaries _binaries;

    private NativeScenarioNetwork(string chaincode, string policy, string features)
    {
        _engine = new NativeEngine(State);
        _files = new NativeFiles(State);
        _binaries = FabricBinaries.Find(_files.Binaries);
        Consortium = _engine.Prepare(
            Describe(chaincode, policy, features, FreePorts.TakeAddress) with
            {
                Batch = new BatchSettings { Timeout = TimeSpan.FromMilliseconds(50) },
            },
            freePorts: true);
    }

    protected override Consortium Consortium { get; }

    protected override string State => _state.FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc cref="ScenarioNetwork.Describe"/>
    public static async Task<NativeScenarioNetwork> StartAsync(string chaincode, string policy, string features)
    {
        var network = new NativeScenarioNetwork(chaincode, policy, features);
        try
        {
            await network._engine.StartAsync(network.Consortium, Cancel);
            foreach (var organization in network.Consortium.Organizations.Where(one => one.FurtherPeers.Count > 0))
            {
                await network.StartSecondPeerAsync(organization);
            }

            var deployed = network.Consortium.Chaincodes.Single();
            await network.ServeAsync(organization => network._engine.ChaincodeIdOf(deployed, organization));
            await network.WaitUntilAllKnowAllAsync(chaincode);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops an organisation's first peer; no scenario stops another.</summary>
    public override Task StopPeerAsync(string peer) => _engine.StopPartsAsync(
        [InstitutionParts.Peer(Consortium.Organizations.Single(one => NativeFiles.PeerName(one) == peer))], Cancel);

    protected override async ValueTask StopAsync()
    {
        await _engine.StopPartsAsync(await _engine.ListRunningAsync(CancellationToken.None), CancellationToken.None);
        _state.Delete(recursive: true);
    }

    /// <summary>Starts an organisation's second peer as its first, in places of its own, and joins it.</summary>
    private async Task StartSecondPeerAsync(OrganizationSettings organization)
    {
        string address = organization.FurtherPeers.Single();
        var known = NativePorts.Read(_files.Ports);
        var ports = known with
        {
            Chaincode = known.Chaincode.Keys.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress()),
            PeerOperations = known.PeerOperations.Keys.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress()),
        };
        string directory = _files.PeerSettings(organization) + "-second";
        string settings = new NodeSettings(Consortium, _files, ports, _binaries.Version)
            .ForPeer(organization with { Peer = address })
            .Replace(NativeFiles.PeerName(organization), $"peer1.{organization.Domain}", StringComparison.Ordinal)
            .Replace(_files.PeerSettings(organization), directory, StringComparison.Ordinal)
            .Replace($"bootstrap: \"{address}\"", $"bootstrap: \"{organization.Peer}\"", StringComparison.Ordinal);
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "core.yaml"), settings, Cancel);
        var environment = new Dictionary<string, string>
        {
            ["FABRIC_CFG_PATH"] = directory,
            ["FABRIC_LOGGING_SPEC"] = "error",
        };
        var daemon = new Daemon(State, $"{InstitutionParts.Peer(organization)}-second");
        daemon.EnsureStarted([_binaries.Peer, "node", "start"], environment);
        await daemon.WaitUntilListeningAsync([address], Patience, Cancel);
        environment["CORE_PEER_MSPCONFIGPATH"] = _files.AdminMsp(organization);
        string package = _files.Package(Consortium.Chaincodes.Single(), organization);
        await RunAsync(_binaries.Peer, environment, "channel", "join", "-b", _files.GenesisBlock);
        await RunAsync(_binaries.Peer, environment, "lifecycle", "chaincode", "install", package);
    }

    /// <summary>A gateway finds who can endorse by what peers tell each other.</summary>
    private async Task WaitUntilAllKnowAllAsync(string chaincode)
    {
        string discover = Path.Combine(Path.GetDirectoryName(_binaries.Peer)!, "discover");
        var peers = Consortium.Organizations.SelectMany(one => one.FurtherPeers.Prepend(one.Peer), (one, peer) => (
            Organization: one, Peer: peer)).ToList();
        foreach (var (organization, peer) in peers)
        {
            string node = _files.PeerNode(organization);
            string user = Path.Combine(DirectoryOf(organization.MspId), "users", $"User1@{organization.Domain}", "msp");
            string said = "";
            await Until.TrueAsync(
                async () =>
                {
                    (int code, said) = await RunningScript.RunAsync(
                        discover,
                        [
                            "--peerTLSCA", Path.Combine(node, "tls", "ca.crt"),
                            "--userKey", Directory.GetFiles(Path.Combine(user, "keystore")).Single(),
                            "--userCert", Directory.GetFiles(Path.Combine(user, "signcerts")).Single(),
                            "--MSP", organization.MspId, "peers", "--channel", Channel, "--server", peer,
                        ],
                        Silent);
                    return code == 0 && JsonNode.Parse(said)!.AsArray().Count(
                        one => one!["Chaincodes"]?.AsArray().Any(name => (string?)name == chaincode) == true)
                        == peers.Count;
                },
                () => $"{peer} does not know of all peers with {chaincode}: {said}");
        }
    }

    private static async Task RunAsync(
        string program, Dictionary<string, string> environment, params string[] arguments)
    {
        var (code, said) = await RunningScript.RunAsync(program, arguments, environment);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}:\n{said}");
    }
}
