using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>How long a person waits for scripts/up.sh once everything is built.</summary>
internal static class UpTime
{
    private const double TargetSeconds = 10;
    private const double RealPeersTargetSeconds = 60;

    public static async Task MeasureAsync(Bench bench)
    {
        var seconds = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            string state = Path.Combine(bench.Options.State, $"up-{i}");
            long begin = Stopwatch.GetTimestamp();
            await BenchNetwork.UpAsync(bench.Options, state);
            seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            await BenchNetwork.DownAsync(state);
        }

        bench.Report.Add(new Row
        {
            Name = "up.sh on an empty state, until every gateway answers",
            Unit = "s",
            Rounds = seconds,
            Target = Target.AtMost(bench.Options.Engine == "embedded" ? TargetSeconds : RealPeersTargetSeconds),
        });
    }
}
