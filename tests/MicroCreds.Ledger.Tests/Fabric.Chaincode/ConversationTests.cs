using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class ConversationTests
{
    [Fact]
    public async Task Connect_FirstMessage_RegistersTheChaincodeId()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        Assert.Equal(TestServer.ChaincodeId, peer.RegisteredName);
    }

    [Fact]
    public async Task Transaction_Answered_CompletesWithStatusPayloadAndEvent()
    {
        await using var server = await TestServer.StartAsync(stub =>
        {
            stub.SetEvent("issued", "root"u8.ToArray());
            return Task.FromResult(Response.Success("done"));
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "Issue");
        var completed = await peer.ExpectAsync(Type.Completed);
        var response = MicroCreds.Fabric.Protocol.Peer.Response.Parser.ParseFrom(completed.Payload);
        Assert.Equal(("tx1", ScriptedPeer.Channel), (completed.Txid, completed.ChannelId));
        Assert.Equal((200, "done"), (response.Status, response.Payload.ToStringUtf8()));
        Assert.Equal("issued", completed.ChaincodeEvent.EventName);
        Assert.Equal("root", completed.ChaincodeEvent.Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Init_Invoked_IsKnownToTheChaincode()
    {
        await using var server = await TestServer.StartAsync(
            stub => Task.FromResult(Response.Success(stub.IsInit.ToString())));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Init, Txid = "tx1", ChannelId = ScriptedPeer.Channel });
        Assert.Equal("True", (await peer.ExpectResponseAsync("tx1")).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Keepalive_Sent_ComesBack()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult(Response.Success()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Keepalive });
        await peer.ExpectAsync(Type.Keepalive);
    }

    [Fact]
    public async Task ChaincodeException_Thrown_BecomesExactlyThatResponse()
    {
        await using var server = await TestServer.StartAsync(
            _ => throw new ChaincodeException("Achievement 'x' is retired.", 409));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "Issue");
        var response = await peer.ExpectResponseAsync("tx1");
        Assert.Equal((409, "Achievement 'x' is retired."), (response.Status, response.Message));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OtherException_Thrown_TellsTheCallerOnlyTheTransaction(bool synchronously)
    {
        await using var server = await TestServer.StartAsync(async _ =>
        {
            if (!synchronously)
            {
                await Task.Yield();
            }

            throw new InvalidDataException("the password is 1234");
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "Issue");
        var response = await peer.ExpectResponseAsync("tx1");
        Assert.Equal(500, response.Status);
        Assert.Contains("tx1", response.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NullResponse_Returned_IsAnError()
    {
        await using var server = await TestServer.StartAsync(_ => Task.FromResult<Response>(null!));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "Issue");
        Assert.Equal(500, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task SlowTransactions_Running_DoNotHoldUpOthers()
    {
        using var released = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(stub =>
        {
            // Blocks its thread, as a handler that never awaits does.
            if (stub.GetFunctionAndParameters().Function == "slow")
            {
                released.Wait(TestContext.Current.CancellationToken);
            }

            return Task.FromResult(Response.Success());
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("slow", "slow");
        for (int i = 0; i < 50; i++)
        {
            await peer.InvokeAsync($"tx{i}", "quick");
            await peer.ExpectResponseAsync($"tx{i}");
        }

        released.Set();
        await peer.ExpectResponseAsync("slow");
    }

    [Fact]
    public async Task ManyTransactions_AnsweredInAnyOrder_EachGetItsOwnAnswer()
    {
        const int Count = 200;
        await using var server = await TestServer.StartAsync(async stub =>
        {
            byte[]? first = await stub.GetStateAsync(stub.TransactionId);
            byte[]? second = await stub.GetStateAsync(stub.TransactionId + "b");
            return Response.Success(Encoding.UTF8.GetString(first!) + Encoding.UTF8.GetString(second!));
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        for (int i = 0; i < Count; i++)
        {
            await peer.InvokeAsync($"tx{i}", "read");
        }

        var asked = new List<ChaincodeMessage>();
        for (int i = 0; i < Count; i++)
        {
            asked.Add(await peer.ExpectAsync(Type.GetState));
        }

        // The answers come in the opposite order, and each second request at once.
        asked.Reverse();
        int completed = 0;
        foreach (var request in asked)
        {
            await peer.AnswerAsync(request, GetState.Parser.ParseFrom(request.Payload).ToKeyBytes());
            var second = await peer.ExpectAsync(Type.GetState);
            await peer.AnswerAsync(second, GetState.Parser.ParseFrom(second.Payload).ToKeyBytes());
            var done = await peer.ExpectAsync(Type.Completed);
            var response = MicroCreds.Fabric.Protocol.Peer.Response.Parser.ParseFrom(done.Payload);
            Assert.Equal($"{done.Txid}{done.Txid}b", response.Payload.ToStringUtf8());
            completed++;
        }

        Assert.Equal(Count, completed);
    }

    [Fact]
    public async Task SameIdOnTwoChannels_Running_AreTwoTransactions()
    {
        await using var server = await TestServer.StartAsync(async stub =>
        {
            byte[]? value = await stub.GetStateAsync("k");
            return Response.Success(value);
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "read");
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Transaction, Txid = "tx1", ChannelId = "other" });
        var first = await peer.ExpectAsync(Type.GetState);
        var second = await peer.ExpectAsync(Type.GetState);
        foreach (var request in new[] { first, second })
        {
            await peer.AnswerAsync(request, ByteString.CopyFromUtf8(request.ChannelId));
            var done = await peer.ExpectAsync(Type.Completed);
            var response = MicroCreds.Fabric.Protocol.Peer.Response.Parser.ParseFrom(done.Payload);
            Assert.Equal(done.ChannelId, response.Payload.ToStringUtf8());
        }
    }

    [Fact]
    public async Task CallsInParallel_OfOneTransaction_ReachThePeerOneByOne()
    {
        await using var server = await TestServer.StartAsync(async stub =>
        {
            byte[]?[] values = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(i => stub.GetStateAsync($"k{i}").AsTask()));
            return Response.Success(string.Concat(values.Select(v => Encoding.UTF8.GetString(v!))));
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "read");
        for (int i = 0; i < 10; i++)
        {
            var request = await peer.ExpectAsync(Type.GetState);

            // A second request would overtake this keepalive's way there and back.
            await peer.SendAsync(new ChaincodeMessage { Type = Type.Keepalive });
            await peer.ExpectAsync(Type.Keepalive);
            await peer.AnswerAsync(request, GetState.Parser.ParseFrom(request.Payload).ToKeyBytes());
        }

        Assert.Equal("k0k1k2k3k4k5k6k7k8k9", (await peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }
}
