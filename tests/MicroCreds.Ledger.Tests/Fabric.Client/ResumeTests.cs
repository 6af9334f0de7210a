using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using DeliverResponse = MicroCreds.Fabric.Protocol.Peer.DeliverResponse;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Streams that break and go on: no gap, no duplicate.</summary>
public sealed class ResumeTests
{
    private static readonly ResumeOptions Quick =
        new() { MinDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blocks_BreakAfterEachOne_ComeOnceEachInOrder()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = async (_, envelope, stream, context) =>
        {
            await stream.WriteAsync(
                new DeliverResponse { Block = EventTests.Block(SeekOf(envelope).Start.Specified.Number) },
                context.CancellationToken);
            throw new RpcException(TestEnvelope.Unavailable);
        };
        var blocks = server.Network().GetBlockEvents(
            new EventOptions { StartBlock = 10, Resume = Quick }, Cancel);
        Assert.Equal([10UL, 11, 12, 13], (await TakeAsync(blocks, 4)).Select(block => block.Header.Number));
    }

    [Fact]
    public async Task ChaincodeEvents_BreakWithinABlock_GoOnAfterTheLastTransaction()
    {
        string[] transactions = ["a", "b", "c", "d"];
        await using var server = await ScriptedGateway.StartAsync();
        server.OnChaincodeEvents = async (request, stream, context) =>
        {
            string after = ChaincodeEventsRequest.Parser.ParseFrom(request.Request).AfterTransactionId;
            int next = Array.IndexOf(transactions, after) + 1;
            await stream.WriteAsync(EventTests.EventsOf(3, transactions[next]), context.CancellationToken);
            throw new RpcException(TestEnvelope.Unavailable);
        };
        var events = server.Network().GetChaincodeEvents(
            "microcreds", new EventOptions { StartBlock = 3, Resume = Quick }, Cancel);
        Assert.Equal(transactions, (await TakeAsync(events, 4)).Select(item => item.TransactionId));
    }

    [Fact]
    public async Task NoStartGiven_PinsTheNextBlockBeforeTheFirstBreak()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var starts = new List<ulong>();
        server.OnDeliver = async (form, envelope, stream, context) =>
        {
            var seek = SeekOf(envelope);
            if (seek.Start.TypeCase == SeekPosition.TypeOneofCase.Newest)
            {
                await stream.WriteAsync(
                    new DeliverResponse { FilteredBlock = new FilteredBlock { Number = 41 } },
                    context.CancellationToken);
                return;
            }

            starts.Add(seek.Start.Specified.Number);
            if (starts.Count < 3)
            {
                throw new RpcException(TestEnvelope.Unavailable);
            }

            await stream.WriteAsync(new DeliverResponse { Block = EventTests.Block(42) }, context.CancellationToken);
        };
        var blocks = server.Network().GetBlockEvents(new EventOptions { Resume = Quick }, Cancel);
        Assert.Equal(42UL, Assert.Single(await TakeAsync(blocks, 1)).Header.Number);
        Assert.Equal([42UL, 42, 42], starts);
    }

    [Fact]
    public async Task PeerEndsTheStreamInGoodOrder_ItIsReopened()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, envelope, stream, context) => stream.WriteAsync(
            new DeliverResponse { Block = EventTests.Block(SeekOf(envelope).Start.Specified.Number) },
            context.CancellationToken);
        var breaks = new List<(FabricException?, int)>();
        var resume = Quick with { OnBreak = (failure, attempt) => breaks.Add((failure, attempt)) };
        var blocks = server.Network().GetBlockEvents(new EventOptions { StartBlock = 0, Resume = resume }, Cancel);
        Assert.Equal(3, (await TakeAsync(blocks, 3)).Count);
        Assert.Equal([(null, 0), (null, 0)], breaks);
    }

    [Fact]
    public async Task PeerThatIsBehind_IsWaitedFor()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnDeliver = async (_, envelope, stream, context) =>
        {
            ulong start = SeekOf(envelope).Start.Specified.Number;
            await stream.WriteAsync(
                ++calls is 2 or 3
                    ? new DeliverResponse { Status = Status.NotFound }
                    : new DeliverResponse { Block = EventTests.Block(start) },
                context.CancellationToken);
        };
        var blocks = server.Network().GetBlockEvents(new EventOptions { StartBlock = 6, Resume = Quick }, Cancel);
        Assert.Equal([6UL, 7], (await TakeAsync(blocks, 2)).Select(block => block.Header.Number));
        Assert.Equal(4, calls);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.InvalidArgument)]
    public async Task FailureThatStays_IsNotRepeated(StatusCode code)
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnChaincodeEvents = (_, _, _) =>
        {
            calls++;
            throw new RpcException(new(code, "no"));
        };
        var events = server.Network().GetChaincodeEvents(
            "microcreds", new EventOptions { StartBlock = 1, Resume = Quick }, Cancel);
        await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(events, 1));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task BlockSkippedByThePeer_IsAskedForAgain()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnDeliver = async (_, envelope, stream, context) =>
        {
            ulong start = SeekOf(envelope).Start.Specified.Number;
            ulong[] numbers = ++calls == 1 ? [start, start + 2] : [start];
            foreach (ulong number in numbers)
            {
                await stream.WriteAsync(
                    new DeliverResponse { Block = EventTests.Block(number) }, context.CancellationToken);
            }
        };
        var blocks = server.Network().GetBlockEvents(new EventOptions { StartBlock = 1, Resume = Quick }, Cancel);
        Assert.Equal([1UL, 2, 3], (await TakeAsync(blocks, 3)).Select(block => block.Header.Number));
    }

    [Fact]
    public async Task Restart_FromTheCheckpoint_GoesOnWhereItWasSaved()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = async (_, envelope, stream, context) =>
        {
            for (ulong number = SeekOf(envelope).Start.Specified.Number; number < 6; number++)
            {
                await stream.WriteAsync(
                    new DeliverResponse { Block = EventTests.Block(number) }, context.CancellationToken);
            }
        };
        using var folder = new TemporaryFolder();
        var seen = new List<ulong>();
        for (int run = 0; run < 2; run++)
        {
            using var checkpointer = FileCheckpointer.Open(folder.File("checkpoint.json"));
            var options = new EventOptions { StartBlock = 0, Checkpointer = checkpointer };
            await foreach (var block in server.Network().GetBlockEvents(options, Cancel))
            {
                seen.Add(block.Header.Number);
                await checkpointer.SaveAsync(Checkpoint.After(block), Cancel);
                if (seen.Count == 3)
                {
                    break;
                }
            }
        }

        Assert.Equal([0UL, 1, 2, 3, 4, 5], seen);
    }

    private static SeekInfo SeekOf(Envelope envelope) =>
        SeekInfo.Parser.ParseFrom(Payload.Parser.ParseFrom(envelope.Payload).Data);

    private static async Task<List<T>> TakeAsync<T>(IAsyncEnumerable<T> items, int count)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
            if (list.Count == count)
            {
                break;
            }
        }

        return list;
    }
}
