namespace MicroCreds.Fabric.Client;

/// <summary>A transaction that is valid and on the ledger.</summary>
/// <param name="TransactionId">The transaction's identifier.</param>
/// <param name="BlockNumber">The block that it is in.</param>
/// <param name="Result">What the chaincode returned.</param>
/// <remarks>Thread-safe.</remarks>
public sealed record CommittedTransaction(string TransactionId, ulong BlockNumber, ReadOnlyMemory<byte> Result);
