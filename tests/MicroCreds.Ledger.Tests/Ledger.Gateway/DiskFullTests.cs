using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose store has no room, and gets it back.</summary>
public sealed class DiskFullTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StoreWithoutRoom_Answers503WithTheCause_LosesNothingAndIsWellAgainByItself()
    {
        TestStore.RequireFile("SQLite is told how many pages it may have; PostgreSQL's disk cannot be filled here.");
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        var database = gateway.Services.GetRequiredService<GatewayStore>().Database;
        var acknowledged = new List<byte[]>();
        JsonNode? problem = null;
        string refusedKey = "";

        // Fewer pages than there are means: as many as there are.
        await database.WriteAsync(connection => Limit(connection, 1));
        try
        {
            // Free pages of its last change may take some first.
            for (int sent = 0; sent < 500 && problem is null; sent++)
            {
                refusedKey = $"full-{sent}";
                using var answer = await gateway.PostAsync("/v1/credentials", Row(refusedKey), refusedKey);
                if (answer.IsSuccessStatusCode)
                {
                    acknowledged.Add(await answer.Content.ReadAsByteArrayAsync(Cancellation));
                    continue;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.NotNull(answer.Headers.RetryAfter);
                problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
            }
        }
        finally
        {
            await database.WriteAsync(connection => Limit(connection, 1_000_000));
        }

        // The audit log is what is written first.
        Assert.Equal("urn:microcreds:problem:store-unavailable", (string?)problem?["type"]);
        Assert.Contains("is full", (string?)problem!["detail"], StringComparison.Ordinal);
        using var again = await gateway.PostAsync("/v1/credentials", Row(refusedKey), refusedKey);
        await GatewayHost.OkAsync(again);
        foreach (byte[] document in acknowledged)
        {
            string address = "/v1/credentials/" + GatewayHost.IdOf(document);
            Assert.Equal(document, await gateway.Registrar.GetByteArrayAsync(address, Cancellation));
        }
    }

    private static JsonObject Row(string name) => GatewayHost.Row("Learner " + name);

    private static void Limit(DbConnection connection, int pages)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA max_page_count={pages}";
        command.ExecuteNonQuery();
    }
}
