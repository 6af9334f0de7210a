using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Orderer;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>One kind of event stream: how it is asked for, opened and counted.</summary>
internal abstract class EventSource<TEvent>(GatewayConnection connection)
    where TEvent : class
{
    public GatewayConnection Connection { get; } = connection;

    /// <summary>The stream's name in errors.</summary>
    public abstract string What { get; }

    /// <summary>How long one stream may last.</summary>
    public abstract TimeSpan Timeout { get; }

    /// <summary>Returns what is signed.</summary>
    public abstract ByteString Content(SeekPosition start, string? afterTransactionId);

    /// <summary>Returns the content with its signature, as it is sent.</summary>
    public abstract IMessage Wrap(ByteString content, ByteString signature);

    public abstract IAsyncEnumerable<TEvent> OpenAsync(
        ByteString content, ByteString signature, CancellationToken cancellationToken);

    public abstract Checkpoint After(TEvent item);

    /// <summary>Tells whether an item may come next: neither a repetition nor one behind a gap.</summary>
    public abstract bool Follows(Checkpoint position, TEvent item);

    /// <summary>
    /// Returns the number of the newest block; null where the identity may read this stream, and not that.
    /// </summary>
    /// <param name="within">How long the peer may take to say.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="EventStreamException">The peer did not say.</exception>
    public abstract Task<ulong?> FindNewestAsync(TimeSpan within, CancellationToken cancellationToken);

    public EventsRequest<TEvent> NewRequest(Checkpoint? position) =>
        new(this, Content(Seek.At(position?.BlockNumber), position?.TransactionId), ByteString.Empty);

    /// <summary>Delivers what the stream holds; ends when the server ends it, or the gateway is disposed.</summary>
    protected async IAsyncEnumerable<TResponse> ReadAllAsync<TResponse>(
        IAsyncStreamReader<TResponse> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            bool moved;
            try
            {
                moved = await stream.MoveNext(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Connection.Closed.IsCancellationRequested)
                {
                    throw Failed(e);
                }

                moved = false;
            }

            if (!moved)
            {
                yield break;
            }

            yield return stream.Current;
        }
    }

    protected EventStreamException Failed(Exception cause) => new(What, cause switch
    {
        RpcException rpc => RpcFailure.From(rpc, Timeout, Connection.Peer),
        OperationCanceledException cancelled => RpcFailure.FromDeadline(cancelled, Timeout),
        _ => new RpcFailure(StatusCode.Internal, cause.Message, [], cause),
    });
}
