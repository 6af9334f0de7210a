using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a gateway writes while no request is under way is in the audit log, too.</summary>
public sealed class BackgroundAuditTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly string[] Readers = ["reader"];

    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Services_ThatWriteToTheLedgerByThemselves_HaveTheLog()
    {
        var silent = typeof(BackgroundTrail).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(BackgroundService)))
            .Select(type => (type, Takes: type.GetConstructors().SelectMany(one => one.GetParameters())
                .Select(one => one.ParameterType).ToHashSet()))
            .Where(one => one.Takes.Contains(typeof(LedgerDoor)) && !one.Takes.Contains(typeof(BackgroundTrail)));
        Assert.Empty(silent);
    }

    [Fact]
    public async Task Issuance_FinishedAfterItsRequest_IsNotedOnce_ByWhoAskedForIt()
    {
        var (id, secret) = await NewKeyAsync("Asks and hangs up", ["issuer"]);
        using var issuer = _gateway.With(secret);
        _gateway.Wire.LosesNextAnswer = true;
        using var unknown = await issuer.PostAsync(
            "/v1/credentials", GatewayHost.Json(GatewayHost.Row("Anchored Later").ToJsonString()), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        var entry = Assert.Single(await EntriesAsync(_gateway, $"action=issuance.anchor&actor={id}", 1));
        Assert.Equal("done", (string?)entry["phase"]);
        Assert.Equal("Asks and hangs up", (string?)entry["actor"]!["name"]);
        Assert.Matches("^credential:[^.]+[.]0$", (string?)entry["subject"]);
    }

    [Fact]
    public async Task Batch_AnchoredInTheBackground_IsNoted_ByWhoAskedForIt()
    {
        var (id, secret) = await NewKeyAsync("Issues batches", ["issuer"]);
        using var issuer = _gateway.With(secret);
        string rows = new JsonArray(GatewayHost.Row("One of Two"), GatewayHost.Row("Two of Two")).ToJsonString();
        using var accepted = await GatewayHost.OkAsync(
            await issuer.PostAsync("/v1/batches", GatewayHost.Json(rows), Cancellation));
        string batch = accepted.Headers.Location!.ToString().Split('/')[^1];
        var entry = Assert.Single(await EntriesAsync(_gateway, $"action=issuance.anchor&actor={id}", 1));
        Assert.Equal($"batch:{batch}", (string?)entry["subject"]);
        Assert.True(_gateway.Services.GetRequiredService<AuditChain>().Verify().Whole);
    }

    [Fact]
    public async Task Batch_RefusedInTheBackground_IsNoted_ByWhoAskedForIt()
    {
        var (id, secret) = await NewKeyAsync("Is refused", ["issuer"]);
        using var issuer = _gateway.With(secret);
        _gateway.Wire.Faults.Enqueue(
            new LedgerRefusedException("It is over.", ErrorCodes.AchievementRetired));
        string rows = new JsonArray(GatewayHost.Row("Refused")).ToJsonString();
        using var accepted = await GatewayHost.OkAsync(
            await issuer.PostAsync("/v1/batches", GatewayHost.Json(rows), Cancellation));
        string batch = accepted.Headers.Location!.ToString().Split('/')[^1];
        var entry = Assert.Single(await EntriesAsync(_gateway, $"action=issuance.refuse&actor={id}", 1));
        Assert.Equal($"batch:{batch}", (string?)entry["subject"]);
    }

    [Fact]
    public async Task Key_PutOnTheLedgerByTheGateway_IsNotedInItsName()
    {
        var entries = await EntriesAsync(_gateway, "action=key.register", 2);
        Assert.Equal(["outcome", "attempt"], entries.Select(one => (string?)one["phase"]));
        Assert.Equal((200, (long)entries[1]["number"]!), ((int)entries[0]["status"]!, (long)entries[0]["attempt"]!));
        Assert.All(entries, one => Assert.Equal("gateway", (string?)one["actor"]!["kind"]));
    }

    [Fact]
    public async Task Work_BegunAgain_IsOneAttempt_AndNothingEndsThatWasNotBegun()
    {
        var trail = _gateway.Services.GetRequiredService<BackgroundTrail>();
        await trail.EndAsync(AuditActions.RefreshedPolicies, subject: null, (int)HttpStatusCode.OK);
        for (int page = 0; page < 3; page++)
            await trail.BeginAsync(AuditActions.RefreshedPolicies, subject: null);
        await trail.EndAsync(AuditActions.RefreshedPolicies, subject: null, (int)HttpStatusCode.OK);
        var entries = await EntriesAsync(_gateway, "action=policies.refresh", 2);
        Assert.Equal(["outcome", "attempt"], entries.Select(one => (string?)one["phase"]));
    }

    [Fact]
    public async Task Withdrawal_ThatTheLedgerTakesLater_IsOneAttemptHoweverOftenTried()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        using var made = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/api-keys", new { name = "Goes later", roles = Readers }));
        string id = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["id"]!;
        gateway.Wire.IsCut = true;
        await GatewayHost.OkAsync(await gateway.Registrar.DeleteAsync($"/v1/api-keys/{id}", Cancellation));
        int Tries() => gateway.Log.Text.Split($"API key {id} is withdrawn is not on the ledger yet").Length - 1;
        await Until.TrueAsync(() => Task.FromResult(Tries() >= 3), () => $"It was tried {Tries()} times.");
        gateway.Wire.IsCut = false;
        var entries = await EntriesAsync(gateway, $"action=api-key.record&subject=api-key:{id}", 2);
        Assert.Equal(["outcome", "attempt"], entries.Select(one => (string?)one["phase"]));
    }

    [Fact]
    public async Task WhatWasKeptLongEnough_Goes_AndThatIsNoted()
    {
        var services = _gateway.Services;
        var trail = services.GetRequiredService<BackgroundTrail>();
        var tables = services.GetRequiredService<UploadedTables>();
        var now = DateTimeOffset.UtcNow;
        await tables.AddAsync("learners.csv", [1, 2, 3], now - UploadedTables.Lifetime);
        await tables.SweepAsync(now, trail.NoteOfOld(AuditActions.DroppedTables, "tables"));
        var table = Assert.Single(await EntriesAsync(_gateway, "action=table.drop", 1));
        Assert.Equal(("done", "tables:1"), ((string?)table["phase"], (string?)table["subject"]));

        // Nothing went: nothing is noted.
        await tables.SweepAsync(now, trail.NoteOfOld(AuditActions.DroppedTables, "tables"));
        Assert.Single(await EntriesAsync(_gateway, "action=table.drop", 1));
        await services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO webhook_delivery
                  (webhook, message, type, payload, created_at, state, attempts, due_at)
                  VALUES ('gone', 'msg_old', 'credential.issued', '{}', 0, 'delivered', 1, 0)
                """, 0);
            insert.ExecuteNonQuery();
        });
        await services.GetRequiredService<WebhookRetention>().DropAsync(now);
        var delivery = Assert.Single(await EntriesAsync(_gateway, "action=webhook-delivery.drop", 1));
        Assert.Equal("webhook-deliveries:1", (string?)delivery["subject"]);
    }

    private async Task<(string Id, string Secret)> NewKeyAsync(string name, string[] roles)
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/api-keys", new { name, roles }));
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        return ((string)key["id"]!, (string)key["key"]!);
    }

    private static async Task<List<JsonNode>> EntriesAsync(GatewayHost gateway, string filter, int count)
    {
        List<JsonNode> found = [];
        await Until.TrueAsync(
            async () =>
            {
                string page = await gateway.Registrar.GetStringAsync($"/v1/audit?{filter}&pageSize=100", Cancellation);
                found = [.. JsonNode.Parse(page)!["items"]!.AsArray().Select(one => one!["entry"]!)];
                return found.Count >= count;
            },
            () => $"{filter}: {string.Join('\n', found)}");
        return found;
    }
}
