using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Our client library beside the official Node client: one peer, one chaincode, rounds in turn.</summary>
internal static class Clients
{
    private const int InFlight = 256;
    private const double CpuRatioTarget = 0.35;
    private const double RateRatioTarget = 1.5;
    private const double LoneSubmitTargetMilliseconds = 10;
    private const double TracedRatioTarget = 1.15;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var node = await bench.NodeAsync();
        using var chaincode = await network.StartChaincodeAsync(node: null);
        using var ours = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Ours);
        using var nodes = node is null
            ? null
            : new CallingClient(
                WorkerProcess.Start("node", [node.Client], network.ClientEnvironment), BenchNetwork.Ours);
        await ours.WarmUpAsync();
        if (nodes is not null)
        {
            await nodes.WarmUpAsync();
        }

        await CompareAsync(bench, ours, nodes, submit: true);
        await CompareAsync(bench, ours, nodes, submit: false);
        await LoneSubmitAsync(bench, ours, nodes);
        await TelemetryAsync(bench, network, ours);
    }

    /// <summary>What spans, figures and the trace in each proposal cost where somebody listens to all.</summary>
    private static async Task TelemetryAsync(Bench bench, BenchNetwork network, CallingClient silent)
    {
        var environment = network.ClientEnvironment;
        environment[TelemetryListening.Variable] = "1";
        using var traced = new CallingClient(WorkerProcess.StartClient(environment), BenchNetwork.Ours);
        await traced.WarmUpAsync();
        foreach (bool submit in new[] { true, false })
        {
            int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
            var (told, untold) = await Contest.RunAsync(
                bench.Options.Rounds,
                () => traced.CallAsync(submit, calls, InFlight), () => silent.CallAsync(submit, calls, InFlight));
            Contest.Report(
                bench.Report, $"client CPU per traced {(submit ? "submit" : "evaluation")}", "ms", told, untold,
                result => result.CpuMillisecondsPerCall, Target.AtMost(TracedRatioTarget), "same untraced");
        }
    }

    private static async Task CompareAsync(Bench bench, CallingClient ours, CallingClient? nodes, bool submit)
    {
        int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
        var (mine, theirs) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => ours.CallAsync(submit, calls, InFlight),
            nodes is null ? null : () => nodes.CallAsync(submit, calls, InFlight));
        string call = submit ? "submit" : "evaluation";
        Contest.Report(
            bench.Report, $"client CPU per {call}", "ms", mine, theirs, result => result.CpuMillisecondsPerCall,
            Target.AtMost(CpuRatioTarget));
        Contest.Report(
            bench.Report, $"{call}s/s at {InFlight} in flight", "/s", mine, theirs, result => result.Loop.PerSecond,
            Target.AtLeast(RateRatioTarget));
    }

    private static async Task LoneSubmitAsync(Bench bench, CallingClient ours, CallingClient? nodes)
    {
        int calls = bench.Options.Count(100, 30);
        var (mine, theirs) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => ours.CallAsync(submit: true, calls, inFlight: 1),
            nodes is null ? null : () => nodes.CallAsync(submit: true, calls, inFlight: 1));
        bool isCutOnIdle = bench.Options.Engine == "embedded";
        bench.Report.Add(new Row
        {
            Name = "one lone submit, p50",
            Unit = "ms",
            Rounds = [.. mine.Select(result => result.Loop.P50Milliseconds)],
            Target = isCutOnIdle ? Target.AtMost(LoneSubmitTargetMilliseconds) : null,
            Note = isCutOnIdle ? null : "the orderer's batch timeout is in it",
        });
        if (theirs.Count > 0)
        {
            bench.Report.Add(new Row
            {
                Name = "  official Node client",
                Unit = "ms",
                Rounds = [.. theirs.Select(result => result.Loop.P50Milliseconds)],
            });
        }
    }
}
