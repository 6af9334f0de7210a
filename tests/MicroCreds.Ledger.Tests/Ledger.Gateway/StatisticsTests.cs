using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Data.Sqlite;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>How much was issued and withdrawn, counted from the shared ledger.</summary>
public sealed class StatisticsTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statistics_CountByAchievementAndMonth_TheSameAtEveryGateway_AndAfterARestart()
    {
        await _issuer.PrepareAsync("counted");
        await _issuer.PrepareAsync("other");
        var first = await IssueAsync("counted");
        var second = await IssueAsync("counted");
        await IssueAsync("other");
        await ChangeAsync($"/v1/credentials/{first}/suspension", new { reason = "underReview" });
        await GatewayHost.OkAsync(
            await _issuer.Registrar.DeleteAsync($"/v1/credentials/{first}/suspension", Cancellation));
        await ChangeAsync($"/v1/credentials/{second}/suspension", new { reason = "underReview" });
        await ChangeAsync($"/v1/credentials/{second}/revocation", new { reason = "withdrawn" });
        await BatchAsync("counted", 5);

        foreach (var host in new[] { _issuer, _partner })
            await AssertCountedAsync(host, "\"issued\":7,\"suspended\":2,\"reinstated\":1,\"revoked\":1");

        // Of one issuance for several achievements the ledger does not say how many were for which.
        await BatchAsync("counted", 1, "other");
        await AssertCountedAsync(_issuer, "\"issued\":7,\"suspended\":2,\"reinstated\":1,\"revoked\":1");
        var several = (await ListAsync(_issuer)).Single(item => item["achievement"] is null);
        Assert.Equal(2, (long)several["counts"]!["issued"]!);

        // A projection of before there was a tally counts what it has.
        var before = await ListAsync(_partner);
        await _partner.StopAsync();
        string path = Path.Combine(_partner.DataDirectory, "projection.db");
        await using (var database = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await database.OpenAsync(Cancellation);
            var drop = database.CreateCommand();
            drop.CommandText = "DROP TABLE tally";
            await drop.ExecuteNonQueryAsync(Cancellation);
        }

        await _partner.StartAsync();
        Assert.Equal(
            before.Select(item => item.ToJsonString()),
            (await ListAsync(_partner)).Select(item => item.ToJsonString()));
    }

    [Fact]
    public async Task Statistics_InPagesAndMonths_AndBadOnesAreRefused()
    {
        await _issuer.PrepareAsync("paged-one");
        await _issuer.PrepareAsync("paged-two");
        await IssueAsync("paged-one");
        await IssueAsync("paged-two");
        var all = await ListAsync(_issuer);
        var paged = new List<JsonNode>();
        string? next = null;
        do
        {
            var page = JsonNode.Parse(await _issuer.Anyone.GetStringAsync(
                $"/v1/statistics?pageSize=1&after={Uri.EscapeDataString(next ?? "")}", Cancellation))!;
            paged.Add(page["items"]!.AsArray().Single()!);
            next = (string?)page["next"];
        }
        while (next is not null);
        Assert.Equal(all.Select(item => item.ToJsonString()), paged.Select(item => item.ToJsonString()));

        var earlier = JsonNode.Parse(await _issuer.Anyone.GetStringAsync(
            "/v1/statistics?until=2020-12", Cancellation))!;
        Assert.Empty(earlier["items"]!.AsArray());
        foreach (string bad in new[] { "from=2026", "until=2026-13", "after=nowhere", "pageSize=0" })
        {
            using var refused = await _issuer.Anyone.GetAsync($"/v1/statistics?{bad}", Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    private static async Task AssertCountedAsync(GatewayHost host, string counts)
    {
        string month = $"{DateTimeOffset.UtcNow:yyyy-MM}";
        await host.SaysAsync(
            "/v1/statistics?mspId=AuroraMSP",
            $"{{\"month\":\"{month}\",\"achievement\":\"counted\",\"counts\":{{{counts}}}}}");
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(GatewayHost host)
    {
        var page = JsonNode.Parse(await host.Anyone.GetStringAsync(
            "/v1/statistics?mspId=AuroraMSP&pageSize=200", Cancellation))!;
        return [.. page["items"]!.AsArray().Select(item => item!)];
    }

    private async Task<string> IssueAsync(string achievement)
    {
        using var answer = await GatewayHost.OkAsync(await _issuer.PostAsync(
            "/v1/credentials", GatewayHost.Row($"Aino {Guid.NewGuid():N}", achievement)));
        return GatewayHost.IdOf(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task ChangeAsync(string path, object body) =>
        await GatewayHost.OkAsync(await _issuer.PostAsync(path, body));

    private async Task BatchAsync(string achievement, int count, params string[] others)
    {
        var rows = Enumerable.Repeat(achievement, count).Concat(others)
            .Select(one => GatewayHost.Row($"Aino {Guid.NewGuid():N}", one));
        using var answer = await GatewayHost.OkAsync(await _issuer.PostAsync(
            "/v1/batches", new JsonArray([.. rows])));
        string location = answer.Headers.Location!.ToString();
        await Until.TrueAsync(
            async () => (await _issuer.Registrar.GetStringAsync(location, Cancellation)).Contains("\"issued\""),
            () => "the batch is not issued");
    }
}
