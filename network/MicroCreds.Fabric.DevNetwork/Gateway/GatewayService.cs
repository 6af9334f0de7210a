using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Orderer;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>Serves Fabric Gateway at one peer: all that an application calls, besides block delivery.</summary>
internal sealed class GatewayService(
    Endorsing endorsing, Evaluating evaluating, ChannelLedger ledger, OrderingService ordering, ChannelAccess access)
    : Protocol.Gateway.Gateway.GatewayBase
{
    private static readonly EnumDescriptor Statuses =
        CommonReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(Status));

    /// <summary>What the gateway says of a channel that its peer has not joined.</summary>
    public static string UnknownChannel(string channel) =>
        $"failed to get config for channel [{channel}]: could not get last config for channel {channel}";

    public override Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context) =>
        evaluating.EvaluateAsync(request, context.CancellationToken);

    public override Task<EndorseResponse> Endorse(EndorseRequest request, ServerCallContext context) =>
        endorsing.EndorseAsync(request, context.CancellationToken);

    public override async Task<SubmitResponse> Submit(SubmitRequest request, ServerCallContext context)
    {
        var transaction = request.PreparedTransaction
            ?? throw GatewayErrors.Failure(StatusCode.InvalidArgument, "a prepared transaction is required");
        if (transaction.Signature.IsEmpty)
        {
            throw GatewayErrors.Failure(StatusCode.InvalidArgument, "prepared transaction must be signed");
        }

        if (request.ChannelId != ledger.ChannelId)
        {
            throw GatewayErrors.Failure(StatusCode.FailedPrecondition, UnknownChannel(request.ChannelId));
        }

        BroadcastResult result;
        try
        {
            result = await ordering.BroadcastAsync(transaction, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw GatewayErrors.Failure(
                StatusCode.DeadlineExceeded, "submit timeout expired while broadcasting to ordering service");
        }

        return result.Status switch
        {
            Status.Success => new SubmitResponse(),
            >= Status.BadRequest and < Status.InternalServerError => throw GatewayErrors.Failure(
                StatusCode.Aborted,
                "received unsuccessful response from orderer: "
                    + $"status={Statuses.FindValueByNumber((int)result.Status)?.Name}, info={result.Info}"),
            _ => throw GatewayErrors.Failure(
                StatusCode.Unavailable, "no orderers could successfully process transaction"),
        };
    }

    public override async Task<CommitStatusResponse> CommitStatus(
        SignedCommitStatusRequest request, ServerCallContext context)
    {
        if (request.Request.IsEmpty)
        {
            throw GatewayErrors.Failure(StatusCode.InvalidArgument, "a commit status request is required");
        }

        var asked = Parse(CommitStatusRequest.Parser, request.Request, "status");
        string? missing = asked.Identity.IsEmpty ? "no identity provided"
            : asked.ChannelId.Length == 0 ? "no channel ID provided"
            : asked.TransactionId.Length == 0 ? "transaction ID should not be empty"
            : null;
        if (missing is not null)
        {
            throw GatewayErrors.Failure(StatusCode.InvalidArgument, missing);
        }

        if (access.RefuseReader(asked.ChannelId, asked.Identity, request.Request, request.Signature) is { } refused)
        {
            throw GatewayErrors.Failure(StatusCode.PermissionDenied, refused);
        }

        try
        {
            var position = await ledger.WaitForTransactionAsync(asked.TransactionId, context.CancellationToken);
            return new CommitStatusResponse { Result = position.Code, BlockNumber = position.BlockNumber };
        }
        catch (OperationCanceledException)
        {
            throw GatewayErrors.WaitEnded(context);
        }
    }

    public override async Task ChaincodeEvents(
        SignedChaincodeEventsRequest request,
        IServerStreamWriter<ChaincodeEventsResponse> responseStream,
        ServerCallContext context)
    {
        if (request.Request.IsEmpty)
        {
            throw GatewayErrors.Failure(StatusCode.InvalidArgument, "a chaincode events request is required");
        }

        var asked = Parse(ChaincodeEventsRequest.Parser, request.Request, "chaincode events");
        if (access.RefuseReader(asked.ChannelId, asked.Identity, request.Request, request.Signature) is { } refused)
        {
            throw GatewayErrors.Failure(StatusCode.PermissionDenied, refused);
        }

        string after = asked.AfterTransactionId;
        ulong start = after.Length > 0 && ledger.TryGetTransaction(after, out var position)
            ? position.BlockNumber : StartOf(asked.StartPosition);

        // A client learns that its listener is up when the headers arrive: at once, not with the first event.
        await context.WriteResponseHeadersAsync([]);
        try
        {
            await foreach (var block in ledger.ReadBlocksAsync(start, context.CancellationToken))
            {
                if (Gateway.ChaincodeEvents.For(block, asked.ChaincodeId, ref after) is { } response)
                {
                    await responseStream.WriteAsync(response, context.CancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw GatewayErrors.WaitEnded(context);
        }
    }

    private ulong StartOf(SeekPosition? position) => position?.TypeCase switch
    {
        SeekPosition.TypeOneofCase.Specified => position.Specified.Number,
        SeekPosition.TypeOneofCase.Oldest or SeekPosition.TypeOneofCase.Newest => throw GatewayErrors.Failure(
            StatusCode.InvalidArgument, $"invalid start position type: *orderer.SeekPosition_{position.TypeCase}"),
        _ => ledger.Height,
    };

    private static T Parse<T>(MessageParser<T> parser, ByteString bytes, string what)
        where T : IMessage<T>, new()
    {
        try
        {
            return parser.ParseAsGo(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw GatewayErrors.Failure(
                StatusCode.InvalidArgument, $"invalid {what} request: {ProposalException.InvalidWireFormat}");
        }
    }
}
