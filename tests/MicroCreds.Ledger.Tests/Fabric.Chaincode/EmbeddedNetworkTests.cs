using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A chaincode of two organisations on the embedded network, over mutual TLS.</summary>
public sealed class EmbeddedNetworkTests
{
    private const string Name = "assets";
    private static readonly string[] Organizations = ["AlphaMSP", "BetaMSP"];

    [Fact]
    public async Task Chaincode_OfTwoOrganizations_ReadsAndWritesTheLedger()
    {
        var servers = Organizations.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress());
        await using var network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions { InMemory = true, Consortium = Describe(servers) },
            TestContext.Current.CancellationToken);
        await using var alpha = await StartAsync(network, "AlphaMSP", servers);
        await using var beta = await StartAsync(network, "BetaMSP", servers);
        using var channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = network.Consortium.Organizations[0].Peer,
            TlsCaPem = await File.ReadAllTextAsync(
                Directory.GetFiles(Path.Combine(FolderOf(network, "AlphaMSP"), "tlsca"), "*.pem").Single(),
                TestContext.Current.CancellationToken),
        });
        string msp = Path.Combine(FolderOf(network, "AlphaMSP"), "users", $"User1@{DomainOf("AlphaMSP")}", "msp");
        using var signer = PrivateKeySigner.FromPemFile(Directory.GetFiles(Path.Combine(msp, "keystore")).Single());
        using var gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = X509Identity.FromPemFile(
                "AlphaMSP", Directory.GetFiles(Path.Combine(msp, "signcerts")).Single()),
            Signer = signer,
        });
        var contract = gateway.GetNetwork("credentials").GetContract(Name);

        Assert.Equal("AlphaMSP", await SubmitAsync(contract, "Fill", "250"));
        Assert.Equal("250 250 249", await EvaluateAsync(contract, "Count"));
        Assert.Equal("10 item00010", await EvaluateAsync(contract, "Page"));
        await SubmitAsync(contract, "Own", "item00001", "BetaMSP");
        Assert.Contains("BetaMSP", await EvaluateAsync(contract, "Metadata"), StringComparison.Ordinal);
        await SubmitAsync(contract, "Delete", "item00002");
        Assert.Equal("deleted,2", await EvaluateAsync(contract, "History", "item00002"));
        var refused = await Assert.ThrowsAsync<EvaluateException>(() => EvaluateAsync(contract, "Count", "x"));
        Assert.Contains("takes no arguments", refused.ToString(), StringComparison.Ordinal);
    }

    private static ContractDefinition Define()
    {
        var assets = new ContractDefinition(Name);
        assets.Submit("Fill", async (TransactionContext context, int count) =>
        {
            for (int i = 0; i < count; i++)
            {
                await context.Stub.PutStateAsync($"item{i:D5}", Encoding.UTF8.GetBytes($"{i}"));
            }

            return context.ClientIdentity.MspId;
        });
        assets.Evaluate("Count", async (TransactionContext context) =>
        {
            int inRange = 0;
            await foreach (var item in context.Stub.GetStateByRangeAsync("item", "itex"))
            {
                inRange++;
            }

            var read = await context.Stub.GetStatesAsync([.. Enumerable.Range(0, 260).Select(i => $"item{i:D5}")]);
            var there = read.Where(value => value is not null).ToArray();
            return $"{inRange} {there.Length} {Encoding.UTF8.GetString(there[^1]!)}";
        });
        assets.Evaluate("Page", async (TransactionContext context) =>
        {
            var page = await context.Stub.GetStateByRangeWithPaginationAsync("item", "itex", 10);
            return $"{page.Items.Count} {page.Bookmark}";
        });
        assets.Submit("Own", async (TransactionContext context, string key, string mspId) =>
            await context.Stub.SetStateValidationParameterAsync(
                key, SignaturePolicies.SignedBy(mspId, MSPRole.Types.MSPRoleType.Peer)));
        assets.Evaluate("Metadata", async (TransactionContext context) =>
            (await context.Stub.GetStateValidationParameterAsync("item00001"))!.Identities[0].Principal
                .ToStringUtf8());
        assets.Submit("Delete", async (TransactionContext context, string key) =>
            await context.Stub.DeleteStateAsync(key));
        assets.Evaluate("History", async (TransactionContext context, string key) =>
        {
            var changes = new List<string>();
            await foreach (var change in context.Stub.GetHistoryForKeyAsync(key))
            {
                changes.Add(change.IsDelete ? "deleted" : Encoding.UTF8.GetString(change.Value!));
            }

            return string.Join(',', changes);
        });
        return assets;
    }

    private static Task<ChaincodeServer> StartAsync(
        MicroCreds.Fabric.DevNetwork.DevNetwork network, string mspId, Dictionary<string, string> servers)
    {
        string keys = Path.Combine(FolderOf(network, mspId), "chaincode", Name);
        return ChaincodeServer.StartAsync(
            new ContractChaincode(Define()),
            new ChaincodeServerOptions
            {
                ChaincodeId = Name,
                Address = servers[mspId],
                LoggerFactory = NullLoggerFactory.Instance,
                Tls = new ChaincodeTlsOptions
                {
                    CertificateFile = Path.Combine(keys, "server.crt"),
                    PrivateKeyFile = Path.Combine(keys, "server.key"),
                    ClientCaFile = Path.Combine(keys, "ca.crt"),
                },
            },
            TestContext.Current.CancellationToken);
    }

    private static Consortium Describe(Dictionary<string, string> servers) => new()
    {
        Name = "two",
        Channel = "credentials",
        Orderer = new OrdererSettings { MspId = "OrdererMSP", Domain = "orderer.example", Endpoint = "127.0.0.1:0" },
        Organizations =
        [
            .. Organizations.Select(mspId => new OrganizationSettings
            {
                MspId = mspId, Name = mspId, Domain = DomainOf(mspId), Peer = "127.0.0.1:0",
            }),
        ],
        Chaincodes =
        [
            new ChaincodeSettings
            {
                Name = Name, EndorsementPolicy = "AND('AlphaMSP.peer', 'BetaMSP.peer')", Servers = servers, Tls = true,
            },
        ],
    };

    private static async Task<string> SubmitAsync(FabricContract contract, string name, params string[] arguments) =>
        Encoding.UTF8.GetString(
            await contract.SubmitAsync(name, arguments, TestContext.Current.CancellationToken));

    private static async Task<string> EvaluateAsync(FabricContract contract, string name, params string[] arguments) =>
        Encoding.UTF8.GetString(
            await contract.EvaluateAsync(name, arguments, TestContext.Current.CancellationToken));

    private static string DomainOf(string mspId) => $"{mspId.ToLowerInvariant()}.example";

    private static string FolderOf(MicroCreds.Fabric.DevNetwork.DevNetwork network, string mspId) =>
        Path.Combine(network.StateDirectory, "organizations", "peerOrganizations", DomainOf(mspId));
}
