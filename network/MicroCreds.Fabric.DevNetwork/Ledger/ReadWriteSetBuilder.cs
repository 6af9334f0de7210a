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
        Namespace(chaincode).Writes[key] = new KVWrite
        {
            Key = key,
            IsDelete = value is null,
            Value = value is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(value),
        };

    public void AddMetadataWrite(string chaincode, string key, IReadOnlyDictionary<string, byte[]> entries)
    {
        var write = new KVMetadataWrite { Key = key };
        foreach (var (name, value) in entries.OrderBy(entry => entry.Key, Utf8Order.Instance))
        {
            write.Entries.Add(new KVMetadataEntry { Name = name, Value = ByteString.CopyFrom(value) });
        }

        Namespace(chaincode).MetadataWrites[key] = write;
    }

    public void AddRange(string chaincode, RangeQueryInfo range)
    {
        var ranges = Namespace(chaincode).Ranges;
        if (!ranges.Any(other => other.StartKey == range.StartKey && other.EndKey == range.EndKey
                && other.ItrExhausted == range.ItrExhausted))
        {
            ranges.Add(range);
        }
    }

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
            set.NsRwset.Add(new NsReadWriteSet { Namespace = name, Rwset = keys.ToByteString() });
        }

        return set;
    }

    internal static KVRead NewRead(string key, KeyVersion? version) =>
        new()
        {
            Key = key,
            Version = version is { } known ? new() { BlockNum = known.Block, TxNum = known.Position } : null,
        };

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
    }
}
