using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>What a chaincode gets when it asks its peer for the state, message by message.</summary>
public sealed class StateRequestTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string Unmarshal = "unmarshal failed: proto: cannot parse invalid wire-format data";

    private GatewayCaller Caller => field ??= network.Caller(AnyOne);

    [Fact]
    public async Task Ready_OffersBatchesOfAThousand()
    {
        await Caller.EvaluateAsync("nothing");

        var parameters = network.Chaincode(AnyOne, Alpha).Stream.Parameters;

        Assert.Equal(
            new ChaincodeAdditionalParams
            {
                UseWriteBatch = true,
                MaxSizeWriteBatch = 1000,
                UseGetMultipleKeys = true,
                MaxSizeGetMultipleKeys = 1000,
            },
            parameters);
    }

    [Fact]
    public async Task GetState_AbsentKeyAndOwnWrite_AreEmpty()
    {
        Assert.Empty(await AskAsync(MessageType.GetState, new GetState { Key = "absent" }));
        Assert.Empty(await AskAsync(MessageType.GetState, new GetState { Key = "" }));
        Assert.Empty(await AskAsync(MessageType.DelState, new DelState { Key = "absent" }));
    }

    [Fact]
    public async Task GetStateMultiple_KeepsTheOrderOfTheKeys()
    {
        await Caller.SubmitAsync("put", "multiple", "value");

        byte[] answer = await AskAsync(
            MessageType.GetStateMultiple, new GetStateMultiple { Keys = { "absent", "multiple", "absent" } });

        Assert.Equal(["", "value", ""], GetStateMultipleResult.Parser.ParseFrom(answer).Values
            .Select(value => value.ToStringUtf8()));
    }

    [Fact]
    public async Task WriteBatch_PutsAndDeletes()
    {
        await Caller.SubmitAsync("put", "batch1", "old");
        var batch = new WriteBatchState
        {
            Rec =
            {
                new WriteRecord { Type = WriteRecord.Types.Type.DelState, Key = "batch1" },
                new WriteRecord
                {
                    Type = WriteRecord.Types.Type.PutState,
                    Key = "batch2",
                    Value = ByteString.CopyFromUtf8("new"),
                },
            },
        };

        var status = await Caller.SubmitAsync(Ask(MessageType.WriteBatchState, batch));

        Assert.Equal(TxValidationCode.Valid, status.Result);
        Assert.Equal("", await Caller.EvaluateAsync("get", "batch1"));
        Assert.Equal("new", await Caller.EvaluateAsync("get", "batch2"));
    }

    [Fact]
    public async Task Range_LongerThanABatch_ComesInBatchesOfAHundred()
    {
        await FillAsync("r", 250);
        var sizes = new List<int>();

        // Every message belongs to one transaction, so that one script must ask for them all.
        string answer = await Caller.EvaluateAsync(["scan", "r", "s"]);

        sizes.AddRange(answer.Split(',').Select(size => int.Parse(size, null)));
        Assert.Equal([100, 100, 50], sizes);
    }

    [Fact]
    public async Task Page_SaysWhereTheNextOneStarts()
    {
        await FillAsync("p", 5);
        byte[] answer = await AskAsync(MessageType.GetStateByRange, new GetStateByRange
        {
            StartKey = "p",
            EndKey = "q",
            Metadata = new QueryMetadata { PageSize = 3 }.ToByteString(),
        });

        var page = QueryResponse.Parser.ParseFrom(answer);
        var metadata = QueryResponseMetadata.Parser.ParseFrom(page.Metadata);

        Assert.False(page.HasMore);
        Assert.Equal(["p00000", "p00001", "p00002"], page.Results.Select(KeyOf));
        Assert.Equal((3, "p00003"), (metadata.FetchedRecordsCount, metadata.Bookmark));

        byte[] last = await AskAsync(MessageType.GetStateByRange, new GetStateByRange
        {
            StartKey = "p",
            EndKey = "q",
            Metadata = new QueryMetadata { PageSize = 3, Bookmark = "p00003" }.ToByteString(),
        });
        metadata = QueryResponseMetadata.Parser.ParseFrom(QueryResponse.Parser.ParseFrom(last).Metadata);
        Assert.Equal((2, ""), (metadata.FetchedRecordsCount, metadata.Bookmark));
    }

    [Fact]
    public async Task History_IsNewestFirst()
    {
        await Caller.SubmitAsync("put", "history", "1");
        await Caller.SubmitAsync("put", "history", "2");
        await Caller.SubmitAsync(Ask(MessageType.DelState, new DelState { Key = "history" }));

        byte[] answer = await AskAsync(MessageType.GetHistoryForKey, new GetHistoryForKey { Key = "history" });

        var changes = QueryResponse.Parser.ParseFrom(answer).Results
            .Select(result => KeyModification.Parser.ParseFrom(result.ResultBytes)).ToList();
        Assert.Equal([(true, ""), (false, "2"), (false, "1")],
            changes.Select(change => (change.IsDelete, change.Value.ToStringUtf8())));
        Assert.All(changes, change => Assert.Equal(64, change.TxId.Length));
        Assert.All(changes, change => Assert.NotNull(change.Timestamp));
    }

    [Fact]
    public async Task Metadata_IsReadBackAfterTheCommit()
    {
        await Caller.SubmitAsync("put", "metadata", "1");
        await Caller.SubmitAsync("policy", "metadata", Alpha);

        byte[] answer = await AskAsync(MessageType.GetStateMetadata, new GetStateMetadata { Key = "metadata" });

        var entry = Assert.Single(StateMetadataResult.Parser.ParseFrom(answer).Entries);
        Assert.Equal("VALIDATION_PARAMETER", entry.Metakey);
        Assert.NotEmpty(entry.Value);
    }

    [Fact]
    public async Task Close_AnsweredWithTheId_EvenIfUnknown()
    {
        byte[] answer = await AskAsync(MessageType.QueryStateClose, new QueryStateClose { Id = "nosuch" });

        Assert.Equal(new QueryResponse { Id = "nosuch" }, QueryResponse.Parser.ParseFrom(answer));
    }

    public static TheoryData<MessageType, IMessage?, string> Refusals => new()
    {
        { MessageType.GetState, null, Unmarshal },
        { MessageType.WriteBatchState, null, Unmarshal },
        { MessageType.InvokeChaincode, null, Unmarshal },
        { MessageType.QueryStateNext, new QueryStateNext { Id = "nosuch" }, "query iterator not found" },
        { MessageType.GetQueryResult, new GetQueryResult { Query = "{}" }, "ExecuteQuery not supported for leveldb" },
        {
            MessageType.GetQueryResult,
            new GetQueryResult { Query = "{}", Metadata = new QueryMetadata { PageSize = 1 }.ToByteString() },
            "ExecuteQueryWithMetadata not supported for leveldb"
        },
        { MessageType.GetState, new GetState { Key = "k", Collection = "c" }, NoCollection },
        { MessageType.PutState, new PutState { Key = "k", Collection = "c" }, NoCollection },
        { MessageType.DelState, new DelState { Key = "k", Collection = "c" }, NoCollection },
        { MessageType.GetStateByRange, new GetStateByRange { Collection = "c" }, NoCollection },
        { MessageType.GetStateMultiple, new GetStateMultiple { Collection = "c" }, NoCollection },
        { MessageType.PurgePrivateData, new PurgePrivateState { Key = "k", Collection = "c" }, NoCollection },
        { MessageType.PurgePrivateData, new PurgePrivateState { Key = "k" }, "only applicable for private data" },
        {
            MessageType.GetPrivateDataHash,
            new GetState { Key = "k", Collection = "c" },
            $"collection [c] not defined in the collection config for chaincode [{AnyOne}]"
        },
        { MessageType.PutStateMetadata, new PutStateMetadata { Key = "k" }, "panic during execution" },
        {
            MessageType.WriteBatchState,
            new WriteBatchState { Rec = { new WriteRecord { Key = "k" } } },
            "unknown operation type"
        },
        {
            MessageType.InvokeChaincode,
            Call("nope"),
            $"execute failed: invalid invocation: [channel {Channel}] failed to get chaincode container info for nope: "
            + "chaincode nope not found"
        },
        {
            MessageType.InvokeChaincode,
            Call(Nowhere),
            $"execute failed: invalid invocation: [channel {Channel}] failed to get chaincode container info for "
            + $"{Nowhere}: chaincode definition for '{Nowhere}' exists, but chaincode is not installed"
        },
        {
            MessageType.InvokeChaincode,
            Call($"{TwoOfThree}/nochannel"),
            "Failed to get policy manager for channel [nochannel]"
        },
        {
            MessageType.InvokeChaincode,
            new ChaincodeSpec { ChaincodeId = new ChaincodeID { Name = TwoOfThree } },
            "panic during execution"
        },
    };

    private static string NoCollection => $"collection {Channel}/{AnyOne}/c could not be found";

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refusals))]
    public async Task Request_NotPossible_IsAnsweredWithAnError(MessageType type, IMessage? request, string reason)
    {
        byte[] payload = request?.ToByteArray() ?? [0xFF, 0xFF];
        var draft = Caller.Draft("ask", type.ToString(), Convert.ToBase64String(payload));
        string name = ChaincodeMessage.Descriptor.EnumTypes.Single().FindValueByNumber((int)type).Name;

        var e = await Assert.ThrowsAsync<RpcException>(() => Caller.EvaluateAsync(draft));

        Assert.Equal(
            $"evaluate call to endorser returned error: chaincode response 500, {name} failed: transaction ID: "
                + $"{draft.Channel.TxId}: {reason}",
            e.Status.Detail);
    }

    [Fact]
    public async Task Key_ThatIsNotUtf8_IsRefused()
    {
        // Field 1, two bytes, no UTF-8: the key of a GetState.
        var draft = Caller.Draft("ask", nameof(MessageType.GetState), Convert.ToBase64String([0x0A, 0x02, 0xC3, 0x28]));

        var e = await Assert.ThrowsAsync<RpcException>(() => Caller.EvaluateAsync(draft));

        Assert.EndsWith(
            "unmarshal failed: string field contains invalid UTF-8", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paging_ThenWriting_IsRefused()
    {
        var page = new GetStateByRange { Metadata = new QueryMetadata { PageSize = 1 }.ToByteString() };
        var draft = Caller.Draft([.. Ask(MessageType.GetStateByRange, page), "PutState",
            Convert.ToBase64String(new PutState { Key = "k" }.ToByteArray())]);

        var e = await Assert.ThrowsAsync<RpcException>(() => Caller.EvaluateAsync(draft));

        Assert.EndsWith(
            $"PUT_STATE failed: transaction ID: {draft.Channel.TxId}: txid [{draft.Channel.TxId}]: unsuppored "
                + "transaction. Transaction has already performed a paginated query. Writes are not allowed",
            e.Status.Detail,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TwoOfThree)]
    [InlineData(TwoOfThree + ":1.0/" + Channel)]
    public async Task Invoke_AnotherChaincode_ReadsAndWritesUnderBothPolicies(string name)
    {
        await network.Caller().SubmitAsync("put", "called", "there");

        byte[] answer = await AskAsync(MessageType.InvokeChaincode, Call(name, "get", "called"));
        var endorsed = await Caller.EndorseAsync(
            Caller.Draft(Ask(MessageType.InvokeChaincode, Call(name, "put", "called", "again"))));

        var last = ChaincodeMessage.Parser.ParseFrom(answer);
        Assert.Equal(MessageType.Completed, last.Type);
        Assert.Equal("there", Response.Parser.ParseFrom(last.Payload).Payload.ToStringUtf8());
        Assert.Equal(2, GatewayCaller.EndorsersOf(endorsed).Length);
        Assert.Equal("", await Caller.EvaluateAsync("get", "called"));
    }

    [Fact]
    public async Task Invoke_Itself_FindsItsTransactionIdInUse()
    {
        var draft = Caller.Draft(Ask(MessageType.InvokeChaincode, Call(AnyOne, "get", "k")));

        var e = await Assert.ThrowsAsync<RpcException>(() => Caller.EvaluateAsync(draft));

        Assert.EndsWith(
            $": execute failed: error sending: txid: {draft.Channel.TxId}({Channel}) exists",
            e.Status.Detail,
            StringComparison.Ordinal);
    }

    private static ChaincodeSpec Call(string name, params string[] arguments) => new()
    {
        ChaincodeId = new ChaincodeID { Name = name },
        Input = new ChaincodeInput { Args = { arguments.Select(ByteString.CopyFromUtf8) } },
    };

    private static string KeyOf(QueryResultBytes result) => KV.Parser.ParseFrom(result.ResultBytes).Key;

    private static string[] Ask(MessageType type, IMessage request) =>
        ["ask", type.ToString(), Convert.ToBase64String(request.ToByteArray())];

    private async Task<byte[]> AskAsync(MessageType type, IMessage request) =>
        Convert.FromBase64String(await Caller.EvaluateAsync(Ask(type, request)));

    private async Task FillAsync(string prefix, int count)
    {
        var batch = new WriteBatchState
        {
            Rec =
            {
                Enumerable.Range(0, count).Select(i => new WriteRecord
                {
                    Type = WriteRecord.Types.Type.PutState,
                    Key = $"{prefix}{i:D5}",
                    Value = ByteString.CopyFromUtf8("v"),
                }),
            },
        };
        await Caller.SubmitAsync(Ask(MessageType.WriteBatchState, batch));
    }
}
