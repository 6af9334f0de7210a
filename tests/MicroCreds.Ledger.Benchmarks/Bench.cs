using MicroCreds.Ledger.Benchmarks.Measures;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks;

/// <summary>One run: takes the measures one after the other, those after the first on one network.</summary>
internal sealed class Bench(BenchmarkOptions options, Report report)
{
    /// <summary>All measures in the order they are taken: what must see a fresh network comes first.</summary>
    public static readonly IReadOnlyList<(string Name, Func<Bench, Task> TakeAsync)> Measures =
    [
        ("up", UpTime.MeasureAsync),
        ("rest", Memory.MeasureRestAsync),
        ("client", Clients.MeasureAsync),
        ("cold", ColdStarts.MeasureAsync),
        ("chaincode", Chaincodes.MeasureAsync),
        ("library", Libraries.MeasureAsync),
        ("signatures", Signatures.MeasureAsync),
        ("forms", Forms.MeasureAsync),
        ("proofs", ProofSizes.MeasureAsync),
        ("log", LogGrowth.MeasureAsync),
        ("carried", CarriedProofs.MeasureAsync),
        ("papers", LearnersPapers.MeasureAsync),
        ("verifying", Verifications.MeasureAsync),
        ("pages", Pages.MeasureAsync),
        ("visits", LearnerVisits.MeasureAsync),
        ("issuing", Issuances.MeasureAsync),
        ("webhooks", ToldIssuances.MeasureAsync),
        ("stores", Stores.MeasureAsync),
        ("lists", StatusListings.MeasureAsync),
        ("restart", RestartedLists.MeasureAsync),
        ("noisy", NoisyClients.MeasureAsync),
        ("telemetry", TelemetryCosts.MeasureAsync),
        ("pathways", PathwayEvaluations.MeasureAsync),
        ("plans", Plans.MeasureAsync),
        ("goals", GoalSearches.MeasureAsync),
        ("recognition", RecognitionAnswers.MeasureAsync),
        ("soak", Memory.MeasureSoakAsync),
        ("consortia", LargeConsortia.MeasureAsync),
    ];

    private BenchNetwork? _network;
    private NodePrograms? _node;
    private Cohorts? _cohorts;

    public BenchmarkOptions Options => options;

    public Report Report => report;

    /// <summary>Runs the benchmarks; the exit code does not depend on what was met.</summary>
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var report = new Report(Machine.Read(), options);
        report.PrintHead();
        var bench = new Bench(options, report);
        foreach (var (name, takeAsync) in Measures)
        {
            if (options.Only.Count == 0 || options.Only.Contains(name))
            {
                await takeAsync(bench);
            }
        }

        if (options.Json is not null)
        {
            report.Write(options.Json);
        }

        return 0;
    }

    /// <summary>The network that is measured, up from its first use.</summary>
    public async Task<BenchNetwork> NetworkAsync() => _network ??= await BenchNetwork.StartAsync(options);

    /// <summary>The official clients; what cannot be had is told.</summary>
    public Task<IReadOnlyList<OfficialProgram>> ClientsAsync() => OfficialAsync(
        node => node.Client, options.GoClient is { } go
            ? new OfficialProgram("official Go client", go) { CpuRatio = 0.9, RateRatio = 1 } : null,
        "--go-client");

    /// <summary>The official libraries' put/get chaincodes; what cannot be had is told.</summary>
    public Task<IReadOnlyList<OfficialProgram>> ChaincodesAsync() => OfficialAsync(
        node => node.Chaincode, options.GoChaincode is { } go
            ? new OfficialProgram("fabric-chaincode-go", go) { CpuRatio = 1, RateRatio = 1 } : null,
        "--go-chaincode");

    /// <summary>What has been issued so far on the network.</summary>
    public async Task<Cohorts> CohortsAsync() => _cohorts ??= new Cohorts((await NetworkAsync()).Issuer);

    private async Task<IReadOnlyList<OfficialProgram>> OfficialAsync(
        Func<NodePrograms, OfficialProgram> ofNode, OfficialProgram? go, string option)
    {
        _node ??= await NodePrograms.TryInstallAsync();
        if (_node is null) report.Skip("  beside Node's official library", "Node is missing: skipped");
        if (go is null) report.Skip("  beside Go's official library", $"{option} names no program: skipped");
        OfficialProgram?[] all = [_node is { } node ? ofNode(node) : null, go];
        return [.. all.OfType<OfficialProgram>()];
    }
}
