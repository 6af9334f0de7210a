using System.Security.Cryptography;
using MicroCreds.Fabric.Client;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class OptionsTests
{
    [Fact]
    public async Task GatewayOptions_Wrong_NameEveryFaultAtOnce()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = PrivateKeySigner.FromPem(other.ExportPkcs8PrivateKeyPem());
        var e = Assert.Throws<ArgumentException>(() => FabricGateway.Connect(server.Options with
        {
            Signer = signer,
            EndorseTimeout = TimeSpan.Zero,
            TlsClientCertificateHash = new byte[20],
        }));
        Assert.Contains("does not belong to the certificate", e.Message, StringComparison.Ordinal);
        Assert.Contains("EndorseTimeout is 00:00:00", e.Message, StringComparison.Ordinal);
        Assert.Contains("TlsClientCertificateHash has 20 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GatewayOptions_Ed25519WithADigest_IsRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var signer = PrivateKeySigner.FromPem(
            SignerTests.Ed25519Pem(new Ed25519PrivateKeyParameters(new SecureRandom())));
        var e = Assert.Throws<ArgumentException>(() => FabricGateway.Connect(
            server.Options with { Signer = signer, Hash = Hashes.Sha256 }));
        Assert.Contains("Hash must be Hashes.None", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("https://localhost:7051")]
    [InlineData("local host:7051")]
    [InlineData("localhost:7051/path")]
    public void Endpoint_ThatIsNoHostAndPort_IsRefused(string endpoint)
    {
        var e = Assert.Throws<ArgumentException>(
            () => PeerChannel.Open(new PeerChannelOptions { Endpoint = endpoint, Plaintext = true }));
        Assert.Contains("must be host:port", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PeerChannelOptions_Wrong_NameEveryFaultAtOnce()
    {
        var e = Assert.Throws<ArgumentException>(() => PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = "localhost:7051",
            Plaintext = true,
            HostNameOverride = "peer0:7051",
            KeepAliveInterval = TimeSpan.FromSeconds(30),
            MaxMessageBytes = 0,
        }));
        Assert.Contains("without a port", e.Message, StringComparison.Ordinal);
        Assert.Contains("Plaintext excludes", e.Message, StringComparison.Ordinal);
        Assert.Contains("more often than once a minute", e.Message, StringComparison.Ordinal);
        Assert.Contains("MaxMessageBytes is 0", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void TlsCa_WithoutACertificate_IsRefused(string pem) =>
        Assert.Throws<ArgumentException>(
            () => PeerChannel.Open(new PeerChannelOptions { Endpoint = "localhost:7051", TlsCaPem = pem }));

    [Fact]
    public async Task Arguments_WithALoneSurrogate_AreRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        await Assert.ThrowsAsync<ArgumentException>(
            () => contract.EvaluateAsync("Query", ["a\ud800"], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => contract.NewProposal(""));
    }

    [Theory]
    [InlineData("::1:7051")]
    [InlineData("1.2.3:7051")]
    [InlineData("[1.2.3.4]:7051")]
    [InlineData("[::1:7051")]
    [InlineData("0x7f.1:7051")]
    [InlineData("2130706433:7051")]
    [InlineData("user@host:7051")]
    public void Endpoint_ThatWouldBeDialledElsewhere_IsRefused(string endpoint) =>
        Endpoint_ThatIsNoHostAndPort_IsRefused(endpoint);

    [Theory]
    [InlineData("[::1]:7051")]
    [InlineData("127.0.0.1:7051")]
    [InlineData("peer_0.org1.example.com:7051")]
    [InlineData("münchen.example:7051")]
    public void Endpoint_OfAHost_IsTaken(string endpoint) =>
        PeerChannel.Open(new PeerChannelOptions { Endpoint = endpoint, HostNameOverride = "peer0" }).Dispose();

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("peer 0")]
    [InlineData("")]
    [InlineData("1.2.3")]
    public void HostNameOverride_ThatIsNoHost_IsRefused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => PeerChannel.Open(
            new PeerChannelOptions { Endpoint = "localhost:7051", HostNameOverride = name }));
        Assert.Contains("HostNameOverride", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_ThatAreNull_AreRefusedByName()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        byte[] none = null!;
        Assert.Throws<ArgumentNullException>(() => (TransactionArgument)none);
        Assert.Contains("Arguments", Refused(() => contract.NewProposal("A", new() { Arguments = null! })),
            StringComparison.Ordinal);
        Assert.Contains("Transient", Refused(() => contract.NewProposal("A", new() { Transient = null! })),
            StringComparison.Ordinal);
        Assert.Contains(
            "EndorsingOrganizations",
            Refused(() => contract.NewProposal("A", new() { EndorsingOrganizations = null! })),
            StringComparison.Ordinal);
        Assert.Contains(
            "EndorsingOrganizations",
            Refused(() => contract.NewProposal("A", new() { EndorsingOrganizations = [null!] })),
            StringComparison.Ordinal);
        var cancel = TestContext.Current.CancellationToken;
        ProposalOptions missing = null!;
        await Assert.ThrowsAsync<ArgumentNullException>(() => contract.EvaluateAsync("A", missing, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(() => contract.SubmitAsync("A", missing, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(() => contract.SubmitWithoutWaitAsync("A", missing, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => contract.SubmitUntilKnownAsync("A", missing, null, cancel));
    }

    [Fact]
    public async Task Names_WithALoneSurrogate_AreRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        var network = gateway.GetNetwork("c");
        var contract = network.GetContract("c");
        Assert.Contains("surrogate", Refused(() => gateway.GetNetwork("a\ud800")), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(() => network.GetContract("a\ud800")), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(() => network.GetContract("c", "\udc00")), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(() => network.GetChaincodeEvents("\udc00")), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(() => contract.NewProposal("\udc00")), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(() => network.GetChaincodeEvents(
            "c", new EventOptions { StartBlock = 1, AfterTransactionId = "\ud800" })), StringComparison.Ordinal);
        Assert.Contains(
            "surrogate", Refused(() => X509Identity.FromPem("\ud800", NodeVectors.CertificatePem)),
            StringComparison.Ordinal);
        var transient = new Dictionary<string, ReadOnlyMemory<byte>> { ["\ud800"] = default };
        Assert.Contains("surrogate", Refused(() => contract.NewProposal("A", new() { Transient = transient })),
            StringComparison.Ordinal);
        Assert.Contains("surrogate", Refused(
            () => contract.NewProposal("A", new() { EndorsingOrganizations = ["\ud800"] })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeouts_OfOneCall_AreCheckedAsThoseOfTheGateway()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var cancel = TestContext.Current.CancellationToken;
        var proposal = server.Contract().NewProposal("A");
        var transaction = await proposal.EndorseAsync(cancellationToken: cancel);
        foreach (var timeout in (TimeSpan[])[TimeSpan.FromSeconds(-5), TimeSpan.MinValue, TimeSpan.Zero])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => proposal.EvaluateAsync(timeout, cancel));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => proposal.EndorseAsync(timeout, cancel));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => transaction.SubmitAsync(timeout, cancel));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => transaction.NewCommit().GetStatusAsync(timeout, cancel));
        }

        await proposal.EvaluateAsync(Timeout.InfiniteTimeSpan, cancel);
        await proposal.EvaluateAsync(TimeSpan.MaxValue, cancel);
    }

    [Fact]
    public void Checkpoint_AfterTheLastBlockThereCanBe_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Checkpoint.AfterBlock(ulong.MaxValue));

    [Fact]
    public async Task Rebuilding_FromNoBytes_IsRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        Assert.Contains("commit status", Refused(() => gateway.NewCommit(default)), StringComparison.Ordinal);
        Assert.Contains(
            "block events", Refused(() => gateway.NewBlockEventsRequest(default)), StringComparison.Ordinal);
        Assert.Contains(
            "filtered", Refused(() => gateway.NewFilteredBlockEventsRequest(default)), StringComparison.Ordinal);
        Assert.Contains(
            "private", Refused(() => gateway.NewBlockAndPrivateDataEventsRequest(default)), StringComparison.Ordinal);
        Assert.Contains(
            "chaincode events", Refused(() => gateway.NewChaincodeEventsRequest(default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuilding_FromBytesThatAreSomethingElse_SaysWhat()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        byte[] garbage = [255, 255, 255];
        Assert.Contains("not a proposal", Refused(() => gateway.NewProposal(garbage)), StringComparison.Ordinal);
        Assert.Contains("no SignedProposal", Refused(() => gateway.NewProposal(default)), StringComparison.Ordinal);
        Assert.Contains("not a transaction", Refused(() => gateway.NewTransaction(garbage)), StringComparison.Ordinal);
        Assert.Contains("no Envelope", Refused(() => gateway.NewTransaction(default)), StringComparison.Ordinal);
        Assert.Contains("commit status", Refused(() => gateway.NewCommit(garbage)), StringComparison.Ordinal);
        Assert.Contains(
            "chaincode events", Refused(() => gateway.NewChaincodeEventsRequest(garbage)), StringComparison.Ordinal);
        Assert.Contains(
            "block events", Refused(() => gateway.NewBlockEventsRequest(garbage)), StringComparison.Ordinal);
    }

    private static string Refused(Func<object> act) => Assert.ThrowsAny<ArgumentException>(act).Message;
}
