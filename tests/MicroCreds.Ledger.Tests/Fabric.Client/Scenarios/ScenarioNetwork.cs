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
internal abstract class ScenarioNetwork : IAsyncDisposable
{
    public const string Channel = "mychannel";

    protected const string Scripted = "errors";

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

    /// <summary>The consortium as it runs.</summary>
    protected abstract Consortium Consortium { get; }

    /// <summary>Where organizations/ is, in cryptogen's layout.</summary>
    protected abstract string State { get; }

    /// <summary>Where a peer of the scenarios answers here.</summary>
    public string EndpointOf(string peer)
    {
        var (mspId, number) = Peers[peer];
        var organization = Consortium.Organizations.Single(one => one.MspId == mspId);
        return organization.FurtherPeers.Prepend(organization.Peer).ElementAt(number);
    }

    public string DirectoryOf(string mspId) =>
        Path.Combine(State, "organizations", "peerOrganizations", DomainOf(mspId));

    public static string DomainOf(string mspId) => $"{mspId[..^3].ToLowerInvariant()}.example.com";

    public abstract Task StopPeerAsync(string peer);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }

    protected abstract ValueTask StopAsync();

    /// <summary>Describes the network with one chaincode, deployed as the step says.</summary>
    /// <param name="chaincode">Its name.</param>
    /// <param name="policy">Its endorsement policy.</param>
    /// <param name="features">The folder of the features: the collections lie beside it.</param>
    /// <param name="newAddress">Where the next node listens.</param>
    protected static Consortium Describe(string chaincode, string policy, string features, Func<string> newAddress)
    {
        string collections = Path.Combine(
            features, "..", "fixtures", "chaincode", "golang", chaincode, "collections_config.json");
        string[] mspIds = ["Org1MSP", "Org2MSP", "Org3MSP"];
        return new Consortium
        {
            Name = "scenarios",
            Channel = Channel,
            Orderer = new OrdererSettings { MspId = "OrdererMSP", Domain = "example.com", Endpoint = newAddress() },
            Organizations = [.. mspIds.Select(mspId => DescribeMember(mspId, newAddress))],
            Chaincodes =
            [
                new ChaincodeSettings
                {
                    Name = chaincode,
                    EndorsementPolicy = policy.Replace('"', '\''),
                    Servers = mspIds.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress()),
                    Tls = chaincode != Scripted,
                    Collections = File.Exists(collections)
                        ? JsonSerializer.Deserialize<CollectionSettings[]>(
                            File.ReadAllText(collections), JsonSerializerOptions.Web)!
                        : [],
                },
            ],
        };
    }

    /// <summary>Starts the chaincode's server of each organisation.</summary>
    /// <param name="idOf">As what the server of an organisation registers.</param>
    protected async Task ServeAsync(Func<OrganizationSettings, string> idOf)
    {
        var chaincode = Consortium.Chaincodes.Single();
        foreach (var organization in Consortium.Organizations)
        {
            string id = idOf(organization);
            string address = chaincode.Servers[organization.MspId];
            _servers.Add(chaincode.Name == Scripted
                ? await MisbehaveAsync(organization.MspId, id, address)
                : await ServeAsync(chaincode.Name, organization.MspId, id, address));
        }
    }

    private static OrganizationSettings DescribeMember(string mspId, Func<string> newAddress) => new()
    {
        MspId = mspId,
        Name = mspId,
        Domain = DomainOf(mspId),
        Peer = newAddress(),
        Gateway = newAddress(),
        FurtherPeers = [.. Peers.Values.Where(peer => peer.MspId == mspId).Skip(1).Select(_ => newAddress())],
    };

    private static async Task<IAsyncDisposable> MisbehaveAsync(string mspId, string id, string address)
    {
        var server = new ScriptedChaincode(
            id, transaction => ScenarioChaincode.MisbehaveAsync(transaction, mspId), address);
        await server.StartAsync();
        return server;
    }

    private async Task<IAsyncDisposable> ServeAsync(string chaincode, string mspId, string id, string address)
    {
        string keys = Path.Combine(DirectoryOf(mspId), "chaincode", chaincode);
        return await ChaincodeServer.StartAsync(ScenarioChaincode.Make(chaincode, mspId), new ChaincodeServerOptions
        {
            ChaincodeId = id,
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
