using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Our chaincode library beside the official ones: the same put/get and client, in turn.</summary>
internal static class Chaincodes
{
    private const int InFlight = 256;
    private const double TracedRatioTarget = 1.15;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        foreach (var official in await bench.ChaincodesAsync()) await CompareAsync(bench, network, official);
        await TelemetryAsync(bench, network);
    }

    /// <summary>What a span and figures of every call cost the server; both get the trace of the client.</summary>
    private static async Task TelemetryAsync(Bench bench, BenchNetwork network)
    {
        using var silent = await network.StartChaincodeAsync(official: null);
        using var traced = await network.StartTracedChaincodeAsync(BenchNetwork.Theirs);
        var environment = network.ClientEnvironment;
        environment[TelemetryListening.Variable] = "1";
        using var client = new CallingClient(WorkerProcess.StartClient(environment), BenchNetwork.Ours);
        using var tracedClient = new CallingClient(WorkerProcess.StartClient(environment), BenchNetwork.Theirs);
        await client.WarmUpAsync();
        await tracedClient.WarmUpAsync();
        foreach (bool submit in new[] { true, false })
        {
            int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
            var (told, untold) = await Contest.RunAsync(
                bench.Options.Rounds, () => CallAsync(tracedClient, traced), () => CallAsync(client, silent));
            Contest.Report(
                bench.Report, $"put/get chaincode: server CPU per traced {(submit ? "submit" : "evaluation")}", "ms",
                told, untold, result => result.CpuMilliseconds, Target.AtMost(TracedRatioTarget), "same untraced");

            Task<ServerCost> CallAsync(CallingClient caller, WorkerProcess server) => ServerCost.OfAsync(
                server.Id, async () => (await caller.CallAsync(submit, calls, InFlight)).Loop);
        }
    }

    private static async Task CompareAsync(Bench bench, BenchNetwork network, OfficialProgram official)
    {
        using var ours = await network.StartChaincodeAsync(official: null);
        using var theirs = await network.StartChaincodeAsync(official);
        using var client = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Ours);
        using var theirClient = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Theirs);
        await client.WarmUpAsync();
        await theirClient.WarmUpAsync();
        foreach (bool submit in new[] { true, false })
        {
            int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
            var (mine, others) = await Contest.RunAsync(
                bench.Options.Rounds, () => CallAsync(client, ours), () => CallAsync(theirClient, theirs));
            string call = submit ? "submits" : "evaluations";
            Contest.Report(
                bench.Report, $"put/get chaincode: {call}/s at {InFlight} in flight", "/s", mine, others,
                result => result.PerSecond, official.RateTarget, official.Name);
            Contest.Report(
                bench.Report, $"put/get chaincode: server CPU, {call}", "ms", mine, others,
                result => result.CpuMilliseconds, official.CpuTarget, official.Name);

            Task<ServerCost> CallAsync(CallingClient caller, WorkerProcess server) => ServerCost.OfAsync(
                server.Id, async () => (await caller.CallAsync(submit, calls, InFlight)).Loop);
        }
    }
}
