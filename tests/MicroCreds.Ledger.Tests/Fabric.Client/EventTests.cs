using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using ChaincodeEvent = MicroCreds.Fabric.Client.ChaincodeEvent;
using DeliverResponse = MicroCreds.Fabric.Protocol.Peer.DeliverResponse;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class EventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ChaincodeEvents_OfABlock_ComeOneByOne()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnChaincodeEvents = async (request, stream, context) =>
        {
            await stream.WriteAsync(EventsOf(4, "a", "b"), context.CancellationToken);
            await stream.WriteAsync(EventsOf(6, "c"), context.CancellationToken);
        };
        var events = await ToListAsync(server.Network().GetChaincodeEvents("microcreds", null, Cancel));
        Assert.Equal(["4 a", "4 b", "6 c"], events.Select(item => $"{item.BlockNumber} {item.TransactionId}"));
        Assert.All(events, item => Assert.Equal("Issued", item.EventName));
        Assert.Equal("payload of a", ByteString.CopyFrom(events[0].Payload.Span).ToStringUtf8());
    }

    [Fact]
    public async Task Start_DefaultThenOptionThenCheckpoint_TheLatterWins()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var seen = new List<ChaincodeEventsRequest>();
        server.OnChaincodeEvents = (request, _, _) =>
        {
            seen.Add(ChaincodeEventsRequest.Parser.ParseFrom(request.Request));
            return Task.CompletedTask;
        };
        var network = server.Network();
        var checkpointer = new InMemoryCheckpointer();
        var start = new EventOptions { StartBlock = 5, AfterTransactionId = "x", Checkpointer = checkpointer };
        await ToListAsync(network.GetChaincodeEvents("microcreds", null, Cancel));
        await ToListAsync(network.GetChaincodeEvents("microcreds", start, Cancel));
        await checkpointer.SaveAsync(Checkpoint.AfterBlock(8), Cancel);
        await ToListAsync(network.GetChaincodeEvents("microcreds", start, Cancel));
        Assert.Equal(SeekPosition.TypeOneofCase.NextCommit, seen[0].StartPosition.TypeCase);
        Assert.Equal((5UL, "x"), (seen[1].StartPosition.Specified.Number, seen[1].AfterTransactionId));
        Assert.Equal((9UL, ""), (seen[2].StartPosition.Specified.Number, seen[2].AfterTransactionId));
    }

    [Fact]
    public async Task Blocks_InAllThreeForms_AreDelivered()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = async (form, _, stream, context) => await stream.WriteAsync(form switch
        {
            "blocks" => new DeliverResponse { Block = Block(3) },
            "filtered" => new DeliverResponse { FilteredBlock = new FilteredBlock { Number = 4 } },
            _ => new DeliverResponse { BlockAndPrivateData = new BlockAndPrivateData { Block = Block(5) } },
        }, context.CancellationToken);
        var network = server.Network();
        Assert.Equal(3UL, Assert.Single(await ToListAsync(network.GetBlockEvents(null, Cancel))).Header.Number);
        Assert.Equal(4UL, Assert.Single(await ToListAsync(network.GetFilteredBlockEvents(null, Cancel))).Number);
        Assert.Equal(5UL, Assert.Single(
            await ToListAsync(network.GetBlockAndPrivateDataEvents(null, Cancel))).Block.Header.Number);
    }

    [Theory]
    [InlineData(Status.Forbidden, StatusCode.PermissionDenied, false)]
    [InlineData(Status.NotFound, StatusCode.NotFound, false)]
    [InlineData(Status.ServiceUnavailable, StatusCode.Unavailable, true)]
    public async Task Blocks_PeerAnswersAStatus_IsAnErrorAndNotTheEnd(Status status, StatusCode code, bool transient)
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, stream, _) => stream.WriteAsync(new DeliverResponse { Status = status });
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => ToListAsync(server.Network().GetBlockEvents(null, Cancel)));
        Assert.Equal((code, transient), (e.StatusCode, e.IsTransient));
    }

    [Fact]
    public async Task Break_WithoutResume_IsAnException()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnChaincodeEvents = async (_, stream, context) =>
        {
            await stream.WriteAsync(EventsOf(4, "a"), context.CancellationToken);
            throw new RpcException(TestEnvelope.Unavailable);
        };
        var seen = new List<ChaincodeEvent>();
        var e = await Assert.ThrowsAsync<EventStreamException>(async () =>
        {
            await foreach (var item in server.Network().GetChaincodeEvents("microcreds", null, Cancel))
            {
                seen.Add(item);
            }
        });
        Assert.Single(seen);
        Assert.True(e.IsTransient);
        Assert.Contains("the peer is going down", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_ByTheCaller_EndsWithThat()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        server.OnChaincodeEvents = async (_, stream, context) =>
        {
            await source.CancelAsync();
            await ForeverAsync(context);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ToListAsync(server.Network().GetChaincodeEvents("microcreds", null, source.Token)));
    }

    [Fact]
    public async Task GatewayDisposed_StreamsEnd_ResumingOrNot()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        var network = gateway.GetNetwork(NodeVectors.Channel);
        var open = new CountdownEvent(2);
        server.OnDeliver = async (_, _, _, context) =>
        {
            open.Signal();
            await ForeverAsync(context);
        };
        var plain = ToListAsync(network.GetBlockEvents(new EventOptions { StartBlock = 0 }, Cancel));
        var resuming = ToListAsync(network.GetBlockEvents(
            new EventOptions { StartBlock = 0, Resume = new ResumeOptions() }, Cancel));
        open.Wait(Cancel);
        gateway.Dispose();
        Assert.Empty(await plain);
        Assert.Empty(await resuming);
    }

    [Fact]
    public async Task OfflineSignedRequest_Rebuilt_IsSentAsItWas()
    {
        await using var server = await ScriptedGateway.StartAsync();
        Envelope? sent = null;
        server.OnDeliver = (_, envelope, _, _) =>
        {
            sent = envelope;
            return Task.CompletedTask;
        };
        using var gateway = FabricGateway.Connect(server.Options with { Signer = null });
        var request = await gateway.GetNetwork("credentials").NewBlockEventsRequestAsync(null, Cancel);
        var signed = gateway.NewBlockEventsRequest(request.ToBytes(), "signature"u8.ToArray());
        await ToListAsync(signed.ReadAsync(Cancel));
        Assert.Equal(signed.ToBytes(), sent!.ToByteArray());
        Assert.Equal("signature", sent!.Signature.ToStringUtf8());
    }

    [Fact]
    public async Task Options_ThatContradictThemselves_AreRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var network = server.Network();
        Assert.Throws<ArgumentException>(() => network.GetChaincodeEvents(
            "microcreds", new EventOptions { AfterTransactionId = "x" }, Cancel));
        Assert.Throws<ArgumentException>(() => network.GetBlockEvents(
            new EventOptions { StartBlock = 1, AfterTransactionId = "x" }, Cancel));
        Assert.Throws<ArgumentException>(() => network.GetBlockEvents(
            new EventOptions { Resume = new ResumeOptions { MinDelay = TimeSpan.Zero } }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => network.NewBlockEventsRequestAsync(
            new EventOptions { Resume = new ResumeOptions() }, Cancel));
    }

    internal static Block Block(ulong number) => new() { Header = new BlockHeader { Number = number } };

    internal static ChaincodeEventsResponse EventsOf(ulong block, params string[] transactions)
    {
        var response = new ChaincodeEventsResponse { BlockNumber = block };
        foreach (string id in transactions)
        {
            response.Events.Add(new MicroCreds.Fabric.Protocol.Peer.ChaincodeEvent
            {
                ChaincodeId = "microcreds",
                TxId = id,
                EventName = "Issued",
                Payload = ByteString.CopyFromUtf8("payload of " + id),
            });
        }

        return response;
    }

    internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    internal static async Task ForeverAsync(ServerCallContext context)
    {
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(context.CancellationToken);
    }
}
