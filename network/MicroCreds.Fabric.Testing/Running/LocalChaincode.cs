using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.DevNetwork.Chaincodes;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>
/// A chaincode that is called by the embedded peer's own code and answers through the chaincode library's own, message
/// by message: all but the wire.
/// </summary>
internal sealed class LocalChaincode : IAsyncDisposable
{
    private readonly MessageQueue _toPeer = new();
    private readonly MessageQueue _toChaincode = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeerConversation _conversation;
    private readonly Task _chaincode;
    private readonly Task _peer;

    private LocalChaincode(string name, IChaincode chaincode, InvokeChaincode invoke, FailureLog log)
    {
        var options = new ChaincodeServerOptions { ChaincodeId = name, Address = "" };
        var admission = new TransactionAdmission(options.MaxConcurrentTransactions);
        _conversation = new PeerConversation(chaincode, options.Conversation, admission, log);
        Stream = new ChaincodeStream(registered => registered == name, invoke, log);
        _chaincode = _conversation.RunAsync(_toChaincode, _toPeer, _stopping.Token);
        _peer = Stream.RunAsync(_toPeer, _toChaincode);
    }

    /// <summary>The peer's end.</summary>
    public ChaincodeStream Stream { get; }

    /// <summary>Starts a chaincode, and returns when it has registered.</summary>
    public static async Task<LocalChaincode> StartAsync(
        string name, IChaincode chaincode, InvokeChaincode invoke, FailureLog log)
    {
        var local = new LocalChaincode(name, chaincode, invoke, log);
        await local.Stream.Ready.ConfigureAwait(false);
        return local;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _chaincode.ConfigureAwait(false);
        await _toPeer.CompleteAsync().ConfigureAwait(false);
        await _peer.ConfigureAwait(false);
        _conversation.Dispose();
        _stopping.Dispose();
    }
}
