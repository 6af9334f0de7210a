namespace MicroCreds.Fabric.Testing;

/// <summary>A key that a transaction writes or deletes.</summary>
/// <param name="ChaincodeName">The chaincode whose state it is.</param>
/// <param name="Collection">The private data collection; empty for public state.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null where the key is deleted.</param>
public sealed record StateWrite(string ChaincodeName, string Collection, string Key, ReadOnlyMemory<byte>? Value);
