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

    private static readonly ResumeOptions Impatient = Quick with { GiveUpAfter = TimeSpan.FromMilliseconds(20) };

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
                // In the form that was asked for: the right to another may be missing.
                Assert.Equal("blocks", form);
                await stream.WriteAsync(
                    new DeliverResponse { Block = EventTests.Block(41) }, context.CancellationToken);
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

    [Fact]
    public async Task PeerBehindTheCheckpointWhenItIsFirstAsked_IsWaitedFor()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnDeliver = async (_, envelope, stream, context) => await stream.WriteAsync(
            ++calls < 4
                ? new DeliverResponse { Status = Status.NotFound }
                : new DeliverResponse { Block = EventTests.Block(SeekOf(envelope).Start.Specified.Number) },
            context.CancellationToken);
        var checkpointer = new InMemoryCheckpointer();
        await checkpointer.SaveAsync(Checkpoint.AfterBlock(90), Cancel);
        var blocks = server.Network().GetBlockEvents(
            new EventOptions { Checkpointer = checkpointer, Resume = Quick }, Cancel);
        Assert.Equal(91UL, Assert.Single(await TakeAsync(blocks, 1)).Header.Number);
    }

    [Theory]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Aborted)]
    public async Task FailureThatNeverPasses_EndsTheStreamInTheEnd(StatusCode code)
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnChaincodeEvents = async (_, stream, context) =>
        {
            if (++calls == 1)
            {
                await stream.WriteAsync(EventTests.EventsOf(3, "a"), context.CancellationToken);
            }

            throw new RpcException(new(code, "no more"));
        };
        var breaks = new List<FabricException?>();
        var resume = Impatient with { OnBreak = (failure, _) => breaks.Add(failure) };
        var events = server.Network().GetChaincodeEvents(
            "microcreds", new EventOptions { StartBlock = 1, Resume = resume }, Cancel);
        var e = await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(events, 2));
        Assert.Equal(code, e.StatusCode);
        Assert.NotEmpty(breaks);
    }

    [Fact]
    public async Task EventsAlwaysOutOfOrder_EndTheStreamInTheEnd()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, stream, context) => stream.WriteAsync(
            new DeliverResponse { Block = EventTests.Block(77) }, context.CancellationToken);
        var blocks = server.Network().GetBlockEvents(
            new EventOptions { StartBlock = 1, Resume = Impatient }, Cancel);
        var e = await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(blocks, 1));
        Assert.Equal(StatusCode.DataLoss, e.StatusCode);
    }

    [Fact]
    public async Task StreamThatIsOnlyEverEnded_EndsInTheEnd()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, _, _) => Task.CompletedTask;
        var blocks = server.Network().GetBlockEvents(
            new EventOptions { StartBlock = 1, Resume = Impatient }, Cancel);
        var e = await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(blocks, 1));
        Assert.Contains("ends the stream each time", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PeerThatWasNeverReached_EndsTheStreamInTheEnd()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, _, _) => throw new RpcException(TestEnvelope.Unavailable);
        var options = new EventOptions { StartBlock = 1, Resume = Impatient };
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => TakeAsync(server.Network().GetBlockEvents(options, Cancel), 1));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await Assert.ThrowsAsync<EventStreamException>(
            () => server.Network().GetBlockEvents(options, Cancel).OpenAsync(Cancel));
    }

    [Fact]
    public async Task PeerLostAfterItWasReached_IsWaitedForBeyondThePatience()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int calls = 0;
        server.OnDeliver = async (_, envelope, stream, context) =>
        {
            if (++calls is > 1 and < 60)
            {
                throw new RpcException(TestEnvelope.Unavailable);
            }

            await stream.WriteAsync(
                new DeliverResponse { Block = EventTests.Block(SeekOf(envelope).Start.Specified.Number) },
                context.CancellationToken);
        };
        var blocks = server.Network().GetBlockEvents(
            new EventOptions { StartBlock = 1, Resume = Impatient }, Cancel);
        Assert.Equal([1UL, 2], (await TakeAsync(blocks, 2)).Select(block => block.Header.Number));
        Assert.Equal(60, calls);
    }

    [Fact]
    public async Task ChaincodeEvents_WithoutTheRightToBlocks_AreReadFromTheNextOn()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, stream, context) => stream.WriteAsync(
            new DeliverResponse { Status = Status.Forbidden }, context.CancellationToken);
        var starts = new List<SeekPosition.TypeOneofCase>();
        server.OnChaincodeEvents = async (request, stream, context) =>
        {
            starts.Add(ChaincodeEventsRequest.Parser.ParseFrom(request.Request).StartPosition.TypeCase);
            await stream.WriteAsync(
                EventTests.EventsOf((ulong)starts.Count, $"t{starts.Count}"), context.CancellationToken);
            throw new RpcException(TestEnvelope.Unavailable);
        };
        var network = server.Network();
        var options = new EventOptions { Resume = Quick };
        Assert.Equal(2, (await TakeAsync(network.GetChaincodeEvents("microcreds", options, Cancel), 2)).Count);
        Assert.Equal([SeekPosition.TypeOneofCase.NextCommit, SeekPosition.TypeOneofCase.Specified], starts);

        // Before the first event nobody knows where it stood: to go on would leave a gap that nobody sees.
        server.OnChaincodeEvents = (_, _, _) => throw new RpcException(TestEnvelope.Unavailable);
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => TakeAsync(network.GetChaincodeEvents("microcreds", options, Cancel), 1));
        Assert.Contains("give a StartBlock", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EventStreamException>(
            () => network.GetChaincodeEvents("microcreds", options, Cancel).OpenAsync(Cancel));
    }

    [Fact]
    public async Task Opened_AStreamDeliversWhatComesBeforeItIsRead()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (form, envelope, stream, context) =>
        {
            Assert.Equal(("filtered", SeekPosition.TypeOneofCase.Newest), (form, SeekOf(envelope).Start.TypeCase));
            return stream.WriteAsync(
                new DeliverResponse { FilteredBlock = new FilteredBlock { Number = 41 } }, context.CancellationToken);
        };
        server.OnChaincodeEvents = (request, stream, context) => stream.WriteAsync(
            EventTests.EventsOf(
                ChaincodeEventsRequest.Parser.ParseFrom(request.Request).StartPosition.Specified.Number, "a"),
            context.CancellationToken);
        var events = server.Network().GetChaincodeEvents("microcreds", null, Cancel);
        await events.OpenAsync(Cancel);
        server.OnDeliver = (_, _, _, _) => throw new RpcException(TestEnvelope.Unavailable);
        await events.OpenAsync(Cancel);
        Assert.Equal(42UL, Assert.Single(await TakeAsync(events, 1)).BlockNumber);
        Assert.Equal(42UL, Assert.Single(await TakeAsync(events, 1)).BlockNumber);
    }

    [Fact]
    public async Task Opening_WhereTheIdentityMayNot_SaysSo()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, stream, context) => stream.WriteAsync(
            new DeliverResponse { Status = Status.Forbidden }, context.CancellationToken);
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => server.Network().GetBlockEvents(new EventOptions { Resume = Quick }, Cancel).OpenAsync(Cancel));
        Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
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
