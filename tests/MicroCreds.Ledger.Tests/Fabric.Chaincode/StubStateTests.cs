using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using RecordType = MicroCreds.Fabric.Protocol.Peer.WriteRecord.Types.Type;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class StubStateTests
{
    private static readonly byte[] Value = "value"u8.ToArray();

    private static readonly SignaturePolicyEnvelope Policy =
        SignaturePolicies.SignedBy("AuroraMSP", MSPRole.Types.MSPRoleType.Peer);

    [Fact]
    public async Task GetState_AbsentKey_IsNull()
    {
        await using var run = await StubRun.StartAsync(async stub =>
            Response.Success((await stub.GetStateAsync("k")) is null ? "absent" : "there"));
        var (request, payload) = await run.Peer.ExpectAsync(Type.GetState, GetState.Parser);
        Assert.Equal(("k", string.Empty), (payload.Key, payload.Collection));
        Assert.Equal((StubRun.TransactionId, ScriptedPeer.Channel), (request.Txid, request.ChannelId));
        await run.Peer.AnswerAsync(request);
        Assert.Equal("absent", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task GetState_RefusedByThePeer_FailsWithItsWords()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await stub.GetStateAsync("k");
            return Response.Success();
        });
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.GetState), "GET_STATE failed: no ledger context");
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal((500, "GET_STATE failed: no ledger context"), (response.Status, response.Message));
    }

    [Fact]
    public async Task GetState_RefusedInSeveralLines_IsToldOnOne()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await stub.GetStateAsync("k");
            return Response.Success();
        });
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.GetState), "no\r\nERROR forged\u001b[31m");
        Assert.Equal(@"no\r\nERROR forged\u001b[31m", (await run.Peer.ExpectResponseAsync()).Message);
    }

    [Fact]
    public async Task Refusal_CaughtByTheChaincode_LeavesTheTransactionUsable()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await Assert.ThrowsAsync<PeerException>(async () => await stub.GetStateAsync("a"));
            return Response.Success(await stub.GetStateAsync("b"));
        });
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.GetState), "no");
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetState), ByteString.CopyFrom(Value));
        Assert.Equal("value", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task GetStates_PeerReadsMany_SplitsBySizeAndKeepsOrder()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                var values = await stub.GetStatesAsync([.. Enumerable.Range(0, 250).Select(i => $"k{i}")]);
                Assert.Equal(250, values.Count);
                Assert.Null(values[7]);
                return Response.Success(string.Join(',', values.Where(v => v is not null)
                    .Select(v => Encoding.UTF8.GetString(v!))));
            },
            ScriptedPeer.Batches);
        foreach (int size in new[] { 100, 100, 50 })
        {
            var (request, payload) = await run.Peer.ExpectAsync(Type.GetStateMultiple, GetStateMultiple.Parser);
            Assert.Equal(size, payload.Keys.Count);
            await run.Peer.AnswerAsync(request, new GetStateMultipleResult
            {
                Values = { payload.Keys.Select(key => ByteString.CopyFromUtf8(key == "k7" ? string.Empty : key)) },
            });
        }

        string expected = string.Join(',', Enumerable.Range(0, 250).Where(i => i != 7).Select(i => $"k{i}"));
        Assert.Equal(expected, (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task GetStates_AnswerOfAnotherCount_IsRefused(int count)
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                await stub.GetStatesAsync(["a", "b"]);
                return Response.Success();
            },
            ScriptedPeer.Batches);
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetStateMultiple), new GetStateMultipleResult
        {
            Values = { Enumerable.Repeat(ByteString.CopyFromUtf8("v"), count) },
        });
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal(500, response.Status);
        Assert.Contains($"{count} values for 2 keys", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStates_PeerReadsOne_AsksOneByOne()
    {
        await using var run = await StubRun.StartAsync(async stub =>
            Response.Success(string.Concat((await stub.GetStatesAsync(["a", "b"])).Select(v =>
                v is null ? "-" : Encoding.UTF8.GetString(v)))));
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetState), ByteString.CopyFromUtf8("A"));
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetState));
        Assert.Equal("A-", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task GetStates_NoKeys_AsksNothing()
    {
        await using var run = await StubRun.StartAsync(
            async stub => Response.Success($"{(await stub.GetStatesAsync([])).Count}"), ScriptedPeer.Batches);
        Assert.Equal("0", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Writes_PeerTakesNoBatches_GoOneByOne()
    {
        await using var run = await StubRun.StartAsync(WriteEverythingAsync);
        var (put, putState) = await run.Peer.ExpectAsync(Type.PutState, PutState.Parser);
        Assert.Equal(("a", "value", ""), (putState.Key, putState.Value.ToStringUtf8(), putState.Collection));
        await run.Peer.AnswerAsync(put);
        var (delete, delState) = await run.Peer.ExpectAsync(Type.DelState, DelState.Parser);
        Assert.Equal("b", delState.Key);
        await run.Peer.AnswerAsync(delete);
        var (metadata, putMetadata) = await run.Peer.ExpectAsync(Type.PutStateMetadata, PutStateMetadata.Parser);
        Assert.Equal(("a", "VALIDATION_PARAMETER"), (putMetadata.Key, putMetadata.Metadata.Metakey));
        Assert.Equal(Policy, SignaturePolicyEnvelope.Parser.ParseFrom(putMetadata.Metadata.Value));
        await run.Peer.AnswerAsync(metadata);
        var (purge, purged) = await run.Peer.ExpectAsync(Type.PurgePrivateData, PurgePrivateState.Parser);
        Assert.Equal(("col", "p"), (purged.Collection, purged.Key));
        await run.Peer.AnswerAsync(purge);
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Writes_PeerTakesBatches_GoTogetherAtTheEnd()
    {
        await using var run = await StubRun.StartAsync(WriteEverythingAsync, ScriptedPeer.Batches);
        var (request, batch) = await run.Peer.ExpectAsync(Type.WriteBatchState, WriteBatchState.Parser);
        Assert.Equal(
            [
                (RecordType.PutState, "", "a"), (RecordType.DelState, "", "b"),
                (RecordType.PutStateMetadata, "", "a"), (RecordType.PurgePrivateData, "col", "p"),
            ],
            batch.Rec.Select(r => (r.Type, r.Collection, r.Key)));
        Assert.Equal(Policy, SignaturePolicyEnvelope.Parser.ParseFrom(batch.Rec[2].Metadata.Value));
        await run.Peer.AnswerAsync(request);
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Writes_OfOneKeyInABatch_LastOneWins()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                await stub.PutStateAsync("a", "1"u8.ToArray());
                await stub.PutStateAsync("b", Value);
                await stub.DeleteStateAsync("b");
                await stub.PutStateAsync("a", "2"u8.ToArray());
                await stub.PutPrivateDataAsync("col", "a", "3"u8.ToArray());
                return Response.Success();
            },
            ScriptedPeer.Batches);
        var (_, batch) = await run.Peer.ExpectAsync(Type.WriteBatchState, WriteBatchState.Parser);
        Assert.Equal(
            [
                (RecordType.PutState, "", "a", "2"), (RecordType.DelState, "", "b", ""),
                (RecordType.PutState, "col", "a", "3"),
            ],
            batch.Rec.Select(r => (r.Type, r.Collection, r.Key, r.Value.ToStringUtf8())));
    }

    [Fact]
    public async Task Batch_LargerThanThePeerTakes_IsSplit()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                for (int i = 0; i < 201; i++)
                {
                    await stub.PutStateAsync($"k{i}", Value);
                }

                return Response.Success();
            },
            ScriptedPeer.Batches);
        foreach (int size in new[] { 100, 100, 1 })
        {
            var (request, batch) = await run.Peer.ExpectAsync(Type.WriteBatchState, WriteBatchState.Parser);
            Assert.Equal(size, batch.Rec.Count);
            await run.Peer.AnswerAsync(request);
        }

        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Batch_RefusedByThePeer_FailsTheTransaction()
    {
        await using var run = await StubRun.StartAsync(WriteEverythingAsync, ScriptedPeer.Batches);
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.WriteBatchState), "no such collection");
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal((500, "no such collection"), (response.Status, response.Message));
    }

    [Fact]
    public async Task Batch_OfAFailedTransaction_IsSentAsSingleWritesWouldHaveBeen()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                await stub.PutStateAsync("a", Value);
                throw new ChaincodeException("no");
            },
            ScriptedPeer.Batches);
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.WriteBatchState));
        Assert.Equal("no", (await run.Peer.ExpectResponseAsync()).Message);
    }

    [Fact]
    public async Task Batch_TurnedOff_StartsAndFinishesByHand()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                await stub.PutStateAsync("a", Value);
                stub.StartWriteBatch();
                await stub.PutStateAsync("b", Value);
                await stub.PutStateAsync("c", Value);
                await stub.FinishWriteBatchAsync();
                await stub.PutStateAsync("d", Value);
                return Response.Success();
            },
            ScriptedPeer.Batches,
            TestServer.Options with { BatchWrites = false });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.PutState));
        var (request, batch) = await run.Peer.ExpectAsync(Type.WriteBatchState, WriteBatchState.Parser);
        Assert.Equal(["b", "c"], batch.Rec.Select(r => r.Key));
        await run.Peer.AnswerAsync(request);
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.PutState));
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task ValueChangedAfterTheCall_InABatch_WasCopied()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                byte[] value = "good"u8.ToArray();
                await stub.PutStateAsync("a", value);
                value[0] = (byte)'f';
                return Response.Success();
            },
            ScriptedPeer.Batches);
        var (_, batch) = await run.Peer.ExpectAsync(Type.WriteBatchState, WriteBatchState.Parser);
        Assert.Equal("good", batch.Rec[0].Value.ToStringUtf8());
    }

    [Fact]
    public async Task ValidationParameter_SetAndUnset_ReadsAsPolicyOrNull()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            Assert.Equal(Policy, await stub.GetStateValidationParameterAsync("a"));
            Assert.Null(await stub.GetPrivateDataValidationParameterAsync("col", "b"));
            return Response.Success();
        });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetStateMetadata), new StateMetadataResult
        {
            Entries =
            {
                new StateMetadata { Metakey = "OTHER", Value = ByteString.CopyFromUtf8("x") },
                new StateMetadata { Metakey = "VALIDATION_PARAMETER", Value = Policy.ToByteString() },
            },
        });
        var (request, asked) = await run.Peer.ExpectAsync(Type.GetStateMetadata, GetStateMetadata.Parser);
        Assert.Equal(("col", "b"), (asked.Collection, asked.Key));
        await run.Peer.AnswerAsync(request, new StateMetadataResult());
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Arguments_ThatCanNeverBeRight_AreRefusedWithoutAskingThePeer()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await Assert.ThrowsAsync<StateArgumentException>(async () => await stub.GetStateAsync(""));
            await Assert.ThrowsAsync<ArgumentNullException>(async () => await stub.GetStateAsync(null!));
            await Assert.ThrowsAsync<StateArgumentException>(async () => await stub.PutStateAsync("", Value));
            var empty = await Assert.ThrowsAsync<StateArgumentException>(
                async () => await stub.PutStateAsync("k", default));
            Assert.Contains("deletion", empty.Message, StringComparison.Ordinal);
            var lone = await Assert.ThrowsAsync<StateArgumentException>(
                async () => await stub.PutStateAsync("ab\uD800", Value));
            Assert.Contains("position 2", lone.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StateArgumentException>(async () => await stub.GetStatesAsync(["a", ""]));
            await Assert.ThrowsAsync<StateArgumentException>(async () => await stub.GetPrivateDataAsync("", "k"));
            Assert.Throws<StateArgumentException>(() => stub.GetStateByRangeAsync("\0a", "b"));
            Assert.Throws<StateArgumentException>(() => stub.SetEvent(""));
            await Assert.ThrowsAsync<StateArgumentException>(
                async () => await stub.GetStateByRangeWithPaginationAsync("a", "b", 0));
            return Response.Success();
        });
        var response = await run.Peer.ExpectResponseAsync();
        Assert.Equal((200, ""), (response.Status, response.Message));
    }

    [Theory]
    [InlineData("", "v", "The key is empty")]
    [InlineData("k", "", "The value of 'k' is empty")]
    [InlineData("\0k", "v", "The attribute 0 of a composite key holds U+0000")]
    public async Task KeyOrValueOfTheCaller_ThatNoLedgerTakes_IsToldToTheCaller(string key, string value, string said)
    {
        await using var server = await TestServer.StartAsync(async stub =>
        {
            var arguments = stub.GetStringArguments();
            string composite = CompositeKey.Create("asset", arguments[1]);
            await stub.PutStateAsync(arguments[1], System.Text.Encoding.UTF8.GetBytes(arguments[2]));
            return Response.Success(composite);
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, ScriptedPeer.Batches);
        await peer.InvokeAsync("tx1", "Put", key, value);
        var response = await peer.ExpectResponseAsync("tx1");
        Assert.Equal(400, response.Status);
        Assert.StartsWith(said, response.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyPolicy_TakenAway_IsWrittenAsNone()
    {
        await using var run = await StubRun.StartAsync(async stub =>
        {
            await stub.ClearStateValidationParameterAsync("k");
            await stub.ClearPrivateDataValidationParameterAsync("col", "k");
            return await stub.GetStateValidationParameterAsync("k") is null
                ? Response.Success()
                : Response.Error("there is one");
        });
        var (first, cleared) = await run.Peer.ExpectAsync(Type.PutStateMetadata, PutStateMetadata.Parser);
        Assert.Equal(("NO_VALIDATION_PARAMETER", 0), (cleared.Metadata.Metakey, cleared.Metadata.Value.Length));
        await run.Peer.AnswerAsync(first);
        var (second, hidden) = await run.Peer.ExpectAsync(Type.PutStateMetadata, PutStateMetadata.Parser);
        Assert.Equal("col", hidden.Collection);
        await run.Peer.AnswerAsync(second);
        await run.Peer.AnswerAsync(
            await run.Peer.ExpectAsync(Type.GetStateMetadata),
            new StateMetadataResult { Entries = { new StateMetadata { Metakey = "VALIDATION_PARAMETER" } } });
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    private static async Task<Response> WriteEverythingAsync(ChaincodeStub stub)
    {
        await stub.PutStateAsync("a", Value);
        await stub.DeleteStateAsync("b");
        await stub.SetStateValidationParameterAsync("a", Policy);
        await stub.PurgePrivateDataAsync("col", "p");
        return Response.Success();
    }
}
