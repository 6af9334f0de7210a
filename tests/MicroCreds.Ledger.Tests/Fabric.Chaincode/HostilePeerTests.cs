using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.Fabric.Protocol;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>What a peer never does, or does only when it breaks.</summary>
public sealed class HostilePeerTests
{
    private static readonly Func<ChaincodeStub, Task<Response>> ReadOne = async stub =>
        Response.Success(await stub.GetStateAsync("k"));

    [Theory]
    [InlineData(Type.Response)]
    [InlineData(Type.Error)]
    public async Task Answer_ToAnUnknownTransaction_IsIgnored(Type type)
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage { Type = type, Txid = "unknown", ChannelId = ScriptedPeer.Channel });
        await peer.InvokeAsync("tx1", "run");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task Answer_GivenTwice_CountsOnce()
    {
        await using var run = await StubRun.StartAsync(async stub =>
            Response.Success((byte[])[.. (await stub.GetStateAsync("a"))!, .. (await stub.GetStateAsync("b"))!]));
        var first = await run.Peer.ExpectAsync(Type.GetState);
        await run.Peer.AnswerAsync(first, ByteString.CopyFromUtf8("1"));
        var second = await run.Peer.ExpectAsync(Type.GetState);
        await run.Peer.AnswerAsync(second, ByteString.CopyFromUtf8("2"));
        await run.Peer.AnswerAsync(second, ByteString.CopyFromUtf8("3"));
        Assert.Equal("12", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Transaction_SentTwice_IsRefusedAndTheFirstGoesOn()
    {
        await using var run = await StubRun.StartAsync(ReadOne);
        var request = await run.Peer.ExpectAsync(Type.GetState);
        await run.Peer.InvokeAsync(StubRun.TransactionId, "run");
        var refused = await run.Peer.ExpectAsync(Type.Error);
        Assert.Contains("already running", refused.Payload.ToStringUtf8(), StringComparison.Ordinal);
        await run.Peer.AnswerAsync(request, ByteString.CopyFromUtf8("v"));
        Assert.Equal("v", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Transaction_WithTheIdOfAFinishedOne_Runs()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        for (int i = 0; i < 3; i++)
        {
            await peer.InvokeAsync("tx1", "run");
            Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
        }
    }

    [Fact]
    public async Task Transaction_WithUnknownFieldsNestedDeep_RunsAsWithout()
    {
        await using var run = await StubRun.StartAsync(ReadOne);
        var request = await run.Peer.ExpectAsync(Type.GetState);
        var input = new ChaincodeInput { Args = { ByteString.CopyFromUtf8("run") } };
        await run.Peer.SendAsync(new ChaincodeMessage
        {
            Type = Type.Transaction,
            Txid = "deep",
            ChannelId = ScriptedPeer.Channel,
            Payload = NestedGroups.Behind(input.ToByteString(), 9_000),
            Proposal = NestedGroups.Within(TestProposal.Default, 9_000),
        });
        var deep = await run.Peer.ExpectAsync(Type.GetState);
        Assert.Equal("deep", deep.Txid);
        await run.Peer.AnswerAsync(request, ByteString.CopyFromUtf8("v"));
        Assert.Equal("v", (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Transaction_ThatCannotBeRead_IsAnErrorOfThatTransactionAlone()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage
        {
            Type = Type.Transaction,
            Txid = "bad",
            ChannelId = ScriptedPeer.Channel,
            Payload = ByteString.CopyFrom(0xff, 0xff, 0xff),
        });
        var error = await peer.ExpectAsync(Type.Error);
        Assert.Equal("bad", error.Txid);
        await peer.InvokeAsync("tx1", "run");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task Ids_OfNullBytesAndNothing_AreIdsLikeOthers()
    {
        await using var server = await TestServer.StartAsync(
            stub => Task.FromResult(Response.Success(stub.TransactionId)));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        foreach (string id in new[] { "\0\0", "", "tx\n1" })
        {
            await peer.InvokeAsync(id, "run", "\0");
            Assert.Equal(id, (await peer.ExpectResponseAsync(id)).Payload.ToStringUtf8());
        }
    }

    [Theory]
    [InlineData(Type.Ready)]
    [InlineData(Type.Transaction)]
    [InlineData(Type.Response)]
    public async Task Message_BeforeRegistered_EndsTheStream(Type type)
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = ScriptedPeer.Dial(server.Endpoint);
        await peer.ExpectAsync(Type.Register);
        await peer.SendAsync(new ChaincodeMessage { Type = type, Txid = "tx1" });
        Assert.Equal(StatusCode.FailedPrecondition, await peer.ExpectEndAsync());
    }

    [Theory]
    [InlineData(Type.Register)]
    [InlineData(Type.Registered)]
    [InlineData(Type.Completed)]
    [InlineData(Type.GetState)]
    [InlineData((Type)99)]
    public async Task Message_OfATypeNobodyTakes_EndsTheStreamAndFailsWhatIsInFlight(Type type)
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var run = await StubRun.StartAsync(async stub =>
        {
            failed.SetResult((await Record.ExceptionAsync(async () => await stub.GetStateAsync("k")))!);
            return Response.Success();
        });
        await run.Peer.ExpectAsync(Type.GetState);
        await run.Peer.SendAsync(new ChaincodeMessage { Type = type, Txid = StubRun.TransactionId });
        Assert.Equal(StatusCode.FailedPrecondition, await run.Peer.ExpectEndAsync());
        Assert.IsType<PeerException>(await failed.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ready_WithGarbage_MeansAPeerThatTakesNoBatches()
    {
        await using var server = await TestServer.StartAsync(async stub =>
        {
            await stub.PutStateAsync("k", "v"u8.ToArray());
            return Response.Success();
        });
        await using var peer = ScriptedPeer.Dial(server.Endpoint);
        await peer.ExpectAsync(Type.Register);
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Registered });
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Ready, Payload = ByteString.CopyFrom(0xff, 0xff) });
        await peer.InvokeAsync("tx1", "run");
        await peer.AnswerAsync(await peer.ExpectAsync(Type.PutState));
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task Stream_Cut_FailsWhatIsInFlightAndCancelsItsToken()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (stub, cancellationToken) =>
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(() => cancelled.SetResult());
            var exception = await Record.ExceptionAsync(async () => await stub.GetStateAsync("k"));
            await cancelled.Task;
            failed.SetResult(exception!);
            return Response.Success();
        });
        await using (var peer = await ScriptedPeer.ConnectAsync(server.Endpoint))
        {
            await peer.InvokeAsync("tx1", "run");
            await peer.ExpectAsync(Type.GetState);
            asked.SetResult();
        }

        var lost = Assert.IsType<PeerException>(await failed.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("tx1 lost the peer", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Cut_LetsThePeerDialAgain()
    {
        await using var server = await TestServer.StartAsync(ReadOne);
        for (int i = 0; i < 3; i++)
        {
            await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
            await peer.InvokeAsync("tx1", "run");
            await peer.AnswerAsync(await peer.ExpectAsync(Type.GetState), ByteString.CopyFromUtf8("v"));
            Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
            await peer.InvokeAsync("left behind", "run");
            await peer.ExpectAsync(Type.GetState);
        }
    }

    [Fact]
    public async Task Peers_DialingAtOnce_AreConversationsOfTheirOwn()
    {
        await using var server = await TestServer.StartAsync(ReadOne);
        await using var first = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await using var second = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await first.InvokeAsync("tx1", "run");
        await second.InvokeAsync("tx1", "run");
        await second.AnswerAsync(await second.ExpectAsync(Type.GetState), ByteString.CopyFromUtf8("2"));
        await first.AnswerAsync(await first.ExpectAsync(Type.GetState), ByteString.CopyFromUtf8("1"));
        Assert.Equal("1", (await first.ExpectResponseAsync("tx1")).Payload.ToStringUtf8());
        Assert.Equal("2", (await second.ExpectResponseAsync("tx1")).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Messages_TooLargeForAPeer_AreErrorsAndTheStreamStays()
    {
        var options = TestServer.Options with { MaxMessageBytes = 1024 * 1024 };
        await using var server = await TestServer.StartAsync(
            async stub =>
            {
                if (stub.GetFunctionAndParameters().Function == "write")
                {
                    await stub.PutStateAsync("k", new byte[1024 * 1024]);
                }

                return Response.Success(new byte[stub.Arguments.Count == 1 ? 1024 * 1024 : 1]);
            },
            options);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, ScriptedPeer.Batches);
        await peer.InvokeAsync("tx1", "write");
        var refused = await peer.ExpectResponseAsync("tx1");
        Assert.Equal(500, refused.Status);
        Assert.Contains("1048576 bytes is too large", refused.Message, StringComparison.Ordinal);

        // Not an ERROR of the server, upon which a gateway would try it at every other peer.
        await peer.InvokeAsync("tx2", "result");
        var answered = await peer.ExpectResponseAsync("tx2");
        Assert.Equal(500, answered.Status);
        Assert.Contains("a peer takes 1048576", answered.Message, StringComparison.Ordinal);
        await peer.InvokeAsync("tx3", "result", "small");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx3")).Status);
    }

    [Fact]
    public async Task Value_OfManyMegabytes_Arrives()
    {
        byte[] value = new byte[20 * 1024 * 1024];
        await using var run = await StubRun.StartAsync(async stub =>
        {
            byte[]? read = await stub.GetStateAsync("k");
            await stub.PutStateAsync("k", read);
            return Response.Success();
        });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.GetState), ByteString.CopyFrom(value));
        var (request, put) = await run.Peer.ExpectAsync(Type.PutState, PutState.Parser);
        Assert.Equal(value.Length, put.Value.Length);
        await run.Peer.AnswerAsync(request);
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Call_NotAwaited_IsFinishedBeforeTheTransactionIs()
    {
        await using var run = await StubRun.StartAsync(stub =>
        {
            _ = stub.PutStateAsync("k", "v"u8.ToArray()).AsTask();
            return Task.FromResult(Response.Success());
        });
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.PutState));
        Assert.Equal(200, (await run.Peer.ExpectResponseAsync()).Status);
    }

    [Fact]
    public async Task Stub_UsedAfterItsTransaction_SaysSo()
    {
        ChaincodeStub? kept = null;
        await using var run = await StubRun.StartAsync(stub =>
        {
            kept = stub;
            return Task.FromResult(Response.Success());
        });
        await run.Peer.ExpectResponseAsync();
        var late = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await kept!.GetStateAsync("k"));
        Assert.Contains("is over", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transactions_BeyondTheLimit_AreRefusedClearly()
    {
        await using var server = await TestServer.StartAsync(
            ReadOne, TestServer.Options with { MaxConcurrentTransactions = 1, ShutdownTimeout = TimeSpan.Zero });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "run");
        var request = await peer.ExpectAsync(Type.GetState);
        await peer.InvokeAsync("tx2", "run");
        var refused = await peer.ExpectAsync(Type.Error);
        Assert.Equal("tx2", refused.Txid);
        Assert.Contains("busy with 1 transactions", refused.Payload.ToStringUtf8(), StringComparison.Ordinal);
        await peer.AnswerAsync(request);
        await peer.ExpectResponseAsync("tx1");
        await peer.InvokeAsync("tx2", "run");
        await peer.ExpectAsync(Type.GetState);
    }

    [Fact]
    public async Task Response_ThatIsNone_IsAnsweredAndLeavesItsSlot()
    {
        await using var server = await TestServer.StartAsync(
            stub => Task.FromResult(stub.Arguments.Count == 1
                ? new Response { Message = null! }
                : Response.Success()),
            TestServer.Options with { MaxConcurrentTransactions = 1 });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        for (int i = 0; i < 3; i++)
        {
            await peer.InvokeAsync("tx1", "run");
            var failed = await peer.ExpectResponseAsync("tx1");
            Assert.Equal(500, failed.Status);
            Assert.Contains("failed unexpectedly", failed.Message, StringComparison.Ordinal);
        }

        await peer.InvokeAsync("tx2", "run", "well");
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx2")).Status);
    }

    [Fact]
    public async Task KeepAlive_WithAPayload_ComesBackWithoutIt()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage
        {
            Type = Type.Keepalive,
            Payload = ByteString.CopyFrom(new byte[1024 * 1024]),
        });
        Assert.Equal(0, (await peer.ExpectAsync(Type.Keepalive)).Payload.Length);
    }
}
