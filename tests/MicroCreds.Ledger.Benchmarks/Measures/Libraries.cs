using MicroCreds.Ledger.Benchmarks.Running;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// The two chaincode libraries without a peer around them, which on a small machine is what both wait for: the other
/// end of the stream is played, as fast as it is answered.
/// </summary>
internal static class Libraries
{
    private const int InFlight = 256;
    private const int WarmUpCalls = 4_000;

    public static async Task MeasureAsync(Bench bench)
    {
        foreach (var official in await bench.ChaincodesAsync()) await CompareAsync(bench, official);
    }

    private static async Task CompareAsync(Bench bench, OfficialProgram official)
    {
        var ports = new Ports(replace: true);
        var (ourServer, ours) = await StartAsync(official: null, ports.Settle("127.0.0.1:0", "ours"));
        using var stopped = ourServer;
        await using var closed = ours;
        var (theirServer, theirs) = await StartAsync(official, ports.Settle("127.0.0.1:0", "theirs"));
        using var theirsStopped = theirServer;
        await using var theirsClosed = theirs;
        foreach (bool put in new[] { true, false })
        {
            int calls = bench.Options.Count(20_000, 4_000);
            var (mine, others) = await Contest.RunAsync(
                bench.Options.Rounds,
                () => CallAsync(ourServer, ours, put, calls), () => CallAsync(theirServer, theirs, put, calls));
            string call = put ? "puts" : "gets";
            Contest.Report(
                bench.Report, $"chaincode library alone: {call}/s at {InFlight} in flight", "/s", mine, others,
                result => result.PerSecond, official.RateTarget, official.Name);
            Contest.Report(
                bench.Report, $"chaincode library alone: server CPU, {call}", "ms", mine, others,
                result => result.CpuMilliseconds, official.CpuTarget, official.Name);
        }
    }

    private static Task<ServerCost> CallAsync(WorkerProcess server, DrivingPeer peer, bool put, int calls) =>
        ServerCost.OfAsync(server.Id, () => peer.RunAsync(put, calls, InFlight));

    private static async Task<(WorkerProcess Server, DrivingPeer Peer)> StartAsync(
        OfficialProgram? official, string address)
    {
        var server = await BenchNetwork.StartChaincodeAsync(official, address, "putget");
        var peer = await DrivingPeer.ConnectAsync(address);
        await peer.RunAsync(put: true, WarmUpCalls, InFlight);
        await peer.RunAsync(put: false, WarmUpCalls, InFlight);
        return (server, peer);
    }
}
