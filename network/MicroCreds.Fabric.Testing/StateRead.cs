namespace MicroCreds.Fabric.Testing;

/// <summary>A public key that a transaction read: the ledger refuses the transaction if it has changed since.</summary>
/// <param name="ChaincodeName">The chaincode whose state it is.</param>
/// <param name="Key">The key.</param>
/// <param name="IsPresent">Whether it had a value.</param>
public sealed record StateRead(string ChaincodeName, string Key, bool IsPresent);
