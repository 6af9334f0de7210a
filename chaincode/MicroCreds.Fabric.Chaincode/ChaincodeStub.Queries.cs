using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode;

public sealed partial class ChaincodeStub
{
    /// <summary>Queries the keys from <paramref name="startKey"/> to just before <paramref name="endKey"/>.</summary>
    /// <param name="startKey">The first key; empty for the first one there is. Composite keys are never part.</param>
    /// <param name="endKey">The key after the last; empty for no end.</param>
    /// <returns>
    /// Keys and values in the order of the keys' UTF-8 bytes. The peer is asked when the enumeration starts, and its
    /// query closed when it ends or is abandoned. At commit the peers check that nothing was added to the range.
    /// </returns>
    public IAsyncEnumerable<KeyValue> GetStateByRangeAsync(string startKey, string endKey) =>
        RangeAsync(PublicState, StateKey.Range(startKey, endKey));

    /// <summary>
    /// Queries the composite keys that begin with these parts: the key of just these, where there is one, and those
    /// that have more.
    /// </summary>
    /// <inheritdoc cref="GetStateByRangeAsync" path="/returns"/>
    public IAsyncEnumerable<KeyValue> GetStateByPartialCompositeKeyAsync(
        string objectType, params ReadOnlySpan<string> attributes) =>
        RangeAsync(PublicState, CompositeKey.Range(objectType, attributes));

    /// <summary>
    /// Queries the composite keys from one to another, and all that begin with either or lie in between. The official
    /// libraries have no such query; the peer's own is the same as theirs.
    /// </summary>
    /// <param name="objectType">The object type.</param>
    /// <param name="first">The attributes of the first key.</param>
    /// <param name="last">The attributes of the last key.</param>
    /// <inheritdoc cref="GetStateByRangeAsync" path="/returns"/>
    public IAsyncEnumerable<KeyValue> GetStateByCompositeKeyRangeAsync(
        string objectType, ReadOnlySpan<string> first, ReadOnlySpan<string> last) => RangeAsync(
        PublicState, (CompositeKey.Range(objectType, first).Start, CompositeKey.Range(objectType, last).End));

    /// <summary>Returns one page of <see cref="GetStateByRangeAsync"/>. Peers refuse to write in a transaction that
    /// reads pages, and do not check pages at commit.</summary>
    /// <param name="startKey">The first key; empty for the first one there is.</param>
    /// <param name="endKey">The key after the last; empty for no end.</param>
    /// <param name="pageSize">How many at most, at least 1. The peer has its own limit, 100,000 by default.</param>
    /// <param name="bookmark">The bookmark of the page before; empty for the first page.</param>
    public ValueTask<Page> GetStateByRangeWithPaginationAsync(
        string startKey, string endKey, int pageSize, string bookmark = "") =>
        RangePageAsync(StateKey.Range(startKey, endKey), pageSize, bookmark);

    /// <summary>Returns one page of <see cref="GetStateByPartialCompositeKeyAsync"/>. Peers refuse to write in a
    /// transaction that reads pages, and do not check pages at commit.</summary>
    /// <param name="objectType">The object type.</param>
    /// <param name="attributes">The first attributes.</param>
    /// <param name="pageSize">How many at most, at least 1. The peer has its own limit, 100,000 by default.</param>
    /// <param name="bookmark">The bookmark of the page before; empty for the first page.</param>
    public ValueTask<Page> GetStateByPartialCompositeKeyWithPaginationAsync(
        string objectType, ReadOnlySpan<string> attributes, int pageSize, string bookmark = "") =>
        RangePageAsync(CompositeKey.Range(objectType, attributes), pageSize, bookmark);

    /// <summary>Returns one page of all composite keys, of every object type. Peers refuse to write in a transaction
    /// that reads pages, and do not check pages at commit.</summary>
    /// <param name="pageSize">How many at most, at least 1. The peer has its own limit, 100,000 by default.</param>
    /// <param name="bookmark">The bookmark of the page before; empty for the first page.</param>
    public ValueTask<Page> GetAllStatesCompositeKeyWithPaginationAsync(int pageSize, string bookmark = "") =>
        RangePageAsync(
            (CompositeKey.Separator.ToString(), CompositeKey.Separator + CompositeKey.MaxCodePoint), pageSize,
            bookmark);

    /// <summary>Queries values by a query of the state database (CouchDB's selector language).</summary>
    /// <remarks>Only peers with CouchDB can. What it returns is not checked at commit: do not write by it.</remarks>
    /// <inheritdoc cref="GetStateByRangeAsync" path="/returns"/>
    public IAsyncEnumerable<KeyValue> GetQueryResultAsync(string query)
    {
        return ResultsAsync(
            Type.GetQueryResult, new GetQueryResult { Query = StateKey.Checked(query, nameof(query)) }, ToKeyValue);
    }

    /// <summary>Returns one page of <see cref="GetQueryResultAsync"/>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="pageSize">How many at most, at least 1.</param>
    /// <param name="bookmark">The bookmark of the page before; empty for the first page.</param>
    public ValueTask<Page> GetQueryResultWithPaginationAsync(string query, int pageSize, string bookmark = "")
    {
        return PageAsync(Type.GetQueryResult, new GetQueryResult
        {
            Query = StateKey.Checked(query, nameof(query)),
            Metadata = PageOf(pageSize, bookmark),
        });
    }

    /// <summary>Returns the history of a key, the newest change first. Not checked at commit.</summary>
    /// <remarks>Needs a peer with the history database, which is on by default.</remarks>
    public IAsyncEnumerable<KeyModification> GetHistoryForKeyAsync(string key) =>
        ResultsAsync(
            Type.GetHistoryForKey, new GetHistoryForKey { Key = StateKey.Checked(key, nameof(key)) }, ToModification);

    private IAsyncEnumerable<KeyValue> RangeAsync(string collection, (string Start, string End) range) =>
        ResultsAsync(
            Type.GetStateByRange,
            new GetStateByRange { StartKey = range.Start, EndKey = range.End, Collection = collection },
            ToKeyValue);

    private ValueTask<Page> RangePageAsync((string Start, string End) range, int pageSize, string bookmark) =>
        PageAsync(Type.GetStateByRange, new GetStateByRange
        {
            StartKey = range.Start,
            EndKey = range.End,
            Metadata = PageOf(pageSize, bookmark),
        });

    private static ByteString PageOf(int pageSize, string bookmark)
    {
        if (pageSize < 1)
        {
            throw new StateArgumentException($"The page size is {pageSize}: it must be at least 1.");
        }

        ArgumentNullException.ThrowIfNull(bookmark);
        return new QueryMetadata { PageSize = pageSize, Bookmark = bookmark }.ToByteString();
    }

    private async ValueTask<Page> PageAsync(Type type, IMessage request)
    {
        var items = new List<KeyValue>();
        var metadata = new QueryResponseMetadata();
        await foreach (var response in ResponsesAsync(type, request, default).ConfigureAwait(false))
        {
            items.AddRange(response.Results.Select(result => ToKeyValue(result.ResultBytes)));
            if (!response.Metadata.IsEmpty)
            {
                metadata = PeerAnswer.Read(type, response.Metadata, QueryResponseMetadata.Parser);
            }
        }

        return new Page(items, metadata.Bookmark) { FetchedCount = metadata.FetchedRecordsCount };
    }

    private async IAsyncEnumerable<T> ResultsAsync<T>(
        Type type,
        IMessage request,
        Func<ByteString, T> read,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var response in ResponsesAsync(type, request, cancellationToken).ConfigureAwait(false))
        {
            foreach (var result in response.Results)
            {
                yield return read(result.ResultBytes);
            }
        }
    }

    private async IAsyncEnumerable<QueryResponse> ResponsesAsync(
        Type type, IMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (asked, payload) = (type, request.ToByteString());
        string? open = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // A peer that refuses to go on has closed the query itself, and so it has after the last results.
                string? id = Interlocked.Exchange(ref open, null);
                var answer = await _transaction.AskAsync(asked, payload).ConfigureAwait(false);
                var response = PeerAnswer.Read(asked, answer, QueryResponse.Parser);
                open = response.HasMore ? response.Id : null;
                yield return response;
                if (!response.HasMore)
                {
                    yield break;
                }

                (asked, payload) = (Type.QueryStateNext, new QueryStateNext { Id = response.Id }.ToByteString());
            }
        }
        finally
        {
            if (open is not null)
            {
                await _transaction.AskAsync(Type.QueryStateClose, new QueryStateClose { Id = open }.ToByteString())
                    .ConfigureAwait(false);
            }
        }
    }

    private static KeyValue ToKeyValue(ByteString bytes)
    {
        var result = PeerAnswer.Read(Type.QueryStateNext, bytes, KV.Parser);
        return new KeyValue(result.Key, result.Value.ToByteArray());
    }

    private static KeyModification ToModification(ByteString bytes)
    {
        var result = PeerAnswer.Read(Type.GetHistoryForKey, bytes, Protocol.Ledger.KeyModification.Parser);
        return new KeyModification(
            result.TxId,
            result.IsDelete ? null : result.Value.ToByteArray(),
            result.Timestamp is { } time ? NearestMoment(time) : DateTimeOffset.UnixEpoch,
            result.IsDelete);
    }

    // Peers commit a transaction whose time no clock shows: its key's history is to be read all the same.
    private static DateTimeOffset NearestMoment(Timestamp time)
    {
        const int NanosecondsPerTick = 100;
        var ticks = (Int128)time.Seconds * TimeSpan.TicksPerSecond + (time.Nanos / NanosecondsPerTick);
        var sinceEpoch = Int128.Clamp(
            ticks, DateTimeOffset.MinValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks,
            DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
        return DateTimeOffset.UnixEpoch.AddTicks((long)sinceEpoch);
    }
}
