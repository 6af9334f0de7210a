using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What a gateway's traces, figures and logs cost it where all are sent to a collector: its processor time for a
/// verification beside another gateway's that sends none.
/// </summary>
internal static class TelemetryCosts
{
    private const int Documents = 200;
    private const int Connections = 16;
    private const double RatioTarget = 1.03;
    private const string Valid = "\"verdict\":\"valid\"";

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var cohorts = await bench.CohortsAsync();
        await cohorts.FillAsync(Documents, Documents);
        string nothing = Path.Combine(bench.Options.State, "nothing");
        await File.WriteAllBytesAsync(nothing, []);
        string address = new Ports(replace: true).Settle("127.0.0.1:0", "the collector");
        using var collector = WorkerProcess.StartOwn(
            ["bare-endpoint", $"http://{address}", nothing], ProcessEnvironment.Lean);
        await collector.WaitUntilListeningAsync(address);

        var (telling, told) = await network.StartGatewayAsync("telling", new Dictionary<string, string>
        {
            ["MICROCREDS_OTLP_ENDPOINT"] = $"http://{address}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        using var loud = telling;
        var (silent, untold) = await network.StartGatewayAsync("silent", new Dictionary<string, string>());
        using var quiet = silent;
        foreach (string url in new[] { told.GatewayUrl, untold.GatewayUrl })
            await Verifications.WaitUntilFollowedAsync(url, cohorts.Sample[^1]);

        int calls = bench.Options.Count(40_000, 3_000);
        using var atTelling = new HttpLoad(
            told.GatewayUrl, Verifications.Resource, cohorts.Sample, Connections, Valid);
        using var atSilent = new HttpLoad(
            untold.GatewayUrl, Verifications.Resource, cohorts.Sample, Connections, Valid);
        await atTelling.RunAsync(calls);
        await atSilent.RunAsync(calls);
        var (ours, theirs) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => ServerCost.OfAsync(loud.Id, () => atTelling.RunAsync(calls)),
            () => ServerCost.OfAsync(quiet.Id, () => atSilent.RunAsync(calls)));
        Contest.Report(
            bench.Report, "gateway's CPU per verification, traces, figures and logs sent to a collector", "ms", ours,
            theirs, cost => cost.CpuMilliseconds, Target.AtMost(RatioTarget), "same that sends none");
    }
}
