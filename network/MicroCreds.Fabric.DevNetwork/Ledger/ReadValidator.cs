using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Judges whether what a transaction read is still so, given the committed state and the block so far. Not thread-safe.
/// </summary>
/// <remarks>Source: Fabric's txmgmt/validation, validator and rangequery_validator.</remarks>
internal sealed class ReadValidator(LedgerReader committed, BlockUpdates updates)
{
    public TxValidationCode Validate(OrderedTransaction transaction)
    {
        foreach (var set in transaction.ReadWriteSets)
        {
            if (!set.Keys.Reads.All(read => IsCurrent(set.Chaincode, read)))
            {
                return TxValidationCode.MvccReadConflict;
            }

            if (!set.Keys.RangeQueriesInfo.All(range => IsCurrent(set.Chaincode, range)))
            {
                return TxValidationCode.PhantomReadConflict;
            }

            if (!set.Collections.All(part => part.Keys.Reads.All(read => IsCurrent(part.Namespace, read))))
            {
                return TxValidationCode.MvccReadConflict;
            }
        }

        return TxValidationCode.Valid;
    }

    private static KeyVersion? VersionOf(KVRead read) =>
        read.Version is null ? null : new KeyVersion(read.Version.BlockNum, read.Version.TxNum);

    private bool IsCurrent(string chaincode, KVRead read) =>
        !updates.Contains(chaincode, read.Key) && committed.ReadVersion(chaincode, read.Key) == VersionOf(read);

    private bool IsCurrent(string chaincode, RangeQueryInfo range)
    {
        // A range that was not read to its end is recorded up to and with the last key read.
        var entries = ReadRange(chaincode, range.StartKey, range.EndKey, includeEnd: !range.ItrExhausted);
        if (range.ReadsInfoCase != RangeQueryInfo.ReadsInfoOneofCase.ReadsMerkleHashes)
        {
            var reads = range.RawReads?.KvReads ?? [];
            return entries.Select(entry => (entry.Key, (KeyVersion?)entry.Version))
                .SequenceEqual(reads.Select(read => (read.Key, VersionOf(read))));
        }

        var hashes = range.ReadsMerkleHashes;
        if (hashes.MaxDegree < 2)
        {
            return false;
        }

        var tree = new RangeReads(hashes.MaxDegree);
        foreach (var (key, version) in entries)
        {
            tree.Add(ReadWriteSetBuilder.NewRead(key, version));
        }

        return hashes.Equals(tree.Complete());
    }

    private IEnumerable<(string Key, KeyVersion Version)> ReadRange(
        string chaincode, string start, string end, bool includeEnd)
    {
        var changed = updates.GetRange(chaincode, start, end, includeEnd);
        int next = 0;
        foreach (var (key, version) in ReadCommitted(chaincode, start, end, includeEnd))
        {
            int order = 1;
            for (; next < changed.Count
                && (order = Utf8Order.Instance.Compare(changed[next].Key, key)) <= 0; next++)
            {
                if (changed[next].Value is { } value)
                {
                    yield return (changed[next].Key, value.Version);
                }

                if (order == 0)
                {
                    next++;
                    break;
                }
            }

            if (order != 0)
            {
                yield return (key, version);
            }
        }

        for (; next < changed.Count; next++)
        {
            if (changed[next].Value is { } value)
            {
                yield return (changed[next].Key, value.Version);
            }
        }
    }

    private IEnumerable<(string Key, KeyVersion Version)> ReadCommitted(
        string chaincode, string start, string end, bool includeEnd)
    {
        string from = start;
        List<VersionedEntry> page;
        bool skipStart = false;
        do
        {
            page = committed.ReadRange(chaincode, from, skipStart, end);
            foreach (var entry in page)
            {
                yield return (entry.Key, entry.Version);
            }

            if (page.Count > 0)
            {
                (from, skipStart) = (page[^1].Key, true);
            }
        }
        while (page.Count == LedgerReader.PageEntries);

        if (includeEnd && end.Length > 0 && Utf8Order.Instance.Compare(end, start) >= 0
            && committed.ReadVersion(chaincode, end) is { } version)
        {
            yield return (end, version);
        }
    }
}
