namespace MicroCreds.Fabric.Chaincode;

/// <summary>A key and its value, as a query returns them.</summary>
/// <param name="Key">The key; <see cref="Protocol.CompositeKey.Split"/> takes a composite one apart.</param>
/// <param name="Value">The value.</param>
public readonly record struct KeyValue(string Key, byte[] Value);
