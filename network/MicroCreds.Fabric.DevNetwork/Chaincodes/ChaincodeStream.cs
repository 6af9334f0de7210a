using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>Calls another chaincode on behalf of one: the peer's side of INVOKE_CHAINCODE.</summary>
internal delegate Task<ChaincodeMessage> InvokeChaincode(Invocation invocation, ChaincodeSpec spec);

/// <summary>
/// The peer's side of the whole conversation with one chaincode server: many transactions at once. Thread-safe.
/// </summary>
internal sealed partial class ChaincodeStream(Func<string, bool> isKnownName, InvokeChaincode invoke, ILogger logger)
{
    /// <summary>What a transaction is told when its chaincode takes too long.</summary>
    public const string ExecutionTimeout = "timeout expired while executing transaction";

    /// <summary>What a transaction is told when its chaincode went away.</summary>
    public const string StreamTerminated = "chaincode stream terminated";

    private static readonly WriteOptions MoreToCome = new(WriteFlags.BufferHint);

    private readonly ConcurrentDictionary<string, TransactionContext> _transactions = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ChaincodeMessage> _outgoing = System.Threading.Channels.Channel
        .CreateUnbounded<ChaincodeMessage>(new UnboundedChannelOptions { SingleReader = true });

    private volatile bool _ended;

    /// <summary>Completes when the chaincode has registered, fails when it cannot.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What broke the connection, if it was not an end in good order.</summary>
    public Exception? Failure { get; private set; }

    public bool IsReady => _ready.Task.IsCompletedSuccessfully && !_ended;

    /// <summary>Converses until the chaincode or the caller ends it; never throws.</summary>
    public async Task<string> RunAsync(
        IAsyncStreamReader<ChaincodeMessage> incoming, IClientStreamWriter<ChaincodeMessage> outgoing)
    {
        var writing = WriteAsync(outgoing);
        string end = "EOF";
        try
        {
            await foreach (var message in incoming.ReadAllAsync())
            {
                Handle(message);
            }
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException)
        {
            Failure = e;
            end = $"receive from chaincode support stream failed: {e.Message}";
        }
        catch (ChaincodeException e)
        {
            end = $"error handling message, ending stream: {e.Message}";
        }
        catch (Exception e)
        {
            // Whatever it is, the transactions must not wait for their timeout.
            LogFault(logger, e);
            end = e.Message;
        }

        _ended = true;
        _outgoing.Writer.TryComplete();
        _ready.TrySetException(new ChaincodeException(end));
        foreach (var transaction in _transactions.Values)
        {
            transaction.Completion.TrySetException(new ChaincodeException(StreamTerminated));
        }

        await writing;
        return end;
    }

    /// <summary>Runs one transaction and returns the chaincode's last message about it.</summary>
    /// <exception cref="ChaincodeException">It took too long, the stream broke, or the id is in use.</exception>
    public async Task<ChaincodeMessage> ExecuteAsync(
        Invocation invocation, string chaincode, ChaincodeInput input, TimeSpan timeout)
    {
        var transaction = new TransactionContext(invocation, chaincode);
        if (!_transactions.TryAdd(invocation.TransactionId, transaction))
        {
            throw new ChaincodeException($"txid: {invocation.TransactionId}({invocation.ChannelId}) exists");
        }

        try
        {
            _outgoing.Writer.TryWrite(ChaincodeMessages.Transaction(invocation, input));
            if (_ended)
            {
                throw new ChaincodeException(StreamTerminated);
            }

            return await transaction.Completion.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new ChaincodeException(ExecutionTimeout);
        }
        finally
        {
            _transactions.TryRemove(invocation.TransactionId, out _);
        }
    }

    private async Task WriteAsync(IClientStreamWriter<ChaincodeMessage> outgoing)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync())
            {
                // Only the last of the waiting messages is flushed: under load, fewer and fuller packets.
                outgoing.WriteOptions = _outgoing.Reader.TryPeek(out _) ? MoreToCome : null;
                await outgoing.WriteAsync(message);
            }

            await outgoing.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The reading side sees the same broken stream and ends the transactions.
            _outgoing.Writer.TryComplete();
        }
    }

    private void Handle(ChaincodeMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Keepalive:
                break;
            case var type when !_ready.Task.IsCompleted:
                Register(message, type);
                break;
            case MessageType.Completed or MessageType.Error:
                if (Find(message) is { } finished)
                {
                    finished.Completion.TrySetResult(message);
                }

                break;
            case MessageType.InvokeChaincode or (>= MessageType.GetState and <= MessageType.DelState)
                or (>= MessageType.GetStateByRange and <= MessageType.QueryStateClose)
                or (>= MessageType.GetHistoryForKey and <= MessageType.GetStateMultiple):
                HandleRequest(message);
                break;
            default:
                throw Unexpected(message, "ready");
        }
    }

    private void Register(ChaincodeMessage message, MessageType type)
    {
        if (type != MessageType.Register)
        {
            throw Unexpected(message, "created");
        }

        string name;
        try
        {
            name = ChaincodeID.Parser.ParseFrom(message.Payload).Name;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ChaincodeException($"could NOT unmarshal registration info: {e.Message}");
        }

        if (!isKnownName(name))
        {
            throw new ChaincodeException(name.Length == 0
                ? "error in handling register chaincode, chaincodeID name is empty"
                : $"peer will not accept external chaincode connection {name} (except in dev mode)");
        }

        _outgoing.Writer.TryWrite(ChaincodeMessages.Registered());
        _outgoing.Writer.TryWrite(ChaincodeMessages.Ready());
        _ready.TrySetResult();
    }

    private TransactionContext? Find(ChaincodeMessage message) =>
        _transactions.TryGetValue(message.Txid, out var transaction)
            && transaction.Invocation.ChannelId == message.ChannelId ? transaction : null;

    private void HandleRequest(ChaincodeMessage request)
    {
        if (Find(request) is not { } transaction)
        {
            _outgoing.Writer.TryWrite(ChaincodeMessages.Error(request, request.Type == MessageType.InvokeChaincode
                ? "could not get valid transaction" : "no ledger context"));
            return;
        }

        if (!transaction.TryBegin())
        {
            // Another request of this transaction is pending: dropped without an answer, as Fabric does.
            return;
        }

        if (request.Type == MessageType.InvokeChaincode)
        {
            _ = AnswerAsync(request, transaction);
        }
        else if (IsQuery(request.Type))
        {
            // A query may read much: it must not hold up the other transactions of the stream.
            _ = Task.Run(() => Answer(request, transaction));
        }
        else
        {
            Answer(request, transaction);
        }
    }

    private static bool IsQuery(MessageType type) => type is MessageType.GetStateByRange
        or MessageType.GetHistoryForKey or MessageType.QueryStateNext or MessageType.GetStateMultiple;

    private void Answer(ChaincodeMessage request, TransactionContext transaction)
    {
        ChaincodeMessage answer;
        try
        {
            answer = ChaincodeMessages.Response(request, StateRequests.Answer(request, transaction));
        }
        catch (Exception e)
        {
            answer = ChaincodeMessages.Error(request, Explain(e));
        }

        transaction.End();
        _outgoing.Writer.TryWrite(answer);
    }

    private async Task AnswerAsync(ChaincodeMessage request, TransactionContext transaction)
    {
        ChaincodeMessage answer;
        try
        {
            var last = await invoke(transaction.Invocation, ChaincodeSpec.Parser.ParseFrom(request.Payload));
            answer = ChaincodeMessages.Response(request, last.ToByteString());
        }
        catch (Exception e)
        {
            answer = ChaincodeMessages.Error(request, Explain(e));
        }

        transaction.End();
        _outgoing.Writer.TryWrite(answer);
    }

    /// <summary>Words an error for the chaincode: whatever happens, it gets an answer.</summary>
    private string Explain(Exception e)
    {
        switch (e)
        {
            case ChaincodeException or SimulationException:
                return e.Message;
            case InvalidProtocolBufferException when e.Message.Contains("UTF-8", StringComparison.Ordinal):
                return "unmarshal failed: string field contains invalid UTF-8";
            case InvalidProtocolBufferException:
                return $"unmarshal failed: {ProposalException.InvalidWireFormat}";
            default:
                LogFault(logger, e);
                return "panic during execution";
        }
    }

    [LoggerMessage(LogLevel.Error, "A request of a chaincode could not be answered.")]
    private static partial void LogFault(ILogger logger, Exception e);

    private static ChaincodeException Unexpected(ChaincodeMessage message, string state) =>
        new($"[{message.Txid}] Fabric side handler cannot handle message "
            + $"({ChaincodeMessages.Name(message.Type)}) while in {state} state");
}
