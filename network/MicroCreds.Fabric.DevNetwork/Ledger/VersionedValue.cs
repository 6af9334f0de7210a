namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Which transaction wrote a key last: its block, and its position therein.</summary>
internal readonly record struct KeyVersion(ulong Block, ulong Position)
{
    /// <summary>Tells whether it is older than another one.</summary>
    public bool IsBefore(KeyVersion other) =>
        Block < other.Block || (Block == other.Block && Position < other.Position);
}

/// <summary>A key's value, its metadata (serialized entries, or null) and its version.</summary>
internal sealed record VersionedValue(byte[] Value, byte[]? Metadata, KeyVersion Version);

/// <summary>A key in a range, with its value and version.</summary>
internal readonly record struct VersionedEntry(string Key, byte[] Value, KeyVersion Version);

/// <summary>A change of a key, to be kept in its history; a null value is a deletion.</summary>
internal readonly record struct HistoryEntry(
    string Chaincode, string Key, int Position, string TransactionId, byte[]? Value, byte[] Timestamp);
