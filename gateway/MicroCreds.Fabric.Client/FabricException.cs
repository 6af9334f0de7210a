using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client;

/// <summary>A call to a Fabric network that failed; each stage of the flow has its own subclass.</summary>
/// <remarks>
/// The message names the transaction and holds what every peer said, on one line, where control characters are escaped
/// (<see cref="ForeignText.OnOneLine"/>): logging it suffices. The properties hold everything as it came.
/// </remarks>
public abstract class FabricException : Exception
{
    private protected FabricException(
        string message, string transactionId, StatusCode statusCode, IReadOnlyList<ErrorDetail> details,
        Exception? cause)
        : base(ForeignText.OnOneLine(message), cause)
    {
        TransactionId = transactionId;
        StatusCode = statusCode;
        Details = details;
    }

    private protected FabricException(string what, string transactionId, RpcFailure failure)
        : this(failure.Describe(what), transactionId, failure.Code, failure.Details, failure.Cause) =>
        IsTooLarge = MessageSize.IsExceededIn(failure);

    /// <summary>The transaction that the call was about; empty for event streams.</summary>
    public string TransactionId { get; }

    /// <summary>
    /// The gRPC status of the answer. A peer without a free slot answers Unknown, "too many requests".
    /// </summary>
    public StatusCode StatusCode { get; }

    /// <summary>What each node that took part said; empty when the failure came from the first peer itself.</summary>
    public IReadOnlyList<ErrorDetail> Details { get; }

    /// <summary>The chaincode's own error, when that is why the call failed; else null.</summary>
    public ChaincodeAnswer? ChaincodeAnswer => ChaincodeAnswer.Find(Details);

    /// <summary>Whether a message was too large for somebody on its way, as it will be the next time.</summary>
    internal bool IsTooLarge { get; }

    /// <summary>Returns the exception and its causes, what each says on one line.</summary>
    public override string ToString() => ExceptionText.Of(this);
}
