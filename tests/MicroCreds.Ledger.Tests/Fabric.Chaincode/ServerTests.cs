using System.Net.Sockets;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Microsoft.Extensions.Logging;
using Xunit;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class ServerTests : IDisposable
{
    private readonly TestAuthority _authority = new("peers");
    private readonly TestAuthority _foreign = new("strangers");
    private readonly LogBook _log = new();
    private readonly ILoggerFactory _loggers;

    public ServerTests() => _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));

    [Fact]
    public async Task Tls_ServerCertificate_IsShownAndTrusted()
    {
        await using var server = await StartAsync(clientCaFile: null);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, trusted: _authority.Certificate);
        await peer.InvokeAsync("tx1", "run");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task MutualTls_CertificateOfThePeersAuthority_IsLetIn()
    {
        await using var server = await StartAsync(_authority.CaFile);
        using var client = _authority.Issue("peer0");
        await using var peer = await ScriptedPeer.ConnectAsync(
            server.Endpoint, trusted: _authority.Certificate, client: client);
        await peer.InvokeAsync("tx1", "run");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task MutualTls_OnlyAnIntermediateAuthorityIsGiven_ItsPeersAreLetIn()
    {
        using var intermediate = _authority.IssueAuthority("peers below");
        await using var server = await StartAsync(intermediate.CaFile);
        using var client = intermediate.Issue("peer0");
        await using var peer = await ScriptedPeer.ConnectAsync(
            server.Endpoint, trusted: _authority.Certificate, client: client);
        await peer.InvokeAsync("tx1", "run");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
        using var impostor = _foreign.IssueAuthority("peers below");
        using var stranger = impostor.Issue("peer0");
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate, stranger));
    }

    [Fact]
    public async Task MutualTls_NoCertificate_IsRefused()
    {
        await using var server = await StartAsync(_authority.CaFile);
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate));
        Assert.Contains("was refused: it showed no certificate", _log.Text, StringComparison.Ordinal);
        Assert.Contains(_authority.CaFile, _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutualTls_CertificateOfAnotherAuthority_IsRefused()
    {
        await using var server = await StartAsync(_authority.CaFile);
        using var client = _foreign.Issue("peer0");
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate, client));
        Assert.Contains(
            $"was refused: its certificate \"{client.Subject}\" is not good under {_authority.CaFile}",
            _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutualTls_AuthorityOfTheSameNameWithAnotherKey_IsRefused()
    {
        using var impostor = new TestAuthority("peers");
        await using var server = await StartAsync(_authority.CaFile);
        using var client = impostor.Issue("peer0");
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate, client));
    }

    [Fact]
    public async Task MutualTls_ExpiredCertificate_IsRefused()
    {
        await using var server = await StartAsync(_authority.CaFile);
        using var client = _authority.Issue("peer0", validity: TimeSpan.FromHours(1));
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate, client));
    }

    [Fact]
    public async Task MutualTls_CertificateOfAServer_IsRefused()
    {
        await using var server = await StartAsync(_authority.CaFile);
        using var client = _authority.Issue("peer0", usage: CertificateAnchors.ServerAuthentication);
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint, _authority.Certificate, client));
    }

    [Fact]
    public async Task Tls_PlaintextPeer_IsRefused()
    {
        await using var server = await StartAsync(clientCaFile: null);
        await AssertRefusedAsync(() => ScriptedPeer.Dial(server.Endpoint));
    }

    [Fact]
    public async Task Start_AddressTaken_Fails()
    {
        await using var first = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await Assert.ThrowsAnyAsync<IOException>(() => TestServer.StartAsync(
            _ => Task.FromResult(Response.Success()), TestServer.Options with { Address = $"{first.Endpoint}" }));
    }

    [Fact]
    public async Task Stop_TransactionInFlight_IsAnsweredFirstAndNewOnesAreRefused()
    {
        var server = await TestServer.StartAsync(async stub =>
            Response.Success(await stub.GetStateAsync("k")), TestServer.Options with
            {
                ShutdownTimeout = TimeSpan.FromSeconds(30),
            });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "run");
        var request = await peer.ExpectAsync(Type.GetState);
        var stopped = server.StopAsync();
        await peer.InvokeAsync("tx2", "run");
        var refused = await peer.ExpectAsync(Type.Error);
        Assert.Equal("tx2", refused.Txid);
        Assert.Contains("is stopping", refused.Payload.ToStringUtf8(), StringComparison.Ordinal);
        Assert.False(stopped.IsCompleted);

        // Read before it is there: of a closed connection .NET's client throws away what was not read yet.
        var answered = peer.ExpectResponseAsync("tx1");
        await peer.AnswerAsync(request, Google.Protobuf.ByteString.CopyFromUtf8("v"));
        Assert.Equal("v", (await answered).Payload.ToStringUtf8());

        // With a status or with the connection, whichever the client sees first: to a peer it is the same.
        await peer.ExpectEndAsync();
        await stopped.WaitAsync(TestContext.Current.CancellationToken);
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () =>
            await client.ConnectAsync(server.Endpoint, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stop_TransactionThatNeverEnds_WaitsNoLongerThanItsTimeout()
    {
        var server = await TestServer.StartAsync(
            async stub => Response.Success(await stub.GetStateAsync("k")),
            TestServer.Options with { ShutdownTimeout = TimeSpan.FromMilliseconds(50) });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "run");
        await peer.ExpectAsync(Type.GetState);
        await server.StopAsync().WaitAsync(EndToEnd.Until.Patience, TestContext.Current.CancellationToken);
        await server.StopAsync();
    }

    [Fact]
    public async Task Run_Cancelled_StopsAndReturns()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var contract = new ContractChaincode(new ContractDefinition("c"));
        var running = ChaincodeServer.RunAsync(contract, TestServer.Options, stop.Token);
        await stop.CancelAsync();
        await running.WaitAsync(EndToEnd.Until.Patience, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _authority.Dispose();
        _foreign.Dispose();
    }

    private Task<ChaincodeServer> StartAsync(string? clientCaFile) =>
        TestServer.StartAsync(
            _ => Task.FromResult(Response.Success()),
            TestServer.Options with { Tls = _authority.ServerOptions(clientCaFile), LoggerFactory = _loggers });

    private static async Task AssertRefusedAsync(Func<ScriptedPeer> dial)
    {
        await using var peer = dial();
        var exception = await Assert.ThrowsAnyAsync<RpcException>(() => peer.ExpectAsync(Type.Register));
        Assert.True(exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal, exception.ToString());
    }
}
