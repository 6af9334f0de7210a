using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Verifying at a partner's gateway what another one issued: how many a second beside the bare web server, and how long
/// the slowest wait as the ledger fills.
/// </summary>
internal static class Verifications
{
    public const string Resource = "/v1/verifications";
    private const string Valid = "\"verdict\":\"valid\"";
    private const int Few = 1_000;
    private const int Differing = 20_000;
    private const int ThroughputConnections = 32;
    private const int LatencyConnections = 2;
    private const double RatioTarget = 0.3;
    private const double GrowthTarget = 1.25;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var cohorts = await bench.CohortsAsync();
        await cohorts.FillAsync(Few, Few);
        string url = network.Partner.GatewayUrl;
        await WaitUntilFollowedAsync(url, cohorts.Sample[^1]);
        int gateway = network.GatewayProcess(network.Partner);
        await MeasureThroughputAsync(
            bench, "verifications/s through the REST API, shown again", url, gateway, cohorts.Sample);

        var few = await MeasureLatencyAsync(bench, url, cohorts.Sample);

        // More than a gateway remembers, in turn: none is still known when it comes again.
        var differing = await cohorts.IssueAndFetchAsync(bench.Options.Count(Differing, Differing / 2));
        await WaitUntilFollowedAsync(url, differing[^1]);
        await MeasureThroughputAsync(
            bench, "verifications/s through the REST API, never seen before", url, gateway, differing);

        int many = bench.Options.Count(1_000_000, 20_000);
        await cohorts.FillAsync(many, bench.Options.Count(Cohorts.Largest, 10_000));
        await WaitUntilFollowedAsync(url, cohorts.Sample[^1]);
        var full = await MeasureLatencyAsync(bench, url, cohorts.Sample);
        bench.Report.Add(new Row { Name = $"verification p99, {Few:N0} issued", Unit = "ms", Rounds = few });
        bench.Report.Add(new Row { Name = $"verification p99, {many:N0} issued", Unit = "ms", Rounds = full });
        bench.Report.Add(new Row
        {
            Name = $"  {many:N0} ÷ {Few:N0} issued",
            Rounds = [Row.MedianOf(full) / Row.MedianOf(few)],
            Target = Target.AtMost(GrowthTarget),
            Note = bench.Options.Quick ? "the target speaks of 1,000,000" : null,
        });
    }

    private static async Task MeasureThroughputAsync(
        Bench bench, string name, string url, int gateway, IReadOnlyList<string> documents)
    {
        int calls = Math.Max(documents.Count, bench.Options.Count(Differing, 3_000));
        string answerFile = Path.Combine(bench.Options.State, "answer.json");
        await File.WriteAllTextAsync(answerFile, await AnswerAsync(url, documents[0]));
        string endpoint = new Ports(replace: true).Settle("127.0.0.1:0", "the bare endpoint");
        using var bare = WorkerProcess.StartOwn(
            ["bare-endpoint", $"http://{endpoint}", answerFile], ProcessEnvironment.Lean);
        await bare.WaitUntilListeningAsync(endpoint);

        using var atGateway = new HttpLoad(url, Resource, documents, ThroughputConnections, Valid);
        using var atBare = new HttpLoad($"http://{endpoint}", Resource, documents, ThroughputConnections, Valid);
        await atGateway.RunAsync(calls);
        await atBare.RunAsync(calls);
        var (verifications, answers) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => ServerCost.OfAsync(gateway, () => atGateway.RunAsync(calls)),
            () => ServerCost.OfAsync(bare.Id, () => atBare.RunAsync(calls)));
        Contest.Report(
            bench.Report, name, "/s", verifications, answers,
            result => result.PerSecond, Target.AtLeast(RatioTarget), "bare Kestrel endpoint, same bytes");
        ServerCost.Report(bench.Report, "  server CPU for each", verifications);
        ServerCost.Report(bench.Report, "  server CPU for each, bare Kestrel endpoint", answers);
    }

    private static async Task<List<double>> MeasureLatencyAsync(
        Bench bench, string url, IReadOnlyList<string> documents)
    {
        int calls = bench.Options.Count(10_000, 2_000);
        using var load = new HttpLoad(url, Resource, documents, LatencyConnections, Valid);
        await load.RunAsync(calls);
        var milliseconds = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            milliseconds.Add((await load.RunAsync(calls)).P99Milliseconds);
        }

        return milliseconds;
    }

    /// <summary>Another institution's gateway may be a moment behind.</summary>
    public static async Task WaitUntilFollowedAsync(string url, string document)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!(await AnswerAsync(url, document)).Contains(Valid, StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<string> AnswerAsync(string url, string document)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        using var content = new StringContent(document);
        using var answer = await http.PostAsync(Resource, content);
        return await answer.Content.ReadAsStringAsync();
    }
}
