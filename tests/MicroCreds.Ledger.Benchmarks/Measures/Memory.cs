using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>The memory of every process: at rest after the start, and over time under a steady load.</summary>
internal static class Memory
{
    private const double RestTargetMiB = 1024;
    private const double GrowthTarget = 1.1;
    private const int SoakSamples = 20;
    private const int SoakConnections = 4;
    private const int VerificationsAtOnce = 200;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestInterval = TimeSpan.FromSeconds(1);

    public static async Task MeasureRestAsync(Bench bench)
    {
        if (!ProcessMemory.IsKnown)
        {
            bench.Report.Skip("memory at rest", ProcessMemory.Missing);
            return;
        }

        var network = await bench.NetworkAsync();
        await Task.Delay(Settling);
        var samples = new List<Sample>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            samples.Add(Sample.Take(network));
            await Task.Delay(RestInterval);
        }

        ReportEach(bench, "memory at rest (PSS)", samples, peak: false);
        bench.Report.Add(new Row
        {
            Name = "memory at rest (PSS), all processes",
            Unit = "MiB",
            Rounds = [.. samples.Select(sample => sample.TotalMiB)],
            Target = Target.AtMost(RestTargetMiB),
        });
    }

    /// <summary>Verifies and issues without a pause; memory that grows all the time would show.</summary>
    public static async Task MeasureSoakAsync(Bench bench)
    {
        if (!ProcessMemory.IsKnown)
        {
            bench.Report.Skip("memory under load", ProcessMemory.Missing);
            return;
        }

        var network = await bench.NetworkAsync();
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(bench, stop.Token);
        var samples = new List<Sample>();
        using (var timer = new PeriodicTimer(bench.Options.Soak / SoakSamples))
        {
            while (samples.Count < SoakSamples && !load.IsCompleted)
            {
                await timer.WaitForNextTickAsync();
                samples.Add(Sample.Take(network));
            }
        }

        await stop.CancelAsync();
        await load;
        ReportEach(bench, "memory under load (PSS)", samples, peak: true);

        // The second quarter against the last: by then everything has been compiled and every pool is filled.
        double early = Row.MedianOf(samples[(SoakSamples / 4)..(SoakSamples / 2)].Select(sample => sample.TotalMiB));
        double late = Row.MedianOf(samples[^(SoakSamples / 4)..].Select(sample => sample.TotalMiB));
        bench.Report.Add(new Row
        {
            Name = "memory under load, last quarter ÷ second quarter",
            Rounds = [late / early],
            Target = Target.AtMost(GrowthTarget),
            Note = $"over {bench.Options.Soak.TotalMinutes:0.#} minutes (--soak); the target speaks of 10",
        });
    }

    private static async Task LoadAsync(Bench bench, CancellationToken stop)
    {
        var network = await bench.NetworkAsync();
        var cohorts = await bench.CohortsAsync();
        await cohorts.IssueAsync(100);
        while (!stop.IsCancellationRequested)
        {
            await cohorts.IssueSinglyAsync(10, inFlight: 1);
            await cohorts.IssueAsync(100);
            using var load = new HttpLoad(
                network.Issuer.GatewayUrl, Verifications.Resource, cohorts.Sample.TakeLast(100), SoakConnections,
                expected: "verdict");
            await load.RunAsync(VerificationsAtOnce);
        }
    }

    private static void ReportEach(Bench bench, string name, List<Sample> samples, bool peak)
    {
        foreach (string process in samples[0].Processes.Keys)
        {
            var last = samples[^1].Processes[process];
            bench.Report.Add(new Row
            {
                Name = $"{name}, {process}",
                Unit = "MiB",
                Rounds = [.. samples.Select(sample => sample.Processes[process].ProportionalMiB)],
                Note = peak ? $"RSS {last.ResidentMiB:0}, at most {last.PeakMiB:0}" : $"RSS {last.ResidentMiB:0}",
            });
        }
    }

    private sealed record Sample(IReadOnlyDictionary<string, ProcessMemory> Processes)
    {
        public double TotalMiB => Processes.Values.Sum(process => process.ProportionalMiB);

        public static Sample Take(BenchNetwork network) =>
            new(network.Processes().ToDictionary(process => process.Name, process => ProcessMemory.Of(process.Id)));
    }
}
