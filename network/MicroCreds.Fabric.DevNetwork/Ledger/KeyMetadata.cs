using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Reads and writes the metadata of keys as the state keeps it.</summary>
internal static class KeyMetadata
{
    /// <summary>The entry that holds a key's own endorsement policy.</summary>
    public const string ValidationParameter = "VALIDATION_PARAMETER";

    public static byte[]? Write(IEnumerable<KVMetadataEntry> entries)
    {
        var write = new KVMetadataWrite { Entries = { entries } };
        return write.Entries.Count == 0 ? null : write.ToByteArray();
    }

    public static IReadOnlyDictionary<string, byte[]>? Read(byte[]? metadata)
    {
        if (metadata is null)
        {
            return null;
        }

        var entries = new Dictionary<string, byte[]>();
        foreach (var entry in KVMetadataWrite.Parser.ParseFrom(metadata).Entries)
        {
            entries[entry.Name] = entry.Value.ToByteArray();
        }

        return entries;
    }

    /// <summary>Returns the serialized key-level policy, or null when the key has none. One that is there and empty
    /// is none to validators, and to endorsers one that nobody can satisfy.</summary>
    public static byte[]? ReadPolicy(byte[]? metadata) => Read(metadata)?.GetValueOrDefault(ValidationParameter);
}
