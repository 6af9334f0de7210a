using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>An endorsed transaction could not be handed to the ordering service.</summary>
/// <remarks>
/// After a timeout or a lost connection it may have been ordered all the same: see <see cref="SubmitRetryOptions"/>.
/// </remarks>
public sealed class SubmitException : FabricException
{
    internal SubmitException(string transactionId, RpcFailure failure)
        : base($"Submitting transaction {transactionId}", transactionId, failure)
    {
    }

    /// <summary>
    /// Tells whether the transaction was refused, by the peer or, where the status is Aborted, by the ordering service:
    /// then this sending has not put it on the ledger. An earlier one may have.
    /// </summary>
    public bool IsRefusal => StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound
        or StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented
        or StatusCode.FailedPrecondition or StatusCode.Aborted;
}
