using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Our client library beside the official ones: one peer, one chaincode, rounds in turn.</summary>
internal static class Clients
{
    private const int InFlight = 256;
    private const double LoneSubmitTargetMilliseconds = 10;
    private const double TracedRatioTarget = 1.15;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var officials = await bench.ClientsAsync();
        using var chaincode = await network.StartChaincodeAsync(official: null);
        using var ours = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Ours);
        await ours.WarmUpAsync();
        foreach (var official in officials)
        {
            using var theirs = new CallingClient(
                WorkerProcess.Start(official.Program, official.Arguments, network.ClientEnvironment),
                BenchNetwork.Ours);
            await theirs.WarmUpAsync();
            await CompareAsync(bench, ours, theirs, official, submit: true);
            await CompareAsync(bench, ours, theirs, official, submit: false);
            await LoneSubmitAsync(bench, ours, theirs, official);
        }

        if (officials.Count == 0) await LoneSubmitAsync(bench, ours, theirs: null, official: null);
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

    private static async Task CompareAsync(
        Bench bench, CallingClient ours, CallingClient theirs, OfficialProgram official, bool submit)
    {
        int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
        var (mine, others) = await Contest.RunAsync(
            bench.Options.Rounds, () => ours.CallAsync(submit, calls, InFlight),
            () => theirs.CallAsync(submit, calls, InFlight));
        string call = submit ? "submit" : "evaluation";
        Contest.Report(
            bench.Report, $"client CPU per {call}", "ms", mine, others, result => result.CpuMillisecondsPerCall,
            official.CpuTarget, official.Name);
        Contest.Report(
            bench.Report, $"{call}s/s at {InFlight} in flight", "/s", mine, others, result => result.Loop.PerSecond,
            official.RateTarget, official.Name);
    }

    private static async Task LoneSubmitAsync(
        Bench bench, CallingClient ours, CallingClient? theirs, OfficialProgram? official)
    {
        int calls = bench.Options.Count(100, 30);
        var (mine, others) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => ours.CallAsync(submit: true, calls, inFlight: 1),
            theirs is null ? null : () => theirs.CallAsync(submit: true, calls, inFlight: 1));
        bool isCutOnIdle = bench.Options.Engine == "embedded";
        bench.Report.Add(new Row
        {
            Name = "one lone submit, p50",
            Unit = "ms",
            Rounds = [.. mine.Select(result => result.Loop.P50Milliseconds)],
            Target = isCutOnIdle ? Target.AtMost(LoneSubmitTargetMilliseconds) : null,
            Note = isCutOnIdle ? null : "the orderer's batch timeout is in it",
        });
        if (official is null) return;
        bench.Report.Add(new Row
        {
            Name = $"  {official.Name}",
            Unit = "ms",
            Rounds = [.. others.Select(result => result.Loop.P50Milliseconds)],
        });
    }
}
