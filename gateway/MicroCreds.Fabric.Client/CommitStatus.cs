using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>The outcome of a transaction.</summary>
/// <param name="TransactionId">The transaction's identifier.</param>
/// <param name="Code">Valid, or why it is not.</param>
/// <param name="BlockNumber">The block that the transaction is in.</param>
/// <remarks>Thread-safe.</remarks>
public sealed record CommitStatus(string TransactionId, TxValidationCode Code, ulong BlockNumber)
{
    /// <summary>Whether the transaction is valid, and so changed the ledger.</summary>
    public bool IsSuccessful => Code == TxValidationCode.Valid;

    /// <summary>Returns this outcome if the transaction is valid.</summary>
    /// <exception cref="CommitException">The transaction is invalid.</exception>
    public CommitStatus EnsureSuccessful() => IsSuccessful ? this : throw new CommitException(this);
}
