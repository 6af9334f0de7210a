namespace MicroCreds.Fabric.Chaincode;

/// <summary>One change in the history of a key.</summary>
/// <param name="TransactionId">The transaction that made the change.</param>
/// <param name="Value">The value from then on; null where the key was deleted.</param>
/// <param name="Timestamp">The time that the transaction's creator claimed.</param>
/// <param name="IsDelete">Whether the key was deleted.</param>
public sealed record KeyModification(string TransactionId, byte[]? Value, DateTimeOffset Timestamp, bool IsDelete);
