using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A peer that takes questions about its blocks, and says nothing.</summary>
public sealed class SilentPeerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QuestionForTheNewestBlock_HasADeadline()
    {
        await using var server = await StartAsync();
        var network = server.Network(options => options with { EvaluateTimeout = Soon });
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => network.GetNewestBlockNumberAsync(Cancel).WaitAsync(Long, Cancel));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.Contains("within 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_HasADeadline()
    {
        await using var server = await StartAsync();
        var network = server.Network(options => options with { EvaluateTimeout = Soon });
        await TimesOutAsync(network.GetBlockEvents(null, Cancel).OpenAsync(Cancel));
        await TimesOutAsync(network.GetChaincodeEvents("microcreds", null, Cancel).OpenAsync(Cancel));
        await TimesOutAsync(network.GetBlockEvents(new EventOptions { StartBlock = 3 }, Cancel).OpenAsync(Cancel));
    }

    [Fact]
    public async Task GiveUpAfter_CountsWhileAnAttemptHangs()
    {
        await using var server = await StartAsync();
        var options = new EventOptions
        {
            Resume = new ResumeOptions { GiveUpAfter = TimeSpan.FromMilliseconds(300) },
        };
        foreach (var timeout in (TimeSpan[])[TimeSpan.FromMinutes(10), Timeout.InfiniteTimeSpan])
        {
            var network = server.Network(gateway => gateway with { EvaluateTimeout = timeout });
            await TimesOutAsync(network.GetBlockEvents(options, Cancel).OpenAsync(Cancel));
            await using var reading = network.GetChaincodeEvents("microcreds", options, Cancel)
                .GetAsyncEnumerator(Cancel);
            await TimesOutAsync(reading.MoveNextAsync().AsTask());
        }
    }

    [Fact]
    public async Task PeerThatAnswersTheSecondTime_IsWaitedFor()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int asked = 0;
        server.OnDeliver = async (_, _, stream, context) =>
        {
            if (++asked == 1) await Task.Delay(Timeout.Infinite, context.CancellationToken);
            await stream.WriteAsync(new DeliverResponse { FilteredBlock = new FilteredBlock { Number = 4 } });
        };
        var network = server.Network(options => options with { EvaluateTimeout = Soon });
        await network.GetFilteredBlockEvents(new EventOptions { Resume = new ResumeOptions() }, Cancel)
            .OpenAsync(Cancel).WaitAsync(Long, Cancel);
        Assert.Equal(2, asked);
    }

    private static async Task TimesOutAsync(Task opening)
    {
        var e = await Assert.ThrowsAsync<EventStreamException>(() => opening.WaitAsync(Long, Cancel));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    private static async Task<ScriptedGateway> StartAsync()
    {
        var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, _, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken);
        return server;
    }
}
