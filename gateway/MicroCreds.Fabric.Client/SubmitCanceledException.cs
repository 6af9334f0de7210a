using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>Waiting for a transaction was cancelled when it may already have been ordered.</summary>
/// <remarks>
/// It may be committed: ask for the outcome of <see cref="TransactionId"/> before doing the same anew.
/// </remarks>
public sealed class SubmitCanceledException : OperationCanceledException
{
    internal SubmitCanceledException(string transactionId, Exception cause, CancellationToken cancellationToken)
        : base(
            $"Submitting transaction {transactionId} was cancelled: it may be committed all the same.", cause,
            cancellationToken) =>
        TransactionId = transactionId;

    /// <summary>The transaction that may be committed.</summary>
    public string TransactionId { get; }

    /// <summary>Returns the exception and its causes, what each says on one line.</summary>
    public override string ToString() => ExceptionText.Of(this);
}
