using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Collects what a simulation reads and writes, and gives the bytes that every peer must arrive at.</summary>
/// <remarks>
/// Source: Fabric's rwsetutil. Name spaces and keys are sorted by their UTF-8 bytes; ranges keep the order in which
/// they were opened. Not thread-safe.
/// </remarks>
internal sealed class ReadWriteSetBuilder
{
    private readonly SortedDictionary<string, NamespaceBuilder> _namespaces = new(Utf8Order.Instance);

    public void AddRead(string chaincode, string key, KeyVersion? version) =>
        Namespace(chaincode).Reads[key] = NewRead(key, version);

    public void AddWrite(string chaincode, string key, byte[]? value) =>
        Namespace(chaincode).Writes[key] = Deletions.NewWrite(key, value);

    public void AddMetadataWrite(string chaincode, string key, IReadOnlyDictionary<string, byte[]> entries) =>
        Namespace(chaincode).MetadataWrites[key] = new KVMetadataWrite { Key = key, Entries = { InOrder(entries) } };

    public void AddPrivateRead(string chaincode, string collection, string key, KeyVersion? version) =>
        Collection(chaincode, collection).AddRead(key, version);

    public void AddPrivateWrite(string chaincode, string collection, string key, byte[]? value, bool isPurge) =>
        Collection(chaincode, collection).AddWrite(key, value, isPurge);

    public void AddPrivateMetadataWrite(
        string chaincode, string collection, string key, IReadOnlyDictionary<string, byte[]> entries) =>
        Collection(chaincode, collection).AddMetadataWrite(key, InOrder(entries));

    public void AddRange(string chaincode, RangeQueryInfo range)
    {
        var ranges = Namespace(chaincode).Ranges;
        if (!ranges.Any(other => other.StartKey == range.StartKey && other.EndKey == range.EndKey
                && other.ItrExhausted == range.ItrExhausted))
        {
            ranges.Add(range);
        }
    }

    /// <summary>The private writes, or null if there are none; known once the set is built.</summary>
    public TxPvtReadWriteSet? Private { get; private set; }

    /// <summary>Returns what goes to everybody.</summary>
    public TxReadWriteSet Build()
    {
        var set = new TxReadWriteSet { DataModel = TxReadWriteSet.Types.DataModel.Kv };
        foreach (var (name, builder) in _namespaces)
        {
            var keys = new KVRWSet();
            keys.Reads.Add(builder.Reads.Values);
            keys.RangeQueriesInfo.Add(builder.Ranges);
            keys.Writes.Add(builder.Writes.Values);
            keys.MetadataWrites.Add(builder.MetadataWrites.Values);
            var space = new NsReadWriteSet { Namespace = name, Rwset = keys.ToByteString() };
            set.NsRwset.Add(space);
            if (builder.Collections is { } collections && AddCollections(space, collections) is { } values)
            {
                (Private ??= new TxPvtReadWriteSet()).NsPvtRwset.Add(values);
            }
        }

        return set;
    }

    internal static KVRead NewRead(string key, KeyVersion? version) =>
        new()
        {
            Key = key,
            Version = version is { } known ? new() { BlockNum = known.Block, TxNum = known.Position } : null,
        };

    private static NsPvtReadWriteSet? AddCollections(
        NsReadWriteSet space, SortedDictionary<string, CollectionSetBuilder> collections)
    {
        var values = new NsPvtReadWriteSet { Namespace = space.Namespace };
        foreach (var (name, collection) in collections)
        {
            var written = collection.BuildPrivate(name);
            space.CollectionHashedRwset.Add(collection.Build(name, written));
            if (written is not null)
            {
                values.CollectionPvtRwset.Add(written);
            }
        }

        return values.CollectionPvtRwset.Count > 0 ? values : null;
    }

    private static IEnumerable<KVMetadataEntry> InOrder(IReadOnlyDictionary<string, byte[]> entries) =>
        entries.OrderBy(entry => entry.Key, Utf8Order.Instance)
            .Select(entry => new KVMetadataEntry { Name = entry.Key, Value = ByteString.CopyFrom(entry.Value) });

    private CollectionSetBuilder Collection(string chaincode, string name)
    {
        var collections = Namespace(chaincode).Collections ??= new(Utf8Order.Instance);
        if (!collections.TryGetValue(name, out var builder))
        {
            collections[name] = builder = new CollectionSetBuilder();
        }

        return builder;
    }

    private NamespaceBuilder Namespace(string chaincode)
    {
        if (!_namespaces.TryGetValue(chaincode, out var builder))
        {
            _namespaces[chaincode] = builder = new NamespaceBuilder();
        }

        return builder;
    }

    private sealed class NamespaceBuilder
    {
        public SortedDictionary<string, KVRead> Reads { get; } = new(Utf8Order.Instance);

        public SortedDictionary<string, KVWrite> Writes { get; } = new(Utf8Order.Instance);

        public SortedDictionary<string, KVMetadataWrite> MetadataWrites { get; } = new(Utf8Order.Instance);

        public List<RangeQueryInfo> Ranges { get; } = [];

        public SortedDictionary<string, CollectionSetBuilder>? Collections { get; set; }
    }
}
