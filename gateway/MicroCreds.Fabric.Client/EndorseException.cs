using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>A proposal was not endorsed by the organisations it needs.</summary>
/// <remarks>Nothing was written: a new proposal is safe.</remarks>
public sealed class EndorseException : FabricException
{
    internal EndorseException(string transactionId, RpcFailure failure)
        : base($"Endorsing transaction {transactionId}", transactionId, failure)
    {
    }
}
