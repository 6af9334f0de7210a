using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Our chaincode library beside Node's fabric-shim: the same put/get and client, in turn.</summary>
internal static class Chaincodes
{
    private const int InFlight = 256;
    private const double RatioTarget = 1.5;
    private const double TracedRatioTarget = 1.15;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        await CompareAsync(bench, network);
        await TelemetryAsync(bench, network);
    }

    /// <summary>What a span and figures of every call cost the server; both get the trace of the client.</summary>
    private static async Task TelemetryAsync(Bench bench, BenchNetwork network)
    {
        using var silent = await network.StartChaincodeAsync(node: null);
        using var traced = await network.StartTracedChaincodeAsync(BenchNetwork.Nodes);
        var environment = network.ClientEnvironment;
        environment[TelemetryListening.Variable] = "1";
        using var client = new CallingClient(WorkerProcess.StartClient(environment), BenchNetwork.Ours);
        using var tracedClient = new CallingClient(WorkerProcess.StartClient(environment), BenchNetwork.Nodes);
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

    private static async Task CompareAsync(Bench bench, BenchNetwork network)
    {
        var node = await bench.NodeAsync();
        using var ours = await network.StartChaincodeAsync(node: null);
        using var nodes = node is null ? null : await network.StartChaincodeAsync(node);
        using var client = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Ours);
        using var nodesClient = new CallingClient(
            WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Nodes);
        await client.WarmUpAsync();
        if (nodes is not null)
        {
            await nodesClient.WarmUpAsync();
        }

        foreach (bool submit in new[] { true, false })
        {
            int calls = submit ? bench.Options.Count(2_000, 500) : bench.Options.Count(5_000, 1_000);
            var (mine, theirs) = await Contest.RunAsync(
                bench.Options.Rounds,
                () => CallAsync(client, ours),
                nodes is null ? null : () => CallAsync(nodesClient, nodes));
            string call = submit ? "submits" : "evaluations";
            Contest.Report(
                bench.Report, $"put/get chaincode: {call}/s at {InFlight} in flight", "/s", mine, theirs,
                result => result.PerSecond, Target.AtLeast(RatioTarget), "fabric-shim");
            Contest.Report(
                bench.Report, $"put/get chaincode: server CPU, {call}", "ms", mine, theirs,
                result => result.CpuMilliseconds, ratio: null, "fabric-shim");

            Task<ServerCost> CallAsync(CallingClient caller, WorkerProcess server) => ServerCost.OfAsync(
                server.Id, async () => (await caller.CallAsync(submit, calls, InFlight)).Loop);
        }
    }
}
