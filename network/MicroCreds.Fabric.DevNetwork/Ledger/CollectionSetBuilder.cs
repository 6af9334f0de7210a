using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Collects what a simulation reads and writes in one collection: the private writes, and what everybody is told of
/// them. Both are in the order of the private keys. Not thread-safe.
/// </summary>
/// <remarks>Source: Fabric's rwsetutil.</remarks>
internal sealed class CollectionSetBuilder
{
    private readonly SortedDictionary<string, KVReadHash> _reads = new(Utf8Order.Instance);
    private readonly SortedDictionary<string, KVWriteHash> _hashes = new(Utf8Order.Instance);
    private readonly SortedDictionary<string, KVMetadataWriteHash> _metadata = new(Utf8Order.Instance);
    private readonly SortedDictionary<string, KVWrite> _writes = new(Utf8Order.Instance);

    public void AddRead(string key, KeyVersion? version) => _reads[key] = new KVReadHash
    {
        KeyHash = PrivateNamespace.Hash(key),
        Version = ReadWriteSetBuilder.NewRead(key, version).Version,
    };

    public void AddWrite(string key, byte[]? value, bool isPurge)
    {
        // What deletes is hashed as nothing.
        var write = Deletions.NewWrite(key, value);
        _writes[key] = write;
        _hashes[key] = new KVWriteHash
        {
            KeyHash = PrivateNamespace.Hash(key),
            IsDelete = write.IsDelete,
            ValueHash = write.IsDelete ? ByteString.Empty : PrivateNamespace.Hash(write.Value.Span),
            IsPurge = isPurge,
        };
    }

    public void AddMetadataWrite(string key, IEnumerable<KVMetadataEntry> entries) =>
        _metadata[key] = new KVMetadataWriteHash { KeyHash = PrivateNamespace.Hash(key), Entries = { entries } };

    /// <summary>Returns the private writes, or null if there are none.</summary>
    public CollectionPvtReadWriteSet? BuildPrivate(string name)
    {
        if (_writes.Count == 0 && _metadata.Count == 0)
        {
            return null;
        }

        var set = new KVRWSet();
        set.Writes.Add(_writes.Values);

        // Metadata lies beside the hashes; who keeps the value needs to know only that its version changed.
        set.MetadataWrites.Add(_metadata.Keys.Select(key => new KVMetadataWrite { Key = key }));
        return new CollectionPvtReadWriteSet { CollectionName = name, Rwset = set.ToByteString() };
    }

    /// <summary>Returns what everybody is told.</summary>
    /// <param name="name">The collection.</param>
    /// <param name="secret">The private writes, or null.</param>
    public CollectionHashedReadWriteSet Build(string name, CollectionPvtReadWriteSet? secret)
    {
        var hashed = new HashedRWSet();
        hashed.HashedReads.Add(_reads.Values);
        hashed.HashedWrites.Add(_hashes.Values);
        hashed.MetadataWrites.Add(_metadata.Values);
        return new CollectionHashedReadWriteSet
        {
            CollectionName = name,
            HashedRwset = hashed.ToByteString(),
            PvtRwsetHash = secret is null ? ByteString.Empty : PrivateNamespace.Hash(secret.Rwset.Span),
        };
    }
}
