namespace MicroCreds.Fabric.Client;

/// <summary>An event that a chaincode set in a valid transaction.</summary>
/// <param name="BlockNumber">The block that the transaction is in.</param>
/// <param name="TransactionId">The transaction; it has no other event.</param>
/// <param name="ChaincodeName">The chaincode that set the event.</param>
/// <param name="EventName">The event's name.</param>
/// <param name="Payload">The event's content.</param>
public sealed record ChaincodeEvent(
    ulong BlockNumber, string TransactionId, string ChaincodeName, string EventName, ReadOnlyMemory<byte> Payload);
