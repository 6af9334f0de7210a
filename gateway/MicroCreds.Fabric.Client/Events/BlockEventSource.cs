using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using DeliverResponse = MicroCreds.Fabric.Protocol.Peer.DeliverResponse;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>Blocks in one of the three forms in which a peer delivers them.</summary>
internal sealed class BlockEventSource<TEvent>(
    GatewayConnection connection,
    string channel,
    string what,
    TimeSpan timeout,
    Func<CallOptions, AsyncDuplexStreamingCall<Envelope, DeliverResponse>> open,
    Func<DeliverResponse, TEvent?> select,
    Func<TEvent, ulong> number)
    : EventSource<TEvent>(connection)
    where TEvent : class
{
    public override string What => what;

    public override TimeSpan Timeout => timeout;

    // Asked for in the same form as the stream: another one may be another right.
    public override async Task<ulong?> FindNewestAsync(TimeSpan within, CancellationToken cancellationToken) =>
        await NewestAsync(within, cancellationToken).ConfigureAwait(false);

    public override ByteString Content(SeekPosition start, string? afterTransactionId) =>
        Content(new SeekInfo { Start = start, Stop = Seek.Never });

    public override IMessage Wrap(ByteString content, ByteString signature) =>
        new Envelope { Payload = content, Signature = signature };

    public override Checkpoint After(TEvent item) => Checkpoint.AfterBlock(number(item));

    public override bool Follows(Checkpoint position, TEvent item) => number(item) == position.BlockNumber;

    /// <summary>Returns the number of the newest block.</summary>
    /// <remarks>A stream may be silent for as long as nothing is committed, this question may not.</remarks>
    public async Task<ulong> NewestAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var content = Content(new SeekInfo { Start = Seek.Newest, Stop = Seek.Newest });
        var once = new BlockEventSource<TEvent>(Connection, channel, what, within, open, select, number);
        var request = new EventsRequest<TEvent>(once, content, ByteString.Empty);
        await foreach (var block in request.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return number(block);
        }

        throw new EventStreamException($"Reading {What} failed: the peer has no newest block.", StatusCode.Unavailable);
    }

    public override async IAsyncEnumerable<TEvent> OpenAsync(
        ByteString content, ByteString signature, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Connection.Closed);
        using var call = open(GatewayConnection.CallOptions(timeout, ended.Token));
        await SendAsync(call, new Envelope { Payload = content, Signature = signature }, cancellationToken)
            .ConfigureAwait(false);
        await foreach (var response in ReadAllAsync(call.ResponseStream, cancellationToken).ConfigureAwait(false))
        {
            if (response.TypeCase == DeliverResponse.TypeOneofCase.Status)
            {
                ThrowUnlessSuccess(response.Status);
                yield break;
            }

            // The greatest number stands for no block, in requests too: nothing comes after it.
            yield return select(response) is { } block && number(block) < ulong.MaxValue
                ? block
                : throw new EventStreamException(
                    $"Reading {What} failed: the peer sent another answer, or a block without a number "
                        + $"({response.TypeCase}).",
                    StatusCode.Internal);
        }
    }

    private ByteString Content(SeekInfo seek) => new Payload
    {
        Header = new Header
        {
            ChannelHeader = new ChannelHeader
            {
                Type = (int)HeaderType.DeliverSeekInfo,
                Timestamp = Timestamp.FromDateTimeOffset(Connection.Options.TimeProvider.GetUtcNow()),
                ChannelId = channel,
                TlsCertHash = ByteString.CopyFrom(Connection.Options.TlsClientCertificateHash.Span),
            }.ToByteString(),
            SignatureHeader = new SignatureHeader { Creator = Connection.Signing.Creator }.ToByteString(),
        },
        Data = seek.ToByteString(),
    }.ToByteString();

    private async Task SendAsync(
        AsyncDuplexStreamingCall<Envelope, DeliverResponse> call, Envelope request, CancellationToken cancellationToken)
    {
        try
        {
            // The request stream stays open: a peer takes its end for the client's farewell.
            await call.RequestStream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e is not InvalidOperationException)
            {
                throw Failed(e);
            }

            // The call has ended before the request was out: its status, read next, says why.
        }
    }

    private void ThrowUnlessSuccess(Status status)
    {
        if (status == Status.Success)
            return;

        var code = status switch
        {
            Status.BadRequest => StatusCode.InvalidArgument,
            Status.Forbidden => StatusCode.PermissionDenied,
            Status.NotFound => StatusCode.NotFound,
            Status.NotImplemented => StatusCode.Unimplemented,
            Status.ServiceUnavailable => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        throw new EventStreamException(
            $"Reading {What} failed: the peer answered {(int)status} ({status}). " + Hint(status), code);
    }

    private static string Hint(Status status) => status switch
    {
        Status.Forbidden => "The identity may not read the channel's blocks, or its signature is wrong.",
        Status.NotFound => "The peer does not have the channel, or not yet the block to start with.",
        Status.BadRequest => "The request is malformed, misdated, or lacks the TLS client certificate's hash.",
        _ => "The peer's log says why.",
    };
}
