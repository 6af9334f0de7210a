namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>The contract, or the network's policies, refused the transaction; nothing was written.</summary>
/// <param name="message">What the contract said.</param>
/// <param name="code">One of <see cref="Model.ErrorCodes"/>; none if the network itself refused.</param>
/// <param name="field">The place in the transaction's argument, if it is about one.</param>
/// <param name="cause">The call's own exception.</param>
public sealed class LedgerRefusedException(
    string message, string? code = null, string? field = null, Exception? cause = null)
    : Exception(message, cause)
{
    public string? Code { get; } = code;

    public string? Field { get; } = field;
}

/// <summary>A transaction was sent and may or may not be written: find out before doing anything else.</summary>
public sealed class OutcomeUnknownException(string transactionId, Exception cause)
    : Exception($"The outcome of transaction {transactionId} is not known.", cause);
