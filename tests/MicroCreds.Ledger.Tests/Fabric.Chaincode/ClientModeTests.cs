using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Chaincode;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A chaincode that dials its peer.</summary>
public sealed class ClientModeTests : IDisposable
{
    private const string Id = "assets:1.0";

    private readonly TestAuthority _authority = new("peers");

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Chaincode_ThatDials_RegistersAndAnswers_UntilItIsStopped()
    {
        await using var listening = await ListeningPeer.StartAsync();
        using var stop = new CancellationTokenSource();
        var running = RunAsync(listening.Address, stop.Token);
        await using var peer = await listening.AcceptAsync();
        await peer.GreetAsync();
        Assert.Equal(Id, peer.RegisteredName);
        await peer.InvokeAsync("tx1", "greet");
        Assert.Equal("hello", (await peer.ExpectResponseAsync("tx1")).Payload.ToStringUtf8());
        await stop.CancelAsync();
        Assert.Equal(Grpc.Core.StatusCode.OK, await peer.ExpectEndAsync());
        await peer.DisposeAsync();
        await running;
    }

    [Fact]
    public async Task Chaincode_WithTheKeysOfAPeerThatLaunchesIt_ShowsItsCertificate()
    {
        using var certificate = Kept(_authority.Issue("127.0.0.1"));
        var own = _authority.ServerOptions(null);
        await using var listening = await ListeningPeer.StartAsync(certificate, _authority.Certificate);
        using var stop = new CancellationTokenSource();
        var options = ChaincodeClientOptions.FromEnvironment(
            ["-peer.address", listening.Address],
            Variables(
                ("CORE_CHAINCODE_ID_NAME", Id), ("CORE_PEER_TLS_ENABLED", "true"),
                ("CORE_PEER_TLS_ROOTCERT_FILE", _authority.CaFile),
                ("CORE_TLS_CLIENT_CERT_PATH", Wrapped(own.CertificateFile)),
                ("CORE_TLS_CLIENT_KEY_PATH", Wrapped(own.PrivateKeyFile))));
        var running = RunAsync(options, stop.Token);
        await using var peer = await listening.AcceptAsync();
        await peer.GreetAsync();
        await stop.CancelAsync();
        await peer.DisposeAsync();
        await running;
    }

    [Fact]
    public async Task Peer_ThatEndsTheConversation_EndsTheChaincode_WhichSaysSo()
    {
        await using var listening = await ListeningPeer.StartAsync();
        var running = RunAsync(listening.Address, TestContext.Current.CancellationToken);
        var peer = await listening.AcceptAsync();
        await peer.GreetAsync();
        await peer.DisposeAsync();
        var e = await Assert.ThrowsAsync<IOException>(() => running);
        Assert.Contains(listening.Address, e.Message, StringComparison.Ordinal);
        Assert.Contains("Start the chaincode again", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peer_ThatIsNotThere_OrOfAnotherAuthority_IsNamedWithItsFault()
    {
        string nobody = EndToEnd.FreePorts.TakeAddress();
        var refused = await Assert.ThrowsAsync<IOException>(
            () => RunAsync(nobody, TestContext.Current.CancellationToken));
        Assert.Contains(nobody, refused.Message, StringComparison.Ordinal);

        using var others = new TestAuthority("others");
        using var certificate = Kept(others.Issue("127.0.0.1"));
        await using var listening = await ListeningPeer.StartAsync(certificate);
        var options = Options(listening.Address) with
        {
            Tls = new ChaincodeClientTlsOptions { PeerCaFile = _authority.CaFile },
        };
        var foreign = await Assert.ThrowsAsync<IOException>(
            () => RunAsync(options, TestContext.Current.CancellationToken));
        Assert.Contains(_authority.CaFile, foreign.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-peer.address", "127.0.0.1:7052")]
    [InlineData("--peer.address", "127.0.0.1:7052")]
    [InlineData("--peer.address=127.0.0.1:7052")]
    [InlineData("other", "-peer.address=127.0.0.1:7052")]
    public void Address_AmongTheArguments_IsRead(params string[] arguments) =>
        Assert.Equal(
            ("127.0.0.1:7052", Id, null),
            ChaincodeClientOptions.FromEnvironment(arguments, Variables(("CORE_CHAINCODE_ID_NAME", Id))) is var read
                ? (read.PeerAddress, read.ChaincodeId, read.Tls)
                : default);

    [Fact]
    public void Environment_ThatLacksThings_IsToldAllOfThem()
    {
        var e = Assert.Throws<ChaincodeOptionsException>(() => ChaincodeClientOptions.FromEnvironment(
            [], Variables(("CORE_PEER_TLS_ENABLED", "true"))));
        string[] missing =
        [
            "CORE_PEER_ADDRESS", "CORE_CHAINCODE_ID_NAME", "CORE_PEER_TLS_ROOTCERT_FILE", "CORE_TLS_CLIENT_CERT_FILE",
            "CORE_TLS_CLIENT_KEY_FILE",
        ];
        Assert.All(missing, name => Assert.Contains(e.Faults, fault => fault.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(missing.Length, e.Faults.Count);
    }

    /// <summary>A certificate whose key TLS can use on every system.</summary>
    private static X509Certificate2 Kept(
        X509Certificate2 issued)
    {
        using (issued)
        {
            return X509CertificateLoader.LoadPkcs12(
                issued.Export(X509ContentType.Pfx), null);
        }
    }

    private string Wrapped(string file) => _authority.WriteFile(
        Path.GetFileName(file) + ".b64", Convert.ToBase64String(File.ReadAllBytes(file)));

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(one => one.Name == name).Value;

    private static ChaincodeClientOptions Options(string address) => new()
    {
        PeerAddress = address,
        ChaincodeId = Id,
        LoggerFactory = NullLoggerFactory.Instance,
    };

    private static Task RunAsync(string address, CancellationToken cancellationToken) =>
        RunAsync(Options(address), cancellationToken);

    private static Task RunAsync(ChaincodeClientOptions options, CancellationToken cancellationToken) =>
        ChaincodeClient.RunAsync(
            new Greeter(), options with { LoggerFactory = NullLoggerFactory.Instance }, cancellationToken);

    private sealed class Greeter : IChaincode
    {
        public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Response.Success("hello"));
    }
}
