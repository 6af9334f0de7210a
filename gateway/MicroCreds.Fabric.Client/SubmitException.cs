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
        : base($"Submitting transaction {transactionId}", transactionId, failure) =>
        IsRefusalOfOrderer = failure.Code == StatusCode.Aborted && OrdererRefusal.IsIn(failure.Text);

    /// <summary>
    /// Tells whether this sending was refused: by the peer before it asked an orderer, or by an orderer that judged the
    /// transaction (its status BAD_REQUEST, FORBIDDEN or REQUEST_ENTITY_TOO_LARGE, which the peer passes on as
    /// Aborted), or as its message is too large for this client or for the peer. An earlier sending may have passed,
    /// and so may, before an orderer's refusal, the try at another orderer whose connection broke: the peer does not
    /// tell of it.
    /// </summary>
    public bool IsRefusal => IsRefusalOfOrderer || IsTooLarge
        || StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.PermissionDenied
            or StatusCode.Unauthenticated or StatusCode.Unimplemented or StatusCode.FailedPrecondition;

    /// <summary>Whether it was an orderer that refused, maybe not the first that was asked.</summary>
    internal bool IsRefusalOfOrderer { get; }
}
