using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Grpc.Core;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What operators see of a gateway.</summary>
public sealed partial class OperationsTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_TooFewEndorsers_NamesThemAndTheMend()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member);
        gateway.Wire.RehearsalFault = new LedgerUnavailableException("no peers of LindenMSP");
        string detail = await FaultOfAsync(gateway.Anyone, "endorsers");
        Assert.Contains("no peers of LindenMSP", detail, StringComparison.Ordinal);
        Assert.Contains("scripts/doctor.sh", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_OwnPeerEndorsesNothing_IsDegradedAndSaysSo()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member);
        gateway.Wire.OwnPeerFault = new LedgerUnavailableException("no endorsing peers for AuroraMSP");
        JsonNode? told = null;
        await Until.TrueAsync(
            async () =>
            {
                // Not ready yet, it tells that too.
                using var answer = await gateway.Anyone.GetAsync("/readyz", Cancellation);
                told = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
                return (string?)told!["status"] == "degraded";
            },
            () => $"{told}");
        Assert.Contains(
            told!["shortcomings"]!.AsArray(), one => $"{one}".Contains("no endorsing peers", StringComparison.Ordinal)
                && $"{one}".Contains("operations.md", StringComparison.Ordinal));
        await gateway.IssueAsync("Endorsed by Others");
    }

    [Fact]
    public async Task Ready_DiskNearlyFull_SaysHowMuchIsLeft()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member, "MinFreeMegabytes=2000000000");
        Assert.Contains("MB left, less than", await FaultOfAsync(gateway.Anyone, "disk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_ContractOutOfReach_IsNotReady()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member);
        gateway.Wire.IsCut = true;
        Assert.Contains("does not answer", await FaultOfAsync(gateway.Anyone, "contract"), StringComparison.Ordinal);
        await gateway.SaysAsync("/readyz", "does not answer: The wire is cut. Start it");
        Assert.Contains(
            "see the check peer", await FaultOfAsync(gateway.Anyone, "projection"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_ContractHangs_SaysInWordsThatNoAnswerCame()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member);
        gateway.Wire.RehearsalFault = new RpcException(
            new Status(StatusCode.Cancelled, "Call canceled by the client."));
        string detail = await FaultOfAsync(gateway.Anyone, "endorsers");
        Assert.Contains("no answer came within 5 s. Their operators", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Status(", detail, StringComparison.Ordinal);
    }

    /// <summary>What a gateway says that runs an hour ahead: peer and contract are there.</summary>
    [Fact]
    public async Task Ready_ClockDiffersFromThePeers_BlamesTheClocksAndNobodyElse()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member);
        gateway.Wire.EvaluationFault = new LedgerUnavailableException(
            "Evaluating failed: request unauthorized due to incorrect timestamp 2026-12-01T02:34:33Z, peer time "
            + "2026-12-01T01:34:33Z, peer.authentication.timewindow 15m0s");
        gateway.Wire.BlockFault = new LedgerRefusedException("the peer answered 400 (BadRequest)");
        string detail = await FaultOfAsync(gateway.Anyone, "clock");
        Assert.Contains("peer time 2026-12-01T01:34:33Z", detail, StringComparison.Ordinal);
        Assert.Contains("Set both by NTP", detail, StringComparison.Ordinal);
        string told = await gateway.SaysAsync("/readyz", "answers and refuses this gateway: the peer answered 400");
        Assert.DoesNotContain("Start ", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OperationsPort_AnswersOperatorsAndNothingElse()
    {
        string address = $"http://{FreePorts.TakeAddress()}";
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member, $"OperationsListen={address}");
        using var operators = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(operators, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(operators, "/healthz"));
        Assert.NotEqual(HttpStatusCode.NotFound, await StatusOfAsync(operators, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(operators, "/v1/institutions"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(operators, "/verify"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(gateway.Anyone, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(gateway.Anyone, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(gateway.Anyone, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(gateway.Anyone, "/v1/institutions"));
    }

    [Fact]
    public async Task Monitoring_EveryMetricThatItNames_IsShown()
    {
        await _issuer.IssueAsync("Watched Learner");
        string shown = await _issuer.Anyone.GetStringAsync("/metrics", Cancellation);
        string folder = Path.Combine(Repository.Root, "gateway", "docs", "monitoring");
        string dashboard = await File.ReadAllTextAsync(Path.Combine(folder, "dashboard.json"), Cancellation);
        Assert.NotEmpty(JsonNode.Parse(dashboard)!["panels"]!.AsArray());
        string alerts = await File.ReadAllTextAsync(Path.Combine(folder, "alerts.yml"), Cancellation);
        string[] names = [.. Metric().Matches(dashboard + alerts).Select(match => match.Value).Distinct()];
        Assert.True(names.Length > 12, string.Join(' ', names));
        string[] absent = [.. names.Where(name => !Regex.IsMatch(shown, $"^{name}[ {{]", RegexOptions.Multiline))];
        Assert.True(absent.Length == 0, $"Not at /metrics: {string.Join(' ', absent)}");
    }

    [Fact]
    public async Task AlertRules_AreTakenByPromtool()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "There is no promtool on the PATH (Debian's package prometheus has it).");
        string rules = Path.Combine(Repository.Root, "gateway", "docs", "monitoring", "alerts.yml");
        using var run = Process.Start(new ProcessStartInfo(program, ["check", "rules", rules])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        string said = await run.StandardOutput.ReadToEndAsync(Cancellation)
            + await run.StandardError.ReadToEndAsync(Cancellation);
        await run.WaitForExitAsync(Cancellation);
        Assert.True(run.ExitCode == 0, said);
    }

    private static async Task<string> FaultOfAsync(HttpClient client, string check)
    {
        using var answer = await client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var readiness = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        var found = readiness!["checks"]!.AsArray().Single(one => (string?)one!["check"] == check)!;
        Assert.False((bool)found["ok"]!);
        return (string)found["detail"]!;
    }

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }

    [GeneratedRegex("(?:microcreds|microsoft)_[a-z_]+")]
    private static partial Regex Metric();
}
