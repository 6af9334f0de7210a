using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A peer that delivers what is no block.</summary>
public sealed class HostileEventTests
{
    private static readonly Dictionary<string, DeliverResponse> Answers = new()
    {
        ["a block without a header"] = new() { Block = new Block() },
        ["no block"] = new() { BlockAndPrivateData = new BlockAndPrivateData() },
        ["a headless block with private data"] = new() { BlockAndPrivateData = new() { Block = new Block() } },
        ["nothing"] = new(),
        ["the block of no number"] = new() { Block = EventTests.Block(ulong.MaxValue) },
        ["the filtered block of no number"] = new() { FilteredBlock = new() { Number = ulong.MaxValue } },
    };

    private static readonly EventOptions Resumed = new()
    {
        StartBlock = 1,
        Resume = new ResumeOptions
        {
            MinDelay = TimeSpan.FromMilliseconds(1),
            MaxDelay = TimeSpan.FromMilliseconds(2),
            GiveUpAfter = TimeSpan.FromMilliseconds(20),
        },
    };

    public static TheoryData<string> AnswerNames => [.. Answers.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AnswerNames))]
    public async Task Answer_ThatIsNoBlock_IsAFailureOfTheStream(string answer)
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, stream, _) => stream.WriteAsync(Answers[answer]);
        var network = server.Network();
        await FailsAsync(network.GetBlockEvents(new EventOptions { StartBlock = 1 }, Cancel));
        await FailsAsync(network.GetFilteredBlockEvents(new EventOptions { StartBlock = 1 }, Cancel));
        await FailsAsync(network.GetBlockAndPrivateDataEvents(new EventOptions { StartBlock = 1 }, Cancel));
        await FailsAsync(network.GetBlockEvents(Resumed, Cancel));
        await FailsAsync(network.GetBlockAndPrivateDataEvents(Resumed, Cancel));
        await Assert.ThrowsAsync<EventStreamException>(() => network.GetBlockEvents(null, Cancel).OpenAsync(Cancel));
        await Assert.ThrowsAsync<EventStreamException>(() => network.GetNewestBlockNumberAsync(Cancel));
    }

    [Fact]
    public async Task Resume_PeerThatSendsABlockWithoutAHeaderOnce_ReadsOn()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int asked = 0;
        server.OnDeliver = (_, _, stream, _) => stream.WriteAsync(
            ++asked == 1 ? new() { Block = new Block() } : new() { Block = EventTests.Block(1) });
        await foreach (var block in server.Network().GetBlockEvents(Resumed, Cancel))
        {
            Assert.Equal(1UL, block.Header.Number);
            break;
        }

        Assert.Equal(2, asked);
    }

    [Fact]
    public void Checkpoint_AfterABlockWithoutAHeader_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Checkpoint.After(new Block()));
        Assert.ThrowsAny<ArgumentException>(() => Checkpoint.After(new BlockAndPrivateData()));
    }

    private static async Task FailsAsync<T>(IAsyncEnumerable<T> events)
    {
        await using var reading = events.GetAsyncEnumerator(Cancel);
        await Assert.ThrowsAsync<EventStreamException>(async () => await reading.MoveNextAsync());
    }
}
