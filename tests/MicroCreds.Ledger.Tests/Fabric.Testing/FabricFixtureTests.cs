using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Testing;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Testing;

/// <summary>
/// A client with its chaincode: on the embedded network, or on what FABRIC_TEST_NETWORK describes.
/// </summary>
public sealed class FabricFixtureTests : IClassFixture<FabricFixtureTests.Fixture>
{
    private readonly FabricFixture _fabric;

    public FabricFixtureTests(Fixture fixture) => _fabric = fixture.Fabric;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachOrganisation_CallsTheChaincode()
    {
        string key = Guid.NewGuid().ToString("N");
        string[] members = [.. _fabric.Organizations];
        var retry = new SubmitRetryOptions { MaxAttempts = 20 };
        await _fabric.GetContract().SubmitWithRetryAsync(
            "Put", new ProposalOptions { Arguments = [key, "1"] }, retry, Cancel);
        await _fabric.GetContract(members[^1]).SubmitWithRetryAsync(
            "Append", new ProposalOptions { Arguments = [key, "2"] }, retry, Cancel);
        byte[] read = await _fabric.GetContract(members[^1]).EvaluateAsync("Read", [key], Cancel);
        Assert.Equal("12", Encoding.UTF8.GetString(read));
        var nobody = Assert.Throws<FabricTestException>(() => _fabric.GetContract("Org9MSP"));
        Assert.Contains(members[0], nobody.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenNetwork_IsTakenAsItIsDescribed()
    {
        // What is described is another fixture's network, whose peers dial the server that they know.
        Assert.SkipWhen(_fabric.Embedded is null, "Described networks are described by whoever runs these tests.");
        using var folder = new TemporaryFolder();
        await using var other = await FabricFixture.StartAsync(
            AssetContract.Create(), new TestChannelOptions { NetworkFile = "" }, Cancel);
        var organization = other.Embedded!.Consortium.Organizations[0];
        string root = Path.Combine(other.Embedded.StateDirectory, "organizations", "peerOrganizations",
            organization.Domain);
        string user = Path.Combine(root, "users", $"User1@{organization.Domain}", "msp");
        string file = Path.Combine(folder.Path, "network.json");
        string free = FreePorts.TakeAddress();
        await File.WriteAllTextAsync(file, $$"""
            {
              "channel": "mychannel",
              "organizations": {
                "Org1MSP": {
                  "peer": "{{organization.Peer}}", "hostName": "peer0.{{organization.Domain}}",
                  "tlsCa": "{{root}}/peers/peer0.{{organization.Domain}}/tls/ca.crt",
                  "certificate": "{{Directory.GetFiles(Path.Combine(user, "signcerts")).Single()}}",
                  "key": "{{Directory.GetFiles(Path.Combine(user, "keystore")).Single()}}"
                }
              },
              "chaincodes": { "chaincode": { "Org1MSP": { "address": "{{free}}", "packageId": "chaincode" } } }
            }
            """, Cancel);
        await using var given = await FabricFixture.StartAsync(
            AssetContract.Create(), new TestChannelOptions { NetworkFile = file }, Cancel);
        Assert.Null(given.Embedded);
        await given.GetContract("Org1MSP").SubmitAsync("Put", ["given", "1"], Cancel);
        Assert.Equal("1", Encoding.UTF8.GetString(await other.GetContract().EvaluateAsync("Read", ["given"], Cancel)));
    }

    [Fact]
    public async Task GivenNetwork_Faulty_NamesEveryFault()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "network.json");
        await File.WriteAllTextAsync(file, """
            {
              "channel": "c",
              "organizations": { "AMSP": { "peer": "127.0.0.1:1", "tlsCa": "a", "certificate": "b", "key": "c" } },
              "chaincodes": {}
            }
            """, Cancel);
        var e = await Assert.ThrowsAsync<FabricTestException>(() => FabricFixture.StartAsync(
            AssetContract.Create(), new TestChannelOptions { NetworkFile = file }, Cancel));
        Assert.Contains($"there is no file {Path.Combine(folder.Path, "a")}", e.Message, StringComparison.Ordinal);
        Assert.Contains("chaincodes.chaincode: it is not there", e.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, """{ "chanel": "c" }""", Cancel);
        e = await Assert.ThrowsAsync<FabricTestException>(() => FabricFixture.StartAsync(
            AssetContract.Create(), new TestChannelOptions { NetworkFile = file }, Cancel));
        Assert.Contains("cannot be read from", e.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// As a test class of any project has one; and where <c>TEST_ENGINE</c> names another engine than the embedded one,
    /// with the description of a network on it.
    /// </summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly RunningConsortium? _consortium =
            RunningConsortium.Engine == "embedded" ? null : new RunningConsortium();

        private FabricFixture? _fabric;

        public FabricFixture Fabric => _fabric ?? throw new InvalidOperationException("It is not started.");

        public async ValueTask InitializeAsync()
        {
            var options = new TestChannelOptions();
            if (_consortium is not null)
            {
                await _consortium.InitializeAsync();
                options = new TestChannelOptions
                {
                    ChaincodeName = _consortium.Description.Chaincode,
                    NetworkFile = await DescribeAsync(_consortium),
                };
            }

            _fabric = await FabricFixture.StartAsync(AssetContract.Create(), options);
        }

        public async ValueTask DisposeAsync()
        {
            if (_fabric is not null) await _fabric.DisposeAsync();
            if (_consortium is not null) await _consortium.DisposeAsync();
        }

        /// <summary>Describes a network whose contract's servers give way to the fixture's.</summary>
        private static async Task<string> DescribeAsync(RunningConsortium consortium)
        {
            var (organizations, servers) = (new JsonObject(), new JsonObject());
            foreach (var member in consortium.Description.Institutions)
            {
                var server = await AlteredContract.StopServerAsync(consortium, member);
                organizations[member.MspId] = new JsonObject
                {
                    ["peer"] = member.PeerEndpoint,
                    ["hostName"] = $"peer0.{member.Domain}",
                    ["tlsCa"] = member.PeerTlsCa,
                    ["certificate"] = member.UserCert,
                    ["key"] = member.UserKey,
                };
                servers[member.MspId] = new JsonObject
                {
                    ["address"] = server.Address,
                    ["packageId"] = server.ChaincodeId,
                    ["certificate"] = server.Tls?.CertificateFile,
                    ["key"] = server.Tls?.PrivateKeyFile,
                    ["clientCa"] = server.Tls?.ClientCaFile,
                };
            }

            string file = Path.Combine(consortium.State, "described-network.json");
            await File.WriteAllTextAsync(file, new JsonObject
            {
                ["channel"] = consortium.Description.Channel,
                ["organizations"] = organizations,
                ["chaincodes"] = new JsonObject { [consortium.Description.Chaincode] = servers },
            }.ToJsonString());
            return file;
        }
    }
}
