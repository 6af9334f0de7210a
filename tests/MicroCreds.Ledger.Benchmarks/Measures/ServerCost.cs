using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// How many calls a server answered, and what each cost it: the second holds on a busy machine too, where the first
/// says more about the others.
/// </summary>
internal sealed record ServerCost(double PerSecond, double CpuMilliseconds)
{
    /// <summary>Watches a server while it is called.</summary>
    public static async Task<ServerCost> OfAsync(int processId, Func<Task<LoopResult>> callAsync)
    {
        using var server = Process.GetProcessById(processId);
        var before = server.TotalProcessorTime;
        var loop = await callAsync();
        server.Refresh();
        return new ServerCost(
            loop.PerSecond, (server.TotalProcessorTime - before).TotalMilliseconds / loop.Calls);
    }

    /// <summary>Adds a row with the processor time for each call.</summary>
    public static void Report(Report report, string name, IReadOnlyList<ServerCost> costs)
    {
        if (costs.Count > 0)
        {
            report.Add(new Row { Name = name, Unit = "ms", Rounds = [.. costs.Select(cost => cost.CpuMilliseconds)] });
        }
    }
}
