using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// The network as a process: killed at any moment, stopped, started twice, started for something else.
/// </summary>
public sealed class NetworkProcessTests : IDisposable
{
    private const string Description = """
        {
          "name": "Test", "channel": "channel",
          "orderer": { "mspId": "OMSP", "domain": "o.example", "endpoint": "127.0.0.1:0" },
          "organizations": [
            { "mspId": "AMSP", "name": "A", "domain": "a.example", "peer": "127.0.0.1:0" } ],
          "chaincodes": [
            { "name": "cc", "endorsementPolicy": "OR('AMSP.peer')", "servers": { "AMSP": "127.0.0.1:9" } } ]
        }
        """;

    private const int Kills = 5;
    private const int MaxLifeMilliseconds = 400;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("microcreds-test-");

    public NetworkProcessTests() => File.WriteAllText(Consortium, Description);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Consortium => Path.Combine(_directory.FullName, "consortium.json");

    private string State => Path.Combine(_directory.FullName, "state");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Killed_AtAnyMoment_KeepsAPrefixOfValidBlocksAndAllThatWasAcknowledged()
    {
        int seed = Environment.GetEnvironmentVariable("TEST_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed}");
        var random = new Random(seed);
        var acknowledged = new List<(string Id, byte[] BlockHash, ulong Block)>();
        for (int i = 0; i < Kills; i++)
        {
            await using var network = await NetworkProcess.StartAsync(Consortium, State, Cancel);
            using var life = new CancellationTokenSource();
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = life.Token.Register(over.SetResult);
            var kill = over.Task.ContinueWith(_ => network.KillAsync(), TaskScheduler.Default).Unwrap();
            int milliseconds = random.Next(MaxLifeMilliseconds);
            await SubmitUntilCutOffAsync(network.OrdererEndpoint, acknowledged, () => life.CancelAfter(milliseconds));
            await kill;
        }

        Assert.True(acknowledged.Count >= Kills);
        await AssertChainAsync(acknowledged);
    }

    [Fact]
    public async Task Terminated_StopsCleanly()
    {
        await using var network = await NetworkProcess.StartAsync(Consortium, State, Cancel);
        Assert.Contains("development and test tool", network.ReadyLine, StringComparison.Ordinal);
        Assert.Equal(0, await network.TerminateAsync(Cancel));
        await using var again = await NetworkProcess.StartAsync(Consortium, State, Cancel);
        Assert.NotEmpty(again.OrdererEndpoint);
    }

    [Fact]
    public async Task Port_InUse_IsSaidInOneLine()
    {
        await using var network = await NetworkProcess.StartAsync(Consortium, State, Cancel);
        await File.WriteAllTextAsync(Consortium, Description.Replace(
            """ "endpoint": "127.0.0.1:0" """, $""" "endpoint": "{network.OrdererEndpoint}" """,
            StringComparison.Ordinal), Cancel);
        var (code, error) = await NetworkProcess.RunToEndAsync(Consortium, State + "-other", Cancel);
        Assert.Equal(1, code);
        Assert.StartsWith($"Nothing can listen on {network.OrdererEndpoint}", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task StateDirectory_InUse_IsRefused()
    {
        await using var network = await NetworkProcess.StartAsync(Consortium, State, Cancel);
        var (code, error) = await NetworkProcess.RunToEndAsync(Consortium, State, Cancel);
        Assert.Equal(1, code);
        Assert.Contains(State, error, StringComparison.Ordinal);
        Assert.Contains("another network running", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateDirectory_OfAnotherConsortium_IsRefused()
    {
        await using (await NetworkProcess.StartAsync(Consortium, State, Cancel))
        {
        }

        string other = Description.Replace("\"channel\",", "\"other\",", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Consortium, other, Cancel);
        var (code, error) = await NetworkProcess.RunToEndAsync(Consortium, State, Cancel);
        Assert.Equal(1, code);
        Assert.Contains("made for another network", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_NotOnLoopback_IsRefused()
    {
        await File.WriteAllTextAsync(
            Consortium, Description.Replace("\"127.0.0.1:0\"", "\"0.0.0.0:0\"", StringComparison.Ordinal), Cancel);
        var (code, error) = await NetworkProcess.RunToEndAsync(Consortium, State, Cancel);
        Assert.Equal(1, code);
        Assert.Contains("not on the loopback interface", error, StringComparison.Ordinal);
    }

    private OrganizationMaterial Material =>
        new(Path.Combine(State, "organizations", "peerOrganizations", "a.example"), "AMSP", "a.example");

    private TestSigner Signer(string kind, string host)
    {
        var (serialized, signer) = Material.ReadNodeIdentity(kind, host);
        return new TestSigner(serialized, signer, new IssuedCertificate("", ""));
    }

    private TestSigner User()
    {
        string msp = Path.Combine(Material.Directory, "users", "User1@a.example", "msp");
        var issued = new IssuedCertificate(
            File.ReadAllText(Path.Combine(msp, "signcerts", "User1@a.example-cert.pem")),
            File.ReadAllText(Path.Combine(msp, "keystore", "priv_sk")));
        return TestOrganization.As("AMSP", issued);
    }

    private static TestTransaction NewTransaction(TestSigner user, TestSigner peer)
    {
        var set = new ReadWriteSetBuilder();
        set.AddWrite("cc", Guid.NewGuid().ToString(), new byte[2000]);
        return new TestTransaction
        {
            Channel = "channel",
            Creator = user,
            Endorsers = [peer],
            Results = set.Build().ToByteString(),
        };
    }

    private GrpcChannel Connect(string endpoint)
    {
        string roots = Path.Combine(
            State, "organizations", "ordererOrganizations", "o.example", "tlsca", "tlsca.o.example-cert.pem");
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(
            X509Certificate2.CreateFromPem(File.ReadAllText(roots)));
        return GrpcChannel.ForAddress($"https://{endpoint}", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
        });
    }

    // Broadcasts one transaction after the other, and notes each that a delivered block holds, until the end comes.
    private async Task SubmitUntilCutOffAsync(
        string endpoint, List<(string Id, byte[] BlockHash, ulong Block)> acknowledged, Action onFirst)
    {
        bool first = true;
        try
        {
            using var channel = Connect(endpoint);
            var client = new AtomicBroadcast.AtomicBroadcastClient(channel);
            using var deliver = client.Deliver(cancellationToken: Cancel);
            using var broadcast = client.Broadcast(cancellationToken: Cancel);
            var user = User();
            var peer = Signer("peers", "peer0");
            var seek = new SeekInfo { Start = Deliveries.Newest, Stop = Deliveries.Number(ulong.MaxValue) };
            await deliver.RequestStream.WriteAsync(Deliveries.Request(user, "channel", seek), Cancel);

            // The newest block says that the stream is open: none that comes is missed.
            Assert.True(await deliver.ResponseStream.MoveNext(Cancel));
            while (true)
            {
                await broadcast.RequestStream.WriteAsync(NewTransaction(user, peer).ToEnvelope(), Cancel);
                Assert.True(await broadcast.ResponseStream.MoveNext(Cancel));
                Assert.Equal(Status.Success, broadcast.ResponseStream.Current.Status);
                Assert.True(await deliver.ResponseStream.MoveNext(Cancel));
                var block = deliver.ResponseStream.Current.Block;
                foreach (var envelope in block.Data.Data)
                {
                    acknowledged.Add((IdOf(envelope), BlockHash.OfHeader(block.Header), block.Header.Number));
                }

                if (first)
                {
                    first = false;
                    onFirst();
                }
            }
        }
        catch (Exception exception) when (
            exception is RpcException or IOException or InvalidOperationException && !Cancel.IsCancellationRequested)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"cut off: {exception.Message}");
        }
    }

    private async Task AssertChainAsync(List<(string Id, byte[] BlockHash, ulong Block)> acknowledged)
    {
        await using var network = await DevNetworkOf();
        var ledger = network.Parts.Ledger;
        byte[] previous = [];
        for (ulong number = 0; number < ledger.Height; number++)
        {
            var block = ledger.GetBlock(number)!;
            Assert.Equal(previous, block.Header.PreviousHash.ToByteArray());
            Assert.Equal(block.Header.DataHash.ToByteArray(), BlockHash.OfData(block.Data.Data));
            Assert.All(
                block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter],
                code => Assert.Equal(TxValidationCode.Valid, (TxValidationCode)code));
            previous = BlockHash.OfHeader(block.Header);
        }

        foreach (var (id, hash, number) in acknowledged)
        {
            Assert.True(ledger.TryGetTransaction(id, out var position), $"transaction {id} of block {number} is lost");
            Assert.Equal((number, TxValidationCode.Valid), (position.BlockNumber, position.Code));
            Assert.Equal(hash, BlockHash.OfHeader(ledger.GetBlock(number)!.Header));
        }
    }

    private Task<MicroCreds.Fabric.DevNetwork.DevNetwork> DevNetworkOf() =>
        MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions { Consortium = ConsortiumFile.Parse(Description), StateDirectory = State }, Cancel);

    private static string IdOf(ByteString envelope) =>
        ChannelHeader.Parser.ParseFrom(
            Payload.Parser.ParseFrom(Envelope.Parser.ParseFrom(envelope).Payload).Header.ChannelHeader).TxId;
}
