using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose PostgreSQL loses its power, and gets it back.</summary>
public sealed class StoreOutageTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DatabaseAway_Answers503WithTheCause_AndIsWellAgainByItself()
    {
        PostgresCluster.Require();
        await using var cluster = await PostgresCluster.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            gateways[GatewaysFixture.Tejo], "Database=" + await cluster.CreateDatabaseAsync());
        await gateway.PrepareAsync();
        byte[] before = await gateway.IssueAsync("Before The Outage");
        string address = "/v1/credentials/" + GatewayHost.IdOf(before);

        await cluster.StopAsync();
        try
        {
            var row = GatewayHost.Row("While It Is Away");
            using var writing = await gateway.PostAsync("/v1/credentials", row, "outage");
            await IsStoreAwayAsync(writing);
            using var reading = await gateway.Registrar.GetAsync(address, Cancellation);
            await IsStoreAwayAsync(reading);
            await gateway.SaysAsync("/readyz", "The gateway's database cannot be reached or takes no writes.");
            await cluster.BringUpAsync();
            using var again = await gateway.PostAsync("/v1/credentials", row, "outage");
            await GatewayHost.OkAsync(again);
        }
        finally
        {
            await cluster.BringUpAsync();
        }

        await gateway.SaysAsync("/readyz", "The store and the data directory take writes.");
        Assert.Equal(before, await gateway.Registrar.GetByteArrayAsync(address, Cancellation));
    }

    [Fact]
    public async Task DatabaseKilledUnderLoad_LosesNothingAcknowledged_AndFinishesWhatItHadKept()
    {
        PostgresCluster.Require();
        await using var cluster = await PostgresCluster.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            gateways[GatewaysFixture.Tejo], "Database=" + await cluster.CreateDatabaseAsync());
        await gateway.PrepareAsync();
        const int Kills = 5;
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<byte[]>();
        using var isOver = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (!isOver.IsCancellationRequested)
            {
                using var answer = await gateway.PostAsync("/v1/credentials", GatewayHost.Row("Under Load"));
                if (answer.IsSuccessStatusCode)
                    acknowledged.Add(await answer.Content.ReadAsByteArrayAsync(Cancellation));
                else
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            }
        })).ToArray();
        try
        {
            for (int kill = 1; kill <= Kills; kill++)
            {
                int wanted = acknowledged.Count + 5;
                await Until.TrueAsync(
                    () => Task.FromResult(acknowledged.Count >= wanted || clients.Any(client => client.IsFaulted)),
                    () => $"nothing was issued any more after {kill - 1} kills");
                await cluster.StopAsync();
                await cluster.BringUpAsync();
            }
        }
        finally
        {
            await isOver.CancelAsync();
            await Task.WhenAll(clients);
        }

        var issuances = gateway.Services.GetRequiredService<IssuanceStore>();
        await Until.TrueAsync(
            () => Task.FromResult(issuances.FindUnfinished().Count == 0),
            () => "what was kept was not finished: " + string.Join(
                ", ", issuances.FindUnfinished().Select(one => $"{one.Number} {one.State}")));
        var documents = gateway.Services.GetRequiredService<DocumentStore>();
        foreach (byte[] document in acknowledged)
        {
            var id = Guid.Parse(GatewayHost.IdOf(document).AsSpan("urn:uuid:".Length));
            Assert.Equal(IssuanceState.Issued, documents.Find(id)?.State);
            Assert.Equal("valid", await gateway.VerdictAsync(document));
        }
    }

    private static async Task IsStoreAwayAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        Assert.StartsWith("urn:microcreds:problem:store-", (string?)problem!["type"], StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.DoesNotContain("othing was kept", (string?)problem["detail"], StringComparison.Ordinal);
    }
}
