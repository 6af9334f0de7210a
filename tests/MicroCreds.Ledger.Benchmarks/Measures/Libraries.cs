using MicroCreds.Ledger.Benchmarks.Reporting;
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
    private const double RatioTarget = 1.5;

    public static async Task MeasureAsync(Bench bench)
    {
        var node = await bench.NodeAsync();
        var ports = new Ports(replace: true);
        var (ourServer, ours) = await StartAsync(node: null, ports.Settle("127.0.0.1:0", "ours"));
        var (nodeServer, nodes) = node is null
            ? (null, null)
            : await StartAsync(node, ports.Settle("127.0.0.1:0", "Node's"));
        try
        {
            foreach (bool put in new[] { true, false })
            {
                int calls = bench.Options.Count(20_000, 4_000);
                var (mine, theirs) = await Contest.RunAsync(
                    bench.Options.Rounds,
                    () => CallAsync(ourServer, ours, put, calls),
                    nodes is null ? null : () => CallAsync(nodeServer!, nodes, put, calls));
                string call = put ? "puts" : "gets";
                Contest.Report(
                    bench.Report, $"chaincode library alone: {call}/s at {InFlight} in flight", "/s", mine, theirs,
                    result => result.PerSecond, Target.AtLeast(RatioTarget), "fabric-shim");
                Contest.Report(
                    bench.Report, $"chaincode library alone: server CPU, {call}", "ms", mine, theirs,
                    result => result.CpuMilliseconds, ratio: null, "fabric-shim");
            }
        }
        finally
        {
            await ours.DisposeAsync();
            ourServer.Dispose();
            if (nodes is not null)
            {
                await nodes.DisposeAsync();
                nodeServer!.Dispose();
            }
        }
    }

    private static Task<ServerCost> CallAsync(WorkerProcess server, DrivingPeer peer, bool put, int calls) =>
        ServerCost.OfAsync(server.Id, () => peer.RunAsync(put, calls, InFlight));

    private static async Task<(WorkerProcess Server, DrivingPeer Peer)> StartAsync(NodePrograms? node, string address)
    {
        var server = await BenchNetwork.StartChaincodeAsync(node, address, "putget");
        var peer = await DrivingPeer.ConnectAsync(address);
        await peer.RunAsync(put: true, WarmUpCalls, InFlight);
        await peer.RunAsync(put: false, WarmUpCalls, InFlight);
        return (server, peer);
    }
}
