using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Says which writes are deletions: those of an empty value, too, as the state cannot hold one.</summary>
/// <remarks>Source: Fabric's rwsetutil, newKVWrite and IsKVWriteDelete (FAB-18386).</remarks>
internal static class Deletions
{
    private static readonly ByteString HashOfNothing = UnsafeByteOperations.UnsafeWrap(SHA256.HashData([]));

    /// <summary>Writes a value, which must not change any more, or deletes: by null or by an empty one.</summary>
    public static KVWrite NewWrite(string key, byte[]? value) => value is null or { Length: 0 }
        ? new KVWrite { Key = key, IsDelete = true }
        : new KVWrite { Key = key, Value = UnsafeByteOperations.UnsafeWrap(value) };

    /// <summary>Tells whether a write deletes.</summary>
    public static bool Deletes(this KVWrite write) => write.IsDelete || write.Value.IsEmpty;

    /// <summary>Tells whether a write deletes, of which only hashes are known.</summary>
    public static bool Deletes(this KVWriteHash write) => write.IsDelete || write.ValueHash.Equals(HashOfNothing);
}
