using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode.Contracts;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>
/// The whole conversation with one peer on one stream: REGISTER, REGISTERED, READY, and from then on any number of
/// transactions at once, each with its own requests and answers.
/// </summary>
internal sealed partial class PeerConversation : IDisposable
{
    /// <summary>Room that a message needs beside its payload: type, ids, the gRPC frame.</summary>
    private const int EnvelopeBytes = 64 * 1024;

    private readonly IChaincode _chaincode;
    private readonly ConversationOptions _options;
    private readonly TransactionAdmission _admission;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _gone = new();
    private readonly ConcurrentDictionary<(string Channel, string Id), PeerTransaction> _transactions = new();

    private readonly OutgoingMessages _outgoing = new();

    private State _state = State.Created;
    private volatile bool _broken;
    private volatile bool _keepAliveWaits;

    public PeerConversation(
        IChaincode chaincode, ConversationOptions options, TransactionAdmission admission, ILogger logger)
    {
        _chaincode = chaincode;
        _options = options;
        _admission = admission;
        _logger = logger;
    }

    private enum State
    {
        Created,
        Registered,
        Ready,
    }

    public PeerCapabilities Capabilities { get; private set; } = PeerCapabilities.None;

    public bool BatchesWrites => _options.BatchWrites;

    public bool IsBroken => _broken;

    /// <summary>Completes when the peer has ended the stream, or it broke: it may be after the talk stopped.</summary>
    public Task PeersEnd { get; private set; } = Task.CompletedTask;

    /// <summary>Talks until the peer ends the stream, it breaks, or <paramref name="stopping"/> is cancelled.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<ChaincodeMessage> incoming,
        IAsyncStreamWriter<ChaincodeMessage> outgoing,
        CancellationToken stopping)
    {
        Send(new ChaincodeMessage
        {
            Type = Type.Register,
            Payload = new ChaincodeID { Name = _options.ChaincodeId }.ToByteString(),
        });
        var writing = WriteAsync(outgoing);
        var reading = PeersEnd = ReadAsync(incoming);
        try
        {
            // Where the server stops, what is still to be said is said below, and the stream ends without an error.
            await reading.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.None);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _ = reading.ContinueWith(
                static read => read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Peers restart and connections break: that is no error of this server, and the peer dials again.
            LogLost(ForeignText.OnOneLine(e.Message));
        }
        finally
        {
            _outgoing.Complete();
            await writing.ConfigureAwait(false);
            Break();
        }
    }

    public void Send(ChaincodeMessage message)
    {
        // A message that comes too late has nobody to read it; whoever waits for an answer looks at IsBroken.
        if (!_outgoing.TryAdd(message))
        {
            LogUnsent(message.Type, message.Txid);
        }
    }

    /// <summary>Refuses a message that gRPC would refuse, because that would end the stream for everybody.</summary>
    public void CheckSize(Type type, ByteString payload)
    {
        if (payload.Length > _options.MaxMessageBytes - EnvelopeBytes)
        {
            throw new ChaincodeException(
                $"{type} of {payload.Length} bytes is too large: a message may have {_options.MaxMessageBytes} bytes, "
                + $"of which {EnvelopeBytes} are kept for its envelope.");
        }
    }

    public void Dispose() => _gone.Dispose();

    private async Task ReadAsync(IAsyncStreamReader<ChaincodeMessage> incoming)
    {
        while (await incoming.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            Receive(incoming.Current);
            await _outgoing.WaitForRoomAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(IAsyncStreamWriter<ChaincodeMessage> outgoing)
    {
        var more = new WriteOptions(WriteFlags.BufferHint);
        try
        {
            while (await _outgoing.WaitAsync().ConfigureAwait(false))
            {
                // Flush once for all that is waiting, not once for each.
                while (_outgoing.TryTake(out var message))
                {
                    if (message.Type == Type.Keepalive)
                        _keepAliveWaits = false;

                    outgoing.WriteOptions = _outgoing.IsMoreThere ? more : null;
                    await outgoing.WriteAsync(message).ConfigureAwait(false);
                    _outgoing.Written(message);
                }
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException
            or OperationCanceledException)
        {
            LogWriteFailed(ForeignText.OnOneLine(e.Message));
            _outgoing.Complete();
            Break();
        }
    }

    private void Receive(ChaincodeMessage message)
    {
        switch (_state, message.Type)
        {
            case (_, Type.Keepalive):
                KeepAlive();
                break;
            case (State.Created, Type.Registered):
                _state = State.Registered;
                break;
            case (State.Registered, Type.Ready):
                Capabilities = PeerCapabilities.Read(message.Payload);
                if (!_options.BatchReads)
                {
                    Capabilities = Capabilities.WithoutReadBatches();
                }

                _state = State.Ready;
                LogReady(_options.ChaincodeId, Capabilities.ReadBatchSize, Capabilities.WriteBatchSize);
                break;
            case (State.Ready, Type.Response or Type.Error):
                if (!_transactions.TryGetValue((message.ChannelId, message.Txid), out var waiting)
                    || !waiting.Answer(message))
                {
                    LogUnexpectedAnswer(
                        message.Type, ForeignText.OnOneLine(message.Txid), ForeignText.OnOneLine(message.ChannelId));
                }

                break;
            case (State.Ready, Type.Transaction or Type.Init):
                Begin(message);
                break;
            default:
                throw new RpcException(new Status(
                    StatusCode.FailedPrecondition,
                    $"The chaincode cannot take {message.Type} "
                    + $"(transaction '{ForeignText.OnOneLine(message.Txid)}') in state {_state}."));
        }
    }

    /// <summary>
    /// Answers that the chaincode is there: once for all that were asked before the answer went out, and without what
    /// was in them.
    /// </summary>
    private void KeepAlive()
    {
        if (!_keepAliveWaits)
        {
            _keepAliveWaits = true;
            Send(new ChaincodeMessage { Type = Type.Keepalive });
        }
    }

    private void Begin(ChaincodeMessage message)
    {
        if (_admission.Enter() is { } refusal)
        {
            SendError(message, refusal);
            return;
        }

        var transaction = new PeerTransaction(this, message.ChannelId, message.Txid);
        if (!_transactions.TryAdd((message.ChannelId, message.Txid), transaction))
        {
            transaction.Dispose();
            _admission.Leave();
            SendError(message, $"Transaction {message.Txid} is already running here on channel {message.ChannelId}.");
            return;
        }

        // On the pool, so that a handler that never awaits does not hold up the reading.
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Conversation.ExecuteAsync(work.Message, work.Transaction),
            (Conversation: this, Message: message, Transaction: transaction),
            preferLocal: false);
    }

    private async Task ExecuteAsync(ChaincodeMessage message, PeerTransaction transaction)
    {
        ChaincodeMessage outcome;
        try
        {
            outcome = await InvokeAsync(message, transaction).ConfigureAwait(false);
        }
        catch (InvalidProtocolBufferException e)
        {
            outcome = Error(message, $"Transaction {message.Txid} cannot be read: {e.Message}");
        }
#pragma warning disable CA1031 // Whatever fails here, the peer waits for an answer and the slot for its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, message.Txid, message.ChannelId);
            outcome = Completed(message, Unexpected(message.Txid), chaincodeEvent: null);
        }

        await transaction.EndAsync().ConfigureAwait(false);
        _transactions.TryRemove((message.ChannelId, message.Txid), out _);
        Send(outcome);
        _admission.Leave();
        transaction.Dispose();
    }

    private async ValueTask<ChaincodeMessage> InvokeAsync(ChaincodeMessage message, PeerTransaction transaction)
    {
        var input = ChaincodeInput.Parser.ParseAsGo(message.Payload);
        var stub = new ChaincodeStub(transaction, input, message.Proposal, message.Type == Type.Init);
        long started = Stopwatch.GetTimestamp();
        using var span = ChaincodeTelemetry.Start(stub, _options.ChaincodeId);
        var response = await AnswerOfAsync(transaction, () => _chaincode.InvokeAsync(stub, _gone.Token))
            .ConfigureAwait(false);

        // Written is written, whatever the answer is: so it is where the peer takes no batches, and every endorsing
        // peer must come to the same result.
        var flushed = await AnswerOfAsync(transaction, async () =>
        {
            await stub.FinishWriteBatchAsync().ConfigureAwait(false);
            return response;
        }).ConfigureAwait(false);
        ChaincodeTelemetry.End(span, stub, _options.ChaincodeId, started, flushed);
        return Completed(message, flushed, stub.Event);
    }

    private async ValueTask<Response> AnswerOfAsync(PeerTransaction transaction, Func<ValueTask<Response>> step)
    {
        try
        {
            return await step().ConfigureAwait(false)
                ?? throw new InvalidOperationException("The chaincode returned null instead of a response.");
        }
        catch (ChaincodeException e)
        {
            return Response.Error(e.Message, e.Status);
        }
        catch (StateArgumentException e)
        {
            // Mostly it came from the caller, who can mend it.
            return Response.Error(e.Message, ErrorStatus.BadRequest);
        }
#pragma warning disable CA1031 // Whatever the chaincode throws must become an answer, or the peer waits in vain.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, transaction.TransactionId, transaction.ChannelId);
            return Unexpected(transaction.TransactionId);
        }
    }

    private static Response Unexpected(string transactionId) => Response.Error(
        $"Transaction {transactionId} failed unexpectedly: the chaincode server's log says why.");

    private ChaincodeMessage Completed(ChaincodeMessage message, Response response, ChaincodeEvent? chaincodeEvent)
    {
        var payload = new Protocol.Peer.Response
        {
            Status = response.Status,
            Message = response.Message,
            Payload = UnsafeByteOperations.UnsafeWrap(response.Payload),
        }.ToByteString();
        int bytes = payload.Length + (chaincodeEvent?.CalculateSize() ?? 0);
        if (bytes > _options.MaxMessageBytes - EnvelopeBytes)
        {
            // The chaincode's own error, not one of this server: another peer would get the same again.
            string reason = $"The result and event of transaction {message.Txid} have {bytes} bytes: a peer takes "
                + $"{_options.MaxMessageBytes}, of which {EnvelopeBytes} are kept for the envelope.";
            return Completed(message, Response.Error(reason), chaincodeEvent: null);
        }

        return new ChaincodeMessage
        {
            Type = Type.Completed,
            Payload = payload,
            Txid = message.Txid,
            ChannelId = message.ChannelId,
            ChaincodeEvent = chaincodeEvent,
        };
    }

    private void SendError(ChaincodeMessage message, string reason)
    {
        LogRefused(ForeignText.OnOneLine(message.Txid), ForeignText.OnOneLine(reason));
        Send(Error(message, reason));
    }

    private static ChaincodeMessage Error(ChaincodeMessage message, string reason) =>
        new()
        {
            Type = Type.Error,
            Payload = ByteString.CopyFromUtf8(reason),
            Txid = message.Txid,
            ChannelId = message.ChannelId,
        };

    private void Break()
    {
        _broken = true;
        foreach (var transaction in _transactions.Values)
        {
            transaction.Break();
        }

        _gone.Cancel();
    }

    [LoggerMessage(LogLevel.Information,
        "{ChaincodeId} is ready: reads up to {ReadBatch} keys and writes up to {WriteBatch} at once (0: one by one)")]
    private partial void LogReady(string chaincodeId, int readBatch, int writeBatch);

    [LoggerMessage(LogLevel.Warning, "Nobody waits for {Type} of transaction {TransactionId} on {ChannelId}")]
    private partial void LogUnexpectedAnswer(Type type, string transactionId, string channelId);

    [LoggerMessage(LogLevel.Warning, "Refused transaction {TransactionId}: {Reason}")]
    private partial void LogRefused(string transactionId, string reason);

    [LoggerMessage(LogLevel.Warning, "{Type} of transaction {TransactionId} was not sent: the stream has ended")]
    private partial void LogUnsent(Type type, string transactionId);

    [LoggerMessage(LogLevel.Information, "The peer is gone: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Warning, "The stream to the peer broke while writing: {Reason}")]
    private partial void LogWriteFailed(string reason);

    [LoggerMessage(LogLevel.Error, "Transaction {TransactionId} on {ChannelId} failed unexpectedly")]
    private partial void LogFailed(Exception exception, string transactionId, string channelId);
}
