using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>What the valid transactions of a block, so far, change in the state. Not thread-safe.</summary>
/// <remarks>Source: Fabric's txmgmt/validation, tx_ops and types.</remarks>
internal sealed class BlockUpdates(LedgerReader committed, ulong blockNumber)
{
    private readonly Dictionary<(string Chaincode, string Key), VersionedValue?> _state = [];

    public IEnumerable<KeyValuePair<(string Chaincode, string Key), VersionedValue?>> State => _state;

    public List<HistoryEntry> History { get; } = [];

    /// <summary>Tells whether an earlier transaction of the block changed the key.</summary>
    public bool Contains(string chaincode, string key) => _state.ContainsKey((chaincode, key));

    /// <summary>The changed keys of one chaincode in [start, end), or [start, end] if asked, in order.</summary>
    public List<(string Key, VersionedValue? Value)> GetRange(
        string chaincode, string start, string end, bool includeEnd)
    {
        var found = new List<(string, VersionedValue?)>();
        foreach (var ((owner, key), value) in _state)
        {
            if (owner == chaincode && Utf8Order.Instance.Compare(key, start) >= 0
                && (end.Length == 0 || Utf8Order.Instance.Compare(key, end) < (includeEnd ? 1 : 0)))
            {
                found.Add((key, value));
            }
        }

        found.Sort((a, b) => Utf8Order.Instance.Compare(a.Item1, b.Item1));
        return found;
    }

    /// <summary>Applies the writes of a valid transaction.</summary>
    public void Apply(OrderedTransaction transaction, int position)
    {
        var version = new KeyVersion(blockNumber, (ulong)position);
        foreach (var set in transaction.ReadWriteSets)
        {
            ApplyKeys(set.Chaincode, set.Keys, version);
            History.AddRange(set.Keys.Writes.Select(write => new HistoryEntry(
                set.Chaincode, write.Key, position, transaction.TransactionId,
                write.Deletes() ? null : write.Value.ToByteArray(), transaction.Timestamp)));
            foreach (var collection in set.Collections)
            {
                ApplyKeys(collection.Namespace, collection.Keys, version);
            }
        }
    }

    /// <summary>Sets or, by null, deletes a key of any part of the state.</summary>
    public void Put(string part, string key, VersionedValue? value) => _state[(part, key)] = value;

    /// <summary>Returns a key as it is after what has been applied, or null.</summary>
    public VersionedValue? Latest(string part, string key) =>
        _state.TryGetValue((part, key), out var value) ? value : committed.ReadState(part, key);

    private void ApplyKeys(string part, KVRWSet keys, KeyVersion version)
    {
        // Later entries for one key win; a peer writes each key once.
        var metadata = new Dictionary<string, byte[]?>();
        foreach (var write in keys.MetadataWrites)
        {
            metadata[write.Key] = KeyMetadata.Write(write.Entries);
        }

        foreach (var write in keys.Writes)
        {
            bool hasMetadata = metadata.Remove(write.Key, out byte[]? entries);
            ApplyWrite(part, write, version, hasMetadata, entries);
        }

        foreach (var (key, entries) in metadata)
        {
            // Metadata alone renews a key's version, and is void for a key that does not exist.
            if (Latest(part, key) is { } latest)
            {
                Put(part, key, new VersionedValue(latest.Value, entries, version));
            }
        }
    }

    private void ApplyWrite(string chaincode, KVWrite write, KeyVersion version, bool hasMetadata, byte[]? entries)
    {
        if (write.Deletes())
        {
            _state[(chaincode, write.Key)] = null;
            return;
        }

        byte[]? kept = hasMetadata ? entries : LatestMetadata(chaincode, write.Key);
        _state[(chaincode, write.Key)] = new VersionedValue(write.Value.ToByteArray(), kept, version);
    }

    private byte[]? LatestMetadata(string chaincode, string key) =>
        _state.TryGetValue((chaincode, key), out var value) ? value?.Metadata : committed.ReadMetadata(chaincode, key);
}
