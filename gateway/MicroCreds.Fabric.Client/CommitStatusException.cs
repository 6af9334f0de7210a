using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>The outcome of a submitted transaction could not be learned.</summary>
/// <remarks>It may be committed, and may still come: ask again, see <see cref="SubmitRetryOptions"/>.</remarks>
public sealed class CommitStatusException : FabricException
{
    internal CommitStatusException(string transactionId, RpcFailure failure)
        : base($"Learning the commit status of transaction {transactionId}", transactionId, failure)
    {
    }

    internal CommitStatusException(string transactionId, Exception cause)
        : base(
            $"Learning the commit status of transaction {transactionId} failed: {cause.Message}", transactionId,
            StatusCode.Unknown, [], cause)
    {
    }

    /// <summary>Whether the peer refuses the question itself, whenever it is asked.</summary>
    internal bool IsRefusal => StatusCode is StatusCode.InvalidArgument or StatusCode.PermissionDenied
        or StatusCode.Unauthenticated or StatusCode.Unimplemented;
}
