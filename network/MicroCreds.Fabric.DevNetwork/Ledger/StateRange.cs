using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// An open range query: read entry by entry, recorded in the read set as far as it was read. Not thread-safe.
/// </summary>
internal sealed class StateRange : IDisposable
{
    private readonly StateSnapshot _snapshot;
    private readonly string _end;
    private readonly int _pageSize;
    private readonly RangeReads _reads = new(RangeReads.PeerDegree);
    private readonly RangeQueryInfo _info;
    private List<VersionedEntry> _page;
    private int _next;
    private int _returned;

    internal StateRange(StateSnapshot snapshot, string chaincode, string start, string end, int pageSize)
    {
        (_snapshot, Chaincode, _end, _pageSize) = (snapshot, chaincode, end, pageSize);
        _info = new RangeQueryInfo { StartKey = start };
        _page = snapshot.GetRange(chaincode, start, skipStart: false, end);
    }

    internal string Chaincode { get; }

    /// <summary>Returns the next entry, or null at the end of the range or of the page.</summary>
    public StateEntry? Next()
    {
        if ((_pageSize > 0 && _returned == _pageSize) || Peek() is not { } entry)
        {
            _info.ItrExhausted = true;
            _info.EndKey = _end;
            return null;
        }

        _next++;
        _returned++;
        _reads.Add(ReadWriteSetBuilder.NewRead(entry.Key, entry.Version));

        // Whether the caller will ask for more is unknown: what was read so far is what must not change.
        _info.EndKey = entry.Key;
        return new StateEntry(entry.Key, entry.Value);
    }

    /// <summary>
    /// Returns the key at which the next page starts, or "" when the range is exhausted; ends the page.
    /// </summary>
    public string GetBookmarkAndClose() => Peek()?.Key ?? "";

    /// <summary>Ends the reading; what was read stays recorded.</summary>
    public void Dispose() => _page = [];

    internal RangeQueryInfo Record()
    {
        _reads.CompleteInto(_info);
        return _info;
    }

    private VersionedEntry? Peek()
    {
        if (_next == _page.Count && _page.Count == LedgerReader.PageEntries)
        {
            _page = _snapshot.GetRange(Chaincode, _page[^1].Key, skipStart: true, _end);
            _next = 0;
        }

        return _next < _page.Count ? _page[_next] : null;
    }
}
