using System.Threading.Tasks.Sources;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>
/// One transaction in flight: asks the peer on its behalf, one request after the other, because a peer silently drops a
/// second request of a transaction whose first it has not answered.
/// </summary>
/// <remarks>
/// As there is only ever one answer to wait for, the transaction itself is the reusable source of the awaited task.
/// </remarks>
internal sealed class PeerTransaction(PeerConversation conversation, string channelId, string transactionId)
    : IValueTaskSource<ChaincodeMessage>, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Whoever answers must not run the chaincode's code: it would hold up the reading of every other answer.
    private ManualResetValueTaskSourceCore<ChaincodeMessage> _answer = new() { RunContinuationsAsynchronously = true };
    private int _waiting;
    private volatile bool _over;

    public string ChannelId => channelId;

    public string TransactionId => transactionId;

    public PeerCapabilities Peer => conversation.Capabilities;

    public bool BatchesWrites => conversation.BatchesWrites;

    /// <inheritdoc cref="PeerConversation.CheckSize"/>
    public void CheckSize(Type type, ByteString payload) => conversation.CheckSize(type, payload);

    /// <summary>Sends a request and returns the payload of the peer's answer.</summary>
    /// <exception cref="PeerException">The peer refused the request, or is gone.</exception>
    public async ValueTask<ByteString> AskAsync(Type type, ByteString payload)
    {
        conversation.CheckSize(type, payload);
        RefuseWhenOver();
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            RefuseWhenOver();
            if (conversation.IsBroken)
            {
                throw Lost();
            }

            _answer.Reset();
            Interlocked.Exchange(ref _waiting, 1);
            conversation.Send(new ChaincodeMessage
            {
                Type = type,
                Payload = payload,
                Txid = transactionId,
                ChannelId = channelId,
            });
            if (conversation.IsBroken)
            {
                // It broke while this was being sent, and may not have seen that somebody waits.
                Break();
            }

            var answer = await new ValueTask<ChaincodeMessage>(this, _answer.Version).ConfigureAwait(false);
            return answer.Type == Type.Response
                ? answer.Payload
                : throw new PeerException(ForeignText.OnOneLine(answer.Payload.ToStringUtf8()));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes RESPONSE or ERROR, and tells whether the transaction was waiting for one.</summary>
    public bool Answer(ChaincodeMessage message)
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0)
        {
            return false;
        }

        _answer.SetResult(message);
        return true;
    }

    /// <summary>Fails the request that waits, if any, because the stream is gone.</summary>
    public void Break()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _answer.SetException(Lost());
        }
    }

    /// <summary>
    /// Ends the conversation about this transaction after the requests already begun, so that none can arrive at the
    /// peer after the outcome.
    /// </summary>
    public async ValueTask EndAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _over = true;
        _turn.Release();
    }

    private void RefuseWhenOver()
    {
        if (_over)
        {
            throw new InvalidOperationException(
                $"Transaction {transactionId} is over: await every call of the stub before the handler returns.");
        }
    }

    private PeerException Lost() =>
        new($"Transaction {transactionId} lost the peer: its stream ended before the answer.");

    public void Dispose() => _turn.Dispose();

    ChaincodeMessage IValueTaskSource<ChaincodeMessage>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ChaincodeMessage>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<ChaincodeMessage>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
