using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// How long a quiet client's verifications take while another client sends as fast as it is answered, far beyond what
/// one may; and without. The noise comes from this machine, too, and so takes some of its processor time.
/// </summary>
internal static class NoisyClients
{
    private const int Documents = 100;
    private const int NoisyConnections = 8;
    private const int CallsAtATime = 100;
    private const double RatioTarget = 1.5;
    private const string Valid = "\"verdict\":\"valid\"";

    /// <summary>A verification costs 5 of 100 units a second: a little less than a quiet client may.</summary>
    private static readonly TimeSpan QuietPace = TimeSpan.FromMilliseconds(60);

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var cohorts = await bench.CohortsAsync();
        await cohorts.FillAsync(Documents, Documents);
        var (process, entry) = await network.StartGatewayAsync("noisy", new Dictionary<string, string>
        {
            ["MICROCREDS_LIMIT_LOOPBACK"] = "true",
            ["MICROCREDS_TRUSTED_PROXIES"] = "127.0.0.1",
        });
        using var gateway = process;
        await Verifications.WaitUntilFollowedAsync(entry.GatewayUrl, cohorts.Sample[^1]);
        using var quiet = new HttpLoad(
            entry.GatewayUrl, Verifications.Resource, cohorts.Sample, connections: 1, Valid, "192.0.2.1");
        using var noisy = new HttpLoad(
            entry.GatewayUrl, Verifications.Resource, cohorts.Sample, NoisyConnections, expected: "", "192.0.2.2");
        int calls = bench.Options.Count(150, 30);
        await MedianAsync(quiet, calls / 2);
        double noise = 0;
        var (beside, alone) = await Contest.RunAsync(
            bench.Options.Rounds,
            async () =>
            {
                using var isOver = new CancellationTokenSource();
                var making = MakeNoiseAsync(noisy, isOver.Token);
                double median = await MedianAsync(quiet, calls);
                await isOver.CancelAsync();
                noise = await making;
                return median;
            },
            () => MedianAsync(quiet, calls));
        Contest.Report(
            bench.Report, "a quiet client's verification, p50, beside a noisy client", "ms", beside, alone, p50 => p50,
            Target.AtMost(RatioTarget), "quiet client alone");
        bench.Report.Add(new Row
        {
            Name = "  what the noisy client sent meanwhile",
            Unit = "/s",
            Rounds = [noise],
            Note = "most of it is answered 429",
        });
    }

    private static async Task<double> MedianAsync(HttpLoad load, int calls)
    {
        var milliseconds = new List<double>();
        using var pace = new PeriodicTimer(QuietPace);
        for (int i = 0; i < calls; i++)
        {
            await pace.WaitForNextTickAsync();
            milliseconds.Add((await load.RunAsync(1)).P50Milliseconds);
        }

        return Row.MedianOf(milliseconds);
    }

    /// <returns>How many requests a second.</returns>
    private static async Task<double> MakeNoiseAsync(HttpLoad load, CancellationToken isOver)
    {
        var loops = new List<LoopResult>();
        while (!isOver.IsCancellationRequested)
            loops.Add(await load.RunAsync(CallsAtATime));
        return loops.Sum(loop => loop.Calls) / loops.Sum(loop => loop.Seconds);
    }
}
