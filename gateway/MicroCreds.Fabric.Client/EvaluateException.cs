using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>A transaction could not be evaluated.</summary>
/// <remarks>Nothing was written: evaluating again is safe.</remarks>
public sealed class EvaluateException : FabricException
{
    internal EvaluateException(string transactionId, RpcFailure failure)
        : base($"Evaluating transaction {transactionId}", transactionId, failure)
    {
    }
}
