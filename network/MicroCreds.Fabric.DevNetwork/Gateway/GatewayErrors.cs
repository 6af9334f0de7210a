using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.Protocol.Gateway;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>What the gateway makes of a peer's refusal.</summary>
/// <param name="Code">The gRPC status that it stands for.</param>
/// <param name="Detail">The peer and its words.</param>
/// <param name="MayRetry">Whether another peer may answer better.</param>
internal sealed record Refusal(StatusCode Code, ErrorDetail Detail, bool MayRetry);

/// <summary>Words failures as the gateway of a real peer does: the same status, message and details.</summary>
internal static class GatewayErrors
{
    private const int SuccessThreshold = 200;
    private const int ErrorThreshold = 400;
    private const int ServerError = 500;

    /// <summary>Judges a peer's answer; null if it is a good one.</summary>
    /// <param name="peer">The peer that answered.</param>
    /// <param name="outcome">Its answer.</param>
    /// <param name="isLocal">Whether it is the gateway's own peer: the others' errors have come through gRPC.</param>
    public static Refusal? Judge(PeerEndorser peer, ProposalOutcome outcome, bool isLocal)
    {
        if (outcome.Error is { } error)
        {
            // Over gRPC a response beside an error is lost: only the gateway's own peer can tell a bad request from
            // a peer that is out of reach.
            return outcome.IsGone
                ? new Refusal(
                    StatusCode.Unavailable, Detail(peer, $"rpc error: code = Unavailable desc = {error}"), true)
                : !isLocal
                ? new Refusal(StatusCode.Unavailable, Detail(peer, $"rpc error: code = Unknown desc = {error}"), true)
                : outcome.Response is null
                    ? new Refusal(StatusCode.Unavailable, Detail(peer, error), true)
                    : new Refusal(StatusCode.FailedPrecondition, Detail(peer, error), false);
        }

        var response = outcome.Response!.Response;
        if (response.Status is >= SuccessThreshold and < ErrorThreshold)
        {
            return null;
        }

        return response.Status == ServerError && !outcome.IsFromChaincode
            ? new Refusal(StatusCode.Aborted, Detail(peer, response.Message), true)
            : new Refusal(
                StatusCode.Unknown,
                Detail(peer, $"chaincode response {response.Status}, {response.Message}"),
                false);
    }

    public static ErrorDetail Detail(PeerEndorser peer, string message) =>
        new() { Address = peer.Endpoint, MspId = peer.MspId, Message = message };

    public static RpcException Failure(StatusCode code, string message) => new(new Status(code, message));

    public static RpcException Failure(StatusCode code, string message, IEnumerable<ErrorDetail> details) =>
        new Google.Rpc.Status
        {
            Code = (int)code,
            Message = message,
            Details = { details.Select(detail => Any.Pack(detail)) },
        }.ToRpcException();

    /// <summary>Words a wait that the caller's deadline or cancellation ended.</summary>
    public static RpcException WaitEnded(ServerCallContext context) => context.Deadline <= DateTime.UtcNow
        ? Failure(StatusCode.DeadlineExceeded, "context deadline exceeded")
        : Failure(StatusCode.Cancelled, "context canceled");
}
