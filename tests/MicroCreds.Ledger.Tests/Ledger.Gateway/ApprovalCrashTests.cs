using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway that is killed without a warning around the moment in which something is approved.</summary>
public sealed class ApprovalCrashTests(ApprovalFixture approval) : IClassFixture<ApprovalFixture>
{
    private const int Kills = 3;
    private const int Rows = 3;
    private const int LongestMilliseconds = 250;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_BetweenApprovingAndIssuing_WhatWasApprovedIsIssuedOnce()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using (var first = await GatewayHost.StartAsync(approval[LedgerFixture.Tejo])) await first.PrepareAsync();
        using var gateway = new GatewayProcess(
        [
            .. GatewayHost.SettingsOf(approval[LedgerFixture.Tejo]), .. await TestStore.NewAsync(), "Approval=all",
        ]);
        await gateway.StartAsync();
        using var approver = await ApproverAsync(gateway);
        for (int kill = 1; kill <= Kills; kill++)
        {
            string address = await AskAsync(gateway, kill);
            var approving = approver.PostAsync($"{address}/approval", content: null, Cancellation);
            await Task.Delay(random.Next(LongestMilliseconds), Cancellation);
            gateway.Kill();
            await Task.WhenAny(approving);
            await gateway.StartAsync();

            // Whether it was approved before, whoever approves finds out by approving it again.
            await Until.TrueAsync(
                async () =>
                {
                    string state = (string)(await gateway.Registrar.GetFromJsonAsync<JsonNode>(address))!["state"]!;
                    if (state == "waiting") (await approver.PostAsync($"{address}/approval", content: null)).Dispose();
                    return state == "issued";
                },
                () => $"{address} was not issued\n{gateway.Words}");
            await Until.TrueAsync(
                async () => await gateway.CountIssuedAsync() >= Rows * kill,
                () => $"kill {kill}: too few\n{gateway.Words}");
            Assert.Equal(Rows * kill, await gateway.CountIssuedAsync());
        }
    }

    private static async Task<string> AskAsync(GatewayProcess gateway, int kill)
    {
        string rows = string.Concat(Enumerable.Range(0, Rows).Select(
            row => GatewayHost.Row($"Learner {kill}.{row}").ToJsonString() + "\n"));
        using var asked = await GatewayHost.OkAsync(await gateway.Registrar.PostAsync(
            "/v1/batches", new StringContent(rows, Encoding.UTF8, "application/x-ndjson"), Cancellation));
        return asked.Headers.Location!.ToString();
    }

    private static async Task<HttpClient> ApproverAsync(GatewayProcess gateway)
    {
        using var made = await GatewayHost.OkAsync(await gateway.Registrar.PostAsJsonAsync(
            "/v1/api-keys", new { name = "A second pair of eyes", roles = (string[])["approver"] }, Cancellation));
        var client = new HttpClient { BaseAddress = gateway.Anyone.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["key"]!);
        return client;
    }
}
