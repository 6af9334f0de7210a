using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// A status list of a million entries: served by a gateway, as it lies there and right after a change; and one of which
/// a hundredth is revoked, made and read in this process.
/// </summary>
internal static class StatusListings
{
    private const int SetShare = 100;
    private const int Connections = 8;

    public static async Task MeasureAsync(Bench bench)
    {
        await MeasureServingAsync(bench);
        MeasureReading(bench);
    }

    private static async Task MeasureServingAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var issuer = network.Issuer;
        using var http = new HttpClient { BaseAddress = new Uri(issuer.GatewayUrl) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.ApiKey);
        var (served, changed) = (new List<double>(), new List<double>());
        int calls = bench.Options.Count(5_000, 500);
        for (int round = 0; round < bench.Options.Rounds; round++)
        {
            string path = await IssueAndRevokeAsync(http, issuer);
            long begin = Stopwatch.GetTimestamp();
            await http.GetByteArrayAsync(path);
            changed.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            var loop = await ClosedLoop.RunAsync(calls, Connections, (_, _) => http.GetByteArrayAsync(path));
            served.Add(loop.PerSecond);
        }

        bench.Report.Add(new Row
        {
            Name = $"status list of {Limits.StatusListSize:N0}, served",
            Unit = "/s",
            Rounds = served,
        });
        bench.Report.Add(new Row
        {
            Name = "  the first after a change",
            Unit = "ms",
            Rounds = changed,
        });
    }

    /// <summary>Gives the path of the list in which a credential was revoked a moment ago.</summary>
    private static async Task<string> IssueAndRevokeAsync(HttpClient http, InstitutionEntry issuer)
    {
        using var issued = await http.PostAsJsonAsync("/v1/credentials", new
        {
            achievement = "data-literacy",
            recipient = new { name = Guid.NewGuid().ToString("N") },
        });
        issued.EnsureSuccessStatusCode();
        var credential = JsonNode.Parse(await issued.Content.ReadAsStringAsync())!;
        string url = (string)credential["credentialStatus"]!["statusListCredential"]!;
        using var revoked = await http.PostAsJsonAsync(
            $"{issued.Headers.Location}/revocation", new { reason = "other" });
        revoked.EnsureSuccessStatusCode();
        return url.StartsWith(issuer.GatewayUrl, StringComparison.Ordinal)
            ? url
            : throw new BenchmarkException($"The credential names {url}, which is not at {issuer.GatewayUrl}.");
    }

    private static void MeasureReading(Bench bench)
    {
        using var key = IssuerPrivateKey.Generate();
        var now = TimeProvider.System.GetUtcNow();
        var random = new Random(20261124);
        int[] set = [.. Enumerable.Range(0, Limits.StatusListSize / SetShare)
            .Select(_ => random.Next(Limits.StatusListSize))];
        var list = new StatusListCredential
        {
            Url = "https://creds.example/v1/status-lists/BenchMSP~list-1~revocation",
            Purpose = StatusPurpose.Revocation,
            Issuer = "did:web:bench.example",
            ValidFrom = now,
            ValidUntil = now.AddDays(1),
            TimeToLive = TimeSpan.FromDays(1),
            Bits = Bitstring.Of(Limits.StatusListSize, set),
        };
        var query = new StatusListQuery
        {
            Url = list.Url,
            Purpose = list.Purpose,
            Issuer = list.Issuer,
            FindKey = _ => Multikey.Parse(key.PublicKeyMultibase),
            FetchedAt = now,
        };
        var reader = new StatusListReader(TimeProvider.System);
        byte[] document = FormCohort.Now(list.SignAsync(key, "key-1"));
        int calls = bench.Options.Count(200, 20);
        List<double> made = Rounds(bench, calls, () => FormCohort.Now((list with
        {
            Bits = Bitstring.Of(Limits.StatusListSize, set),
        }).SignAsync(key, "key-1")));
        List<double> read = Rounds(bench, calls, () =>
        {
            if (!reader.Read(document, query).Bits[set[0]])
                throw new BenchmarkException("A revoked credential was read as one that stands.");
        });
        string note = $"{document.Length / 1024:N0} KiB, in process";
        bench.Report.Add(new Row
        {
            Name = "  1 % revoked, packed and signed",
            Unit = "ms",
            Rounds = made,
            Note = note,
        });
        bench.Report.Add(new Row
        {
            Name = "  1 % revoked, verified and read",
            Unit = "ms",
            Rounds = read,
            Note = note,
        });
    }

    private static List<double> Rounds(Bench bench, int calls, Action call)
    {
        call();
        var milliseconds = new List<double>();
        for (int round = 0; round < bench.Options.Rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) call();
            milliseconds.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds / calls);
        }

        return milliseconds;
    }
}
