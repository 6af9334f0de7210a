using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose file system has really no byte left, and gets some back.</summary>
public sealed class FullFileSystemTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const int DiskMegabytes = 32;
    private const int MaxSent = 500;
    private const int Rows = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DataDirectory_Full_Answers503WithTheCause_LosesNothing_AndIsWellAgainByItself()
    {
        TestStore.RequireFile("PostgreSQL has a disk of its own, which is not filled here.");
        using var disk = SmallDisk.MountOrSkip(DiskMegabytes);
        await using var gateway = await GatewayHost.StartAsync(
            gateways[GatewaysFixture.Tejo], $"DataDirectory={disk.Path}", "MinFreeMegabytes=1");
        await gateway.PrepareAsync();
        int before = await CountAsync();
        var acknowledged = new List<byte[]> { await gateway.IssueAsync("Before it was full") };

        // Accepted and built, and not on the ledger yet.
        gateway.Wire.IsCut = true;
        using var accepted = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/batches", Enumerable.Range(0, Rows).Select(row => GatewayHost.Row($"Row {row}")).ToArray()));
        string batch = accepted.Headers.Location!.ToString();
        await BatchIsAsync(gateway, batch, one => one["state"]!.ToString() == "ready");
        disk.Fill();
        gateway.Wire.IsCut = false;

        var (refusedKey, problem) = await FillUntilRefusedAsync(disk, gateway, acknowledged);
        Assert.Equal("urn:microcreds:problem:store-unavailable", (string?)problem["type"]);
        Assert.Contains("is full", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains("store", await MissingAsync(gateway), StringComparer.Ordinal);

        // What is there can be read and verified all the same.
        Assert.Equal("valid", await gateway.VerdictAsync(acknowledged[0]));

        disk.Free();
        await Until.TrueAsync(
            async () =>
            {
                using var again = await gateway.PostAsync("/v1/credentials", Row(refusedKey), refusedKey);
                return again.IsSuccessStatusCode;
            },
            () => "There is room, and nothing is issued.");
        await BatchIsAsync(gateway, batch, one => one["state"]!.ToString() == "issued");
        string[] missing = ["?"];
        await Until.TrueAsync(
            async () => (missing = await MissingAsync(gateway)).Length == 0,
            () => $"There is room, and the gateway is not ready: {string.Join(", ", missing)}");
        foreach (byte[] document in acknowledged)
        {
            string address = "/v1/credentials/" + GatewayHost.IdOf(document);
            Assert.Equal(document, await gateway.Registrar.GetByteArrayAsync(address, Cancellation));
            Assert.Equal("valid", await gateway.VerdictAsync(document));
        }

        // Each that was acknowledged, the batch and the one that was refused, once.
        Assert.Equal(before + acknowledged.Count + 2, await CountAsync());
    }

    private static async Task<(string Key, JsonNode Problem)> FillUntilRefusedAsync(
        SmallDisk disk, GatewayHost gateway, List<byte[]> acknowledged)
    {
        for (int sent = 0; sent < MaxSent; sent++)
        {
            // Whatever was given back meanwhile is taken again.
            disk.Fill();
            string key = $"full-{sent}";
            using var answer = await gateway.PostAsync("/v1/credentials", Row(key), key);
            if (answer.IsSuccessStatusCode)
            {
                acknowledged.Add(await answer.Content.ReadAsByteArrayAsync(Cancellation));
                continue;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            return (key, (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!);
        }

        throw new InvalidOperationException($"{MaxSent} credentials were issued on a full disk.");
    }

    private static async Task BatchIsAsync(GatewayHost gateway, string address, Func<JsonNode, bool> isSo)
    {
        string said = "";
        await Until.TrueAsync(
            async () => isSo(JsonNode.Parse(said = await gateway.Registrar.GetStringAsync(address, Cancellation))!),
            () => said);
    }

    private static async Task<string[]> MissingAsync(GatewayHost gateway)
    {
        using var answer = await gateway.Anyone.GetAsync("/readyz", Cancellation);
        var readiness = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        return
        [
            .. readiness!["checks"]!.AsArray().Where(check => !(bool)check!["ok"]!)
                .Select(check => (string)check!["check"]!),
        ];
    }

    private async Task<int> CountAsync() => (await gateways[GatewaysFixture.Tejo].ListIssuancesAsync()).Count;

    private static JsonObject Row(string key)
    {
        // The same request, whenever it is sent.
        var row = GatewayHost.Row("Learner " + key);
        row["recipient"]!["email"] = $"{key}@student.example";
        return row;
    }
}
