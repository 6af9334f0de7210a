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

    private static string Refused(Func<object> act) => Assert.Throws<ArgumentException>(act).Message;
}
