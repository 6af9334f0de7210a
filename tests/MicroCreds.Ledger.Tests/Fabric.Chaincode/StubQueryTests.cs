using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using KeyModification = MicroCreds.Fabric.Protocol.Ledger.KeyModification;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class StubQueryTests
{
    [Fact]
    public async Task AllCompositeKeys_AreAskedForInPages()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            var page = await stub.GetAllStatesCompositeKeyWithPaginationAsync(2, "before");
            return Response.Success($"{page.Items.Count} {page.Bookmark}");
        });
        var (request, asked) = await run.Peer.ExpectAsync(Type.GetStateByRange, GetStateByRange.Parser);
        Assert.Equal(("\0", "\0\U0010FFFF", ""), (asked.StartKey, asked.EndKey, asked.Collection));
        Assert.Equal(
            new QueryMetadata { PageSize = 2, Bookmark = "before" }, QueryMetadata.Parser.ParseFrom(asked.Metadata));
        await run.Peer.AnswerAsync(request, new QueryResponse
        {
            Metadata = new QueryResponseMetadata { Bookmark = "next" }.ToByteString(),
        });
        Assert.Equal("0 next", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Range_OfSeveralBatches_IsReadToTheEnd()
    {
        await using var run = await StubRun.StartAsync(stub => KeysAsync(stub.GetStateByRangeAsync("a", "z")));
        var (first, range) = await run.Peer.ExpectAsync(Type.GetStateByRange, GetStateByRange.Parser);
        Assert.Equal(("a", "z", ""), (range.StartKey, range.EndKey, range.Collection));
        await run.Peer.AnswerAsync(first, Batch(hasMore: true, "a", "b"));
        var (second, next) = await run.Peer.ExpectAsync(Type.QueryStateNext, QueryStateNext.Parser);
        Assert.Equal("query1", next.Id);
        await run.Peer.AnswerAsync(second, Batch(hasMore: false, "c"));

        // The peer has closed an exhausted query itself: the transaction ends without another message.
        Assert.Equal("abc", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Range_Abandoned_IsClosed()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await foreach (var item in stub.GetStateByRangeAsync("a", "z"))
            {
                return Response.Success(item.Key);
            }

            return Response.Error("nothing");
        });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetStateByRange), Batch(hasMore: true, "a", "b"));
        var (request, close) = await run.Peer.ExpectAsync(Type.QueryStateClose, QueryStateClose.Parser);
        Assert.Equal("query1", close.Id);
        await run.Peer.AnswerAsync(request, new QueryResponse());
        Assert.Equal("a", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Range_FailingOnTheWay_FailsTheTransaction()
    {
        await using var run = await StubRun.StartAsync(stub => KeysAsync(stub.GetStateByRangeAsync("a", "z")));
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetStateByRange), Batch(hasMore: true, "a"));
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.QueryStateNext), "the disk is gone");
        Assert.Equal("the disk is gone", (await run.Peer.ExpectResponseAsync()).Message);
    }

    [Fact]
    public async Task Range_AnswerThatIsNone_FailsTheTransaction()
    {
        await using var run = await StubRun.StartAsync(stub => KeysAsync(stub.GetStateByRangeAsync("a", "z")));
        await run.Peer.AnswerAsync(
            await run.Peer.ExpectAsync(Type.GetStateByRange), ByteString.CopyFrom(0xff, 0xff, 0xff));
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal(500, response.Status);
        Assert.Equal("The peer's answer to GetStateByRange cannot be read.", response.Message);
    }

    [Fact]
    public async Task Range_OpenEnded_LeavesOutCompositeKeys()
    {
        await using var run = await StubRun.StartAsync(stub => KeysAsync(stub.GetStateByRangeAsync("", "")));
        var (_, range) = await run.Peer.ExpectAsync(Type.GetStateByRange, GetStateByRange.Parser);
        Assert.Equal(("\u0001", ""), (range.StartKey, range.EndKey));
    }

    [Fact]
    public async Task PartialCompositeKey_Queried_IsTheRangeOfItsKeys()
    {
        await using var run = await StubRun.StartAsync(
            stub => KeysAsync(stub.GetStateByPartialCompositeKeyAsync("status", "root")));
        var (_, range) = await run.Peer.ExpectAsync(Type.GetStateByRange, GetStateByRange.Parser);
        Assert.Equal(("\0status\0root\0", "\0status\0root\0\U0010FFFF"), (range.StartKey, range.EndKey));
    }

    [Fact]
    public async Task Page_Read_HasItsItemsAndTheBookmark()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            var page = await stub.GetStateByPartialCompositeKeyWithPaginationAsync("status", ["root"], 2, "before");
            return Response.Success($"{page.Items.Count} {page.FetchedCount} {page.Bookmark}");
        });
        var (request, range) = await run.Peer.ExpectAsync(Type.GetStateByRange, GetStateByRange.Parser);
        var asked = QueryMetadata.Parser.ParseFrom(range.Metadata);
        Assert.Equal((2, "before"), (asked.PageSize, asked.Bookmark));
        var batch = Batch(hasMore: false, "a", "b");
        batch.Metadata = new QueryResponseMetadata { FetchedRecordsCount = 2, Bookmark = "c" }.ToByteString();
        await run.Peer.AnswerAsync(request, batch);
        Assert.Equal("2 2 c", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task RichQuery_Sent_IsTheQueryAsItIs()
    {
        await using var run = await StubRun.StartAsync(
            stub => KeysAsync(stub.GetPrivateDataQueryResultAsync("col", "{}")));
        var (request, query) = await run.Peer.ExpectAsync(Type.GetQueryResult, GetQueryResult.Parser);
        Assert.Equal(("col", "{}"), (query.Collection, query.Query));
        await run.Peer.AnswerAsync(request, Batch(hasMore: false, "x"));
        Assert.Equal("x", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task History_OfAKey_HasChangesAndDeletions()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            var changes = new List<MicroCreds.Fabric.Chaincode.KeyModification>();
            await foreach (var change in stub.GetHistoryForKeyAsync("k"))
            {
                changes.Add(change);
            }

            Assert.True(changes[0].IsDelete);
            Assert.Null(changes[0].Value);
            Assert.Equal("v"u8.ToArray(), changes[1].Value!);
            Assert.Equal(TestProposal.Time, changes[1].Timestamp);
            return Response.Success(string.Join(',', changes.Select(change => change.TransactionId)));
        });
        var (request, asked) = await run.Peer.ExpectAsync(Type.GetHistoryForKey, GetHistoryForKey.Parser);
        Assert.Equal("k", asked.Key);
        await run.Peer.AnswerAsync(request, new QueryResponse
        {
            Results =
            {
                Result(new KeyModification { TxId = "t2", IsDelete = true }),
                Result(new KeyModification
                {
                    TxId = "t1",
                    Value = ByteString.CopyFromUtf8("v"),
                    Timestamp = Timestamp.FromDateTimeOffset(TestProposal.Time),
                }),
            },
        });
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal(("", "t2,t1"), (response.Message, response.Payload.ToStringUtf8()));
    }

    /// <summary>Whoever submits sets the time, and peers commit what no clock shows.</summary>
    [Theory]
    [InlineData(100, -5, "1970-01-01T00:01:40.0000000+00:00")]
    [InlineData(100, 1_500_000_000, "1970-01-01T00:01:41.5000000+00:00")]
    [InlineData(long.MaxValue, 0, "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData(long.MinValue, int.MinValue, "0001-01-01T00:00:00.0000000+00:00")]
    public async Task History_WithATimeThatNoClockShows_IsRead(long seconds, int nanos, string nearest)
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await foreach (var change in stub.GetHistoryForKeyAsync("k"))
                return Response.Success(change.Timestamp.ToString("O", CultureInfo.InvariantCulture));
            return Response.Error("There is no history.");
        });
        var (request, _) = await run.Peer.ExpectAsync(Type.GetHistoryForKey, GetHistoryForKey.Parser);
        await run.Peer.AnswerAsync(request, new QueryResponse
        {
            Results =
            {
                Result(new KeyModification
                {
                    TxId = "t1",
                    Timestamp = new Timestamp { Seconds = seconds, Nanos = nanos },
                }),
            },
        });
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal(("", nearest), (response.Message, response.Payload.ToStringUtf8()));
    }

    /// <summary>Peers do not check in a message with many keys whether they have the values.</summary>
    [Fact]
    public async Task PrivateData_OfManyKeys_IsReadOneByOneAlsoWhereThePeerReadsMany()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                var values = await stub.GetPrivateDataAsync("col", ["a", "b"]);
                return Response.Success($"{values[0]!.Length},{values[1]?.Length}");
            },
            ScriptedPeer.Batches);
        var (first, one) = await run.Peer.ExpectAsync(Type.GetState, GetState.Parser);
        await run.Peer.AnswerAsync(first, ByteString.CopyFromUtf8("v"));
        var (second, other) = await run.Peer.ExpectAsync(Type.GetState, GetState.Parser);
        await run.Peer.AnswerAsync(second, ByteString.Empty);
        Assert.Equal(("col", "a", "col", "b"), (one.Collection, one.Key, other.Collection, other.Key));
        Assert.Equal("1,", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task PrivateData_ReadAndHashed_NamesItsCollection()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            byte[]? value = await stub.GetPrivateDataAsync("col", "k");
            byte[]? hash = await stub.GetPrivateDataHashAsync("col", "k");
            return Response.Success((byte[])[.. value!, .. hash!]);
        });
        var (get, state) = await run.Peer.ExpectAsync(Type.GetState, GetState.Parser);
        Assert.Equal(("col", "k"), (state.Collection, state.Key));
        await run.Peer.AnswerAsync(get, ByteString.CopyFromUtf8("v"));
        var (getHash, hashed) = await run.Peer.ExpectAsync(Type.GetPrivateDataHash, GetState.Parser);
        Assert.Equal(("col", "k"), (hashed.Collection, hashed.Key));
        await run.Peer.AnswerAsync(getHash, ByteString.CopyFromUtf8("h"));
        Assert.Equal("vh", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task CompositeKey_InAnItem_ComesApartAgain()
    {
        string key = CompositeKey.Create("status", "root", "7");
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await foreach (var item in stub.GetStateByPartialCompositeKeyAsync("status"))
            {
                return Response.Success(string.Join('/', CompositeKey.Split(item.Key).Attributes));
            }

            return Response.Error("nothing");
        });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetStateByRange), Batch(hasMore: false, key));
        Assert.Equal("root/7", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    private static async Task<Response> KeysAsync(IAsyncEnumerable<KeyValue> items)
    {
        string keys = string.Empty;
        await foreach (var item in items)
        {
            keys += item.Key;
        }

        return Response.Success(keys);
    }

    private static QueryResponse Batch(bool hasMore, params string[] keys) =>
        new()
        {
            Id = "query1",
            HasMore = hasMore,
            Results = { keys.Select(key => Result(new KV { Key = key, Value = ByteString.CopyFromUtf8("v") })) },
        };

    private static QueryResultBytes Result(IMessage message) => new() { ResultBytes = message.ToByteString() };
}
