using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Links that learners handed out, opened again and again: each visit verifies the credential anew and writes its page.
/// </summary>
internal static class LearnerVisits
{
    private const int Links = 20;
    private const int Connections = 8;

    /// <summary>A thousand views a second and core.</summary>
    private const double CpuTarget = 1.0;

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        using var visitor = new HttpClient(new SocketsHttpHandler { UseCookies = false })
        {
            BaseAddress = new Uri(network.Issuer.GatewayUrl),
        };
        var links = new List<string>();
        for (int i = 0; i < Links; i++) links.Add(await ShareAsync(network.Issuer));
        int process = network.GatewayProcess(network.Issuer);
        int calls = bench.Options.Count(10_000, 500);
        Task<LoopResult> VisitAsync() => ClosedLoop.RunAsync(
            calls, Connections, (n, _) => visitor.GetByteArrayAsync(links[n % links.Count]));
        await VisitAsync();
        var costs = new List<ServerCost>();
        for (int i = 0; i < bench.Options.Rounds; i++) costs.Add(await ServerCost.OfAsync(process, VisitAsync));
        bench.Report.Add(new Row
        {
            Name = "a learner's link opened, /c/{secret}",
            Unit = "/s",
            Rounds = [.. costs.Select(cost => cost.PerSecond)],
        });
        bench.Report.Add(new Row
        {
            Name = "  server CPU for each",
            Unit = "ms",
            Rounds = [.. costs.Select(cost => cost.CpuMilliseconds)],
            Target = Target.AtMost(CpuTarget),
            Note = $"{links.Count} links in turn",
        });
    }

    /// <summary>Issues a credential, takes it over as its learner does, and makes a link.</summary>
    /// <returns>The link's path.</returns>
    public static async Task<string> ShareAsync(InstitutionEntry issuer)
    {
        using var http = new HttpClient { BaseAddress = new Uri(issuer.GatewayUrl) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.ApiKey);
        using var issued = await http.PostAsJsonAsync("/v1/credentials", new
        {
            achievement = "data-literacy",
            recipient = new { name = "Aino Virtanen " + Guid.NewGuid().ToString("N")[..6] },
        });
        issued.EnsureSuccessStatusCode();
        using var claimed = await http.PostAsync($"{issued.Headers.Location}/claims", content: null);
        claimed.EnsureSuccessStatusCode();
        string claim = (string)JsonNode.Parse(await claimed.Content.ReadAsStringAsync())!["url"]!;

        var cookies = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var device = new HttpClient(cookies) { BaseAddress = http.BaseAddress };
        using var taken = await device.PostAsync(new Uri(claim).AbsolutePath, new FormUrlEncodedContent([]));
        string held = taken.Headers.Location?.ToString().Split('?')[0]
            ?? throw new BenchmarkException($"A claim was answered {(int)taken.StatusCode}.");
        using var shared = await device.PostAsync(
            $"{held}/shares", new FormUrlEncodedContent([KeyValuePair.Create("show", "name")]));
        string page = await device.GetStringAsync(held);
        int begin = page.IndexOf(issuer.GatewayUrl + "/c/", StringComparison.Ordinal);
        return begin < 0
            ? throw new BenchmarkException($"The page of {held} shows no link after {(int)shared.StatusCode}.")
            : page[(begin + issuer.GatewayUrl.Length)..page.IndexOf('"', begin)];
    }
}
