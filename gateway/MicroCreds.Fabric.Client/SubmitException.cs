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
}
