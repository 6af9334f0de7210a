using Grpc.Core;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>A peer's gateway serves 500 calls at once and refuses the rest.</summary>
public sealed class ConcurrencyLimitTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    [Fact]
    public async Task Gateway_Beyond500Calls_RefusesAtOnce_AndOthersGatewaysServe()
    {
        var caller = network.Caller();
        using var giveUp = new CancellationTokenSource();
        var options = new CallOptions(cancellationToken: giveUp.Token);
        var waiting = Enumerable.Range(0, 501).Select(i => caller.CommitStatusAsync($"unknown {i}", null, options))
            .ToList();

        var refused = await await Task.WhenAny(waiting).ContinueWith(
            async first => await Assert.ThrowsAsync<RpcException>(async () => await await first),
            TaskScheduler.Default);

        Assert.Equal(
            (StatusCode.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)"),
            (refused.StatusCode, refused.Status.Detail));
        Assert.Equal("", await network.Caller(mspId: Beta).EvaluateAsync("get", "absent"));
        await giveUp.CancelAsync();
        await Task.WhenAll(waiting.Select(call => Assert.ThrowsAsync<RpcException>(() => call)));
    }
}
