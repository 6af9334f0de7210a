using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>An open range or history query, answered in batches.</summary>
internal sealed class QueryResults(
    IEnumerator<IMessage> results, bool isPage, int limit, Func<string>? bookmark = null) : IDisposable
{
    /// <summary>How many results a chaincode gets in one message, unless it asked for a page.</summary>
    public const int BatchSize = 100;

    /// <summary>How many results one query yields at most: the default of core.yaml's totalQueryLimit.</summary>
    public const int TotalLimit = 100_000;

    private readonly List<QueryResultBytes> _pending = [];
    private int _total;

    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Returns the next batch; the last one says that there are no more.</summary>
    public QueryResponse NextBatch()
    {
        while (_total < limit && results.MoveNext())
        {
            var result = new QueryResultBytes { ResultBytes = results.Current.ToByteString() };
            _total++;

            // A full batch leaves only once there is one more result: an empty last batch is never sent.
            if (!isPage && _pending.Count == BatchSize)
            {
                var batch = new QueryResponse { HasMore = true, Id = Id, Results = { _pending } };
                _pending.Clear();
                _pending.Add(result);
                return batch;
            }

            _pending.Add(result);
        }

        var last = new QueryResponse { Id = Id, Results = { _pending } };
        if (isPage)
        {
            last.Metadata = new QueryResponseMetadata
            {
                FetchedRecordsCount = _total,
                Bookmark = bookmark?.Invoke() ?? "",
            }.ToByteString();
        }

        _pending.Clear();
        return last;
    }

    public void Dispose() => results.Dispose();
}
