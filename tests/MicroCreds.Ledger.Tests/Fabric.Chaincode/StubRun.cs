using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using Response = MicroCreds.Fabric.Chaincode.Response;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>One transaction running on a server of its own, with the peer that plays its part.</summary>
internal sealed class StubRun : IAsyncDisposable
{
    public const string TransactionId = "tx1";

    private readonly ChaincodeServer _server;

    private StubRun(ChaincodeServer server, ScriptedPeer peer)
    {
        _server = server;
        Peer = peer;
    }

    public ScriptedPeer Peer { get; }

    public static async Task<StubRun> StartAsync(
        Func<ChaincodeStub, Task<Response>> invoke,
        ChaincodeAdditionalParams? capabilities = null,
        ChaincodeServerOptions? options = null)
    {
        // A test may end before its transaction does: do not wait for it.
        var server = await TestServer.StartAsync(
            invoke, (options ?? TestServer.Options) with { ShutdownTimeout = TimeSpan.Zero });
        var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, capabilities);
        await peer.InvokeAsync(TransactionId, "run");
        return new StubRun(server, peer);
    }

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        await _server.DisposeAsync();
    }
}
