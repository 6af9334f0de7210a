using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>The official Node client and chaincode libraries, unmodified, over mutual TLS.</summary>
public sealed class OfficialNodeTests
{
    private const string Chaincode = "official";
    private static readonly string[] Organizations = ["AlphaMSP", "BetaMSP"];

    [Fact]
    public async Task ClientAndChaincode_WorkUnmodified()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync(cancellation);
        var servers = Organizations.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress());
        await using var network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions { InMemory = true, Consortium = Describe(servers) }, cancellation);
        var chaincodes = new List<Process>();
        try
        {
            foreach (string mspId in Organizations)
            {
                chaincodes.Add(await StartChaincodeAsync(programs, servers[mspId], DirectoryOf(network, mspId)));
            }

            var (exitCode, output) = await NodePrograms.RunAsync(
                Client(programs, network), EndToEnd.Until.Patience, cancellation);

            Assert.True(exitCode == 0, output);
            TestContext.Current.TestOutputHelper?.WriteLine(output);
        }
        finally
        {
            foreach (var chaincode in chaincodes)
            {
                chaincode.Kill(entireProcessTree: true);
                chaincode.Dispose();
            }
        }
    }

    private static Consortium Describe(Dictionary<string, string> servers) => new()
    {
        Name = "official",
        Channel = PeerNetwork.Channel,
        Orderer = new OrdererSettings
        {
            MspId = "OrdererMSP",
            Domain = "orderer.example",
            Endpoint = "127.0.0.1:0",
        },
        Organizations =
        [
            .. Organizations.Select(mspId => new OrganizationSettings
            {
                MspId = mspId,
                Name = mspId,
                Domain = PeerNetwork.DomainOf(mspId),
                Peer = "127.0.0.1:0",
            }),
        ],
        Chaincodes =
        [
            new ChaincodeSettings
            {
                Name = Chaincode,
                EndorsementPolicy = "AND('AlphaMSP.peer', 'BetaMSP.peer')",
                Servers = servers,
                Tls = true,
            },
        ],
    };

    private static string DirectoryOf(MicroCreds.Fabric.DevNetwork.DevNetwork network, string mspId) => Path.Combine(
        network.StateDirectory, "organizations", "peerOrganizations", PeerNetwork.DomainOf(mspId));

    private static async Task<Process> StartChaincodeAsync(string programs, string address, string organization)
    {
        string keys = Path.Combine(organization, "chaincode", Chaincode);
        var start = NodePrograms.Start(
            "node",
            [
                Path.Combine("node_modules", "fabric-shim", "cli.js"),
                "server",
                "--chaincode-address", address,
                "--chaincode-id", Chaincode,
                "--chaincode-tls-cert-file", Path.Combine(keys, "server.crt"),
                "--chaincode-tls-key-file", Path.Combine(keys, "server.key"),
                "--chaincode-tls-client-cacert-file", Path.Combine(keys, "ca.crt"),
            ],
            programs);
        start.Environment["CORE_CHAINCODE_LOGGING_LEVEL"] = "debug";
        var process = new Process { StartInfo = start };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Watch(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
            {
                started.TrySetException(new InvalidOperationException("The Node chaincode server ended."));
            }
            else if (line.Data.Contains("ChaincodeServer started", StringComparison.Ordinal))
            {
                started.TrySetResult();
            }
        }

        process.OutputDataReceived += Watch;
        process.ErrorDataReceived += Watch;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await started.Task.WaitAsync(EndToEnd.Until.Patience);
        return process;
    }

    private static ProcessStartInfo Client(string programs, MicroCreds.Fabric.DevNetwork.DevNetwork network)
    {
        var settings = network.Consortium.Organizations[0];
        string organization = DirectoryOf(network, settings.MspId);
        string msp = Path.Combine(organization, "users", $"User1@{settings.Domain}", "msp");
        var start = NodePrograms.Start("node", ["client.mjs"], programs);
        start.Environment["PEER"] = settings.Peer;
        start.Environment["PEER_TLS_CA"] = Directory.GetFiles(Path.Combine(organization, "tlsca"), "*.pem").Single();
        start.Environment["MSP_ID"] = settings.MspId;
        start.Environment["CERTIFICATE"] = Directory.GetFiles(Path.Combine(msp, "signcerts")).Single();
        start.Environment["PRIVATE_KEY"] = Directory.GetFiles(Path.Combine(msp, "keystore")).Single();
        start.Environment["CHANNEL"] = PeerNetwork.Channel;
        start.Environment["CHAINCODE"] = Chaincode;
        return start;
    }
}
