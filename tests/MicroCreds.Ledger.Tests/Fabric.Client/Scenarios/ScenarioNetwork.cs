using System.Text.Json;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Microsoft.Extensions.Logging.Abstractions;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>
/// The network that the scenarios are written for: three organisations, of which two have two peers, and the chaincode
/// of one feature.
/// </summary>
internal sealed class ScenarioNetwork : IAsyncDisposable
{
    public const string Channel = "mychannel";

    /// <summary>Which of an organisation's peers the scenarios' ports are.</summary>
    private static readonly Dictionary<string, (string MspId, int Peer)> Peers = new()
    {
        ["peer0.org1.example.com"] = ("Org1MSP", 0),
        ["peer1.org1.example.com"] = ("Org1MSP", 1),
        ["peer0.org2.example.com"] = ("Org2MSP", 0),
        ["peer1.org2.example.com"] = ("Org2MSP", 1),
        ["peer0.org3.example.com"] = ("Org3MSP", 0),
    };

    private readonly List<IAsyncDisposable> _servers = [];

    private ScenarioNetwork(MicroCreds.Fabric.DevNetwork.DevNetwork network) => Network = network;

    public MicroCreds.Fabric.DevNetwork.DevNetwork Network { get; }

    /// <summary>Starts the network with one chaincode, deployed as the step says.</summary>
    /// <param name="chaincode">Its name.</param>
    /// <param name="policy">Its endorsement policy.</param>
    /// <param name="features">The folder of the features: the collections lie beside it.</param>
    public static async Task<ScenarioNetwork> StartAsync(string chaincode, string policy, string features)
    {
        string collections = Path.Combine(
            features, "..", "fixtures", "chaincode", "golang", chaincode, "collections_config.json");
        bool isScripted = chaincode == "errors";
        string[] mspIds = ["Org1MSP", "Org2MSP", "Org3MSP"];
        var servers = new Dictionary<string, string>();
        var scripted = new List<IAsyncDisposable>();
        foreach (string mspId in mspIds)
        {
            servers[mspId] = FreePorts.TakeAddress();
            if (isScripted)
            {
                var server = new ScriptedChaincode(
                    chaincode, transaction => ScenarioChaincode.MisbehaveAsync(transaction, mspId), servers[mspId]);
                await server.StartAsync();
                scripted.Add(server);
            }
        }

        var network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(new DevNetworkOptions
        {
            InMemory = true,
            Consortium = new Consortium
            {
                Name = "scenarios",
                Channel = Channel,
                Orderer = new OrdererSettings
                {
                    MspId = "OrdererMSP",
                    Domain = "example.com",
                    Endpoint = "127.0.0.1:0",
                },
                Organizations = [.. mspIds.Select(Describe)],
                Chaincodes =
                [
                    new ChaincodeSettings
                    {
                        Name = chaincode, EndorsementPolicy = policy.Replace('"', '\''), Servers = servers,
                        Tls = !isScripted,
                        Collections = File.Exists(collections)
                            ? JsonSerializer.Deserialize<CollectionSettings[]>(
                                await File.ReadAllTextAsync(collections), JsonSerializerOptions.Web)!
                            : [],
                    },
                ],
            },
        });
        var started = new ScenarioNetwork(network);
        started._servers.AddRange(scripted);
        foreach (string mspId in isScripted ? [] : mspIds)
        {
            started._servers.Add(await started.ServeAsync(chaincode, mspId, servers[mspId]));
        }

        return started;
    }

    /// <summary>Where a peer of the scenarios answers here.</summary>
    public string EndpointOf(string peer)
    {
        var (mspId, number) = Peers[peer];
        var organization = Network.Consortium.Organizations.Single(one => one.MspId == mspId);
        return organization.FurtherPeers.Prepend(organization.Peer).ElementAt(number);
    }

    public string DirectoryOf(string mspId) =>
        Path.Combine(Network.StateDirectory, "organizations", "peerOrganizations", DomainOf(mspId));

    public static string DomainOf(string mspId) => $"{mspId[..^3].ToLowerInvariant()}.example.com";

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private static OrganizationSettings Describe(string mspId) => new()
    {
        MspId = mspId,
        Name = mspId,
        Domain = DomainOf(mspId),
        Peer = "127.0.0.1:0",
        FurtherPeers = [.. Peers.Values.Where(peer => peer.MspId == mspId).Skip(1).Select(_ => "127.0.0.1:0")],
    };

    private Task<ChaincodeServer> ServeAsync(string chaincode, string mspId, string address)
    {
        string keys = Path.Combine(DirectoryOf(mspId), "chaincode", chaincode);
        return ChaincodeServer.StartAsync(ScenarioChaincode.Make(chaincode, mspId), new ChaincodeServerOptions
        {
            ChaincodeId = chaincode,
            Address = address,
            LoggerFactory = NullLoggerFactory.Instance,
            Tls = new ChaincodeTlsOptions
            {
                CertificateFile = Path.Combine(keys, "server.crt"),
                PrivateKeyFile = Path.Combine(keys, "server.key"),
                ClientCaFile = Path.Combine(keys, "ca.crt"),
            },
        });
    }
}
