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
}
