using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What becomes of a message that a webhook does not take, or whose gateway dies on it.</summary>
public sealed class WebhookDeliveryTests(WebhooksFixture gateways) : IClassFixture<WebhooksFixture>
{
    private const int Endless = 64 * 1024;

    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refused_IsSentAgainByTheSameIdentifier_UntilItIsTaken()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = receiver.Calls.Count < 4 ? 500 : 202;
            return Task.CompletedTask;
        };
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        string id = await TestAsync(_issuer, webhook);
        var delivery = await webhook.UntilDeliveryAsync(id, one => (string?)one["state"] == "delivered");
        Assert.Equal((4, 202), ((int)delivery["attempts"]!, (int)delivery["status"]!));
        Assert.Null(delivery["fault"]);
        Assert.Equal([id, id, id, id], receiver.Calls.Select(call => call.Id));
        Assert.Single(receiver.Calls.Select(call => call.Body).Distinct());
        Assert.All(receiver.Calls, call => Assert.True(call.IsSignedBy(webhook.Secret)));
        Assert.Null((await webhook.ReadAsync())["failingSince"]);

        // Again, whatever became of it.
        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
            $"{webhook.Address}/deliveries/{id}/attempts", null, Cancellation));
        await Until.TrueAsync(() => Task.FromResult(receiver.Calls.Count == 5), () => "it was not sent again");
        Assert.Equal(id, receiver.Calls[4].Id);
    }

    [Fact]
    public async Task RetryAfter_IsRespected_ForTheWholeWebhook()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        };
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        string first = await TestAsync(_issuer, webhook);
        var waits = await webhook.UntilDeliveryAsync(first, one => (int)one["attempts"]! == 1);
        Assert.Equal("waiting", (string?)waits["state"]);
        Assert.True(Time(waits, "dueAt") - Time(waits, "triedAt") >= TimeSpan.FromHours(1));
        Assert.True(Time(await webhook.ReadAsync(), "pausedUntil") >= Time(waits, "triedAt") + TimeSpan.FromHours(1));

        // Another message is not sent there either, while one to another webhook arrives.
        string second = await TestAsync(_issuer, webhook);
        await using var other = await WebhookReceiver.StartAsync();
        await using var quick = await RegisteredWebhook.AddAsync(_issuer, other.Url);
        string third = await TestAsync(_issuer, quick);
        await quick.UntilDeliveryAsync(third, one => (string?)one["state"] == "delivered");
        Assert.Single(receiver.Calls);
        Assert.Equal(0, (int)(await webhook.UntilDeliveryAsync(second, _ => true))["attempts"]!);
    }

    [Fact]
    public async Task Gone_DisablesIt_AndItIsToldWhatItMissed_OrNot()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(410);
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url, "credential.issued");
        string first = await TestAsync(_issuer, webhook);
        var disabled = await webhook.UntilAsync(one => (string?)one["state"] == "disabled");
        Assert.Equal("gone", (string?)disabled["cause"]);
        Assert.Equal("failed", (string?)(await webhook.UntilDeliveryAsync(first, _ => true))["state"]);
        Assert.Contains(webhook.Id, await _issuer.SaysAsync("/readyz", "answered 410"), StringComparison.Ordinal);
        await _issuer.SaysAsync("/metrics", "microcreds_webhooks_disabled 1");
        using var refused = await _issuer.Registrar.PostAsync($"{webhook.Address}/tests", null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        string missed = GatewayHost.IdOf(await _issuer.IssueAsync("Missed Learner"));
        Assert.Single(receiver.Calls);
        receiver.Answer = WebhookReceiver.Status(200);
        await GatewayHost.OkAsync(await _issuer.PostAsync($"{webhook.Address}/activation", new { }));
        await receiver.ToldAsync("credential.issued", missed);

        await GatewayHost.OkAsync(await _issuer.Registrar.DeleteAsync($"{webhook.Address}/activation", Cancellation));
        string skipped = GatewayHost.IdOf(await _issuer.IssueAsync("Skipped Learner"));
        await GatewayHost.OkAsync(await _issuer.PostAsync($"{webhook.Address}/activation", new { missed = "skip" }));
        string next = GatewayHost.IdOf(await _issuer.IssueAsync("Next Learner"));
        await receiver.ToldAsync("credential.issued", next);
        Assert.DoesNotContain(receiver.Calls, call => call.Body.Contains(skipped, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed_AndAnEndlessAnswerIsNotRead()
    {
        await using var target = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = 308;
            context.Response.Headers.Location = target.Url;
            return Task.CompletedTask;
        };
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        string led = await TestAsync(_issuer, webhook);
        var refused = await webhook.UntilDeliveryAsync(led, one => (int)one["attempts"]! > 0);
        Assert.Equal(("redirect", 308), ((string?)refused["fault"], (int)refused["status"]!));
        Assert.Empty(target.Calls);

        receiver.Answer = async (_, context) =>
        {
            byte[] chunk = new byte[Endless];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        };
        await webhook.UntilDeliveryAsync(led, one => (string?)one["state"] == "delivered");
    }

    [Fact]
    public async Task ASilentWebhook_HoldsUpNeitherIssuingNorAnother()
    {
        await using var silent = await WebhookReceiver.StartAsync();
        silent.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var held = await RegisteredWebhook.AddAsync(_issuer, silent.Url);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        for (int i = 0; i < 8; i++)
            await receiver.ToldAsync("credential.issued", GatewayHost.IdOf(await _issuer.IssueAsync($"Quick {i}")));

        // Nothing has come of it yet, and no more is sent there at a time than it may have.
        var waiting = await held.DeliveriesAsync("?state=waiting");
        Assert.Equal(8, waiting.Count);
        Assert.All(waiting, one => Assert.Equal(0, (int)one!["attempts"]!));
        Assert.Equal(4, silent.Calls.Count);
    }

    [Fact]
    public async Task FailingForLong_IsDisabled_AndWhatFailedForGoodCanBeSentAgain()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(404);
        await using var gateway = await StartAsync("WebhookDisableAfter=00:00:00.001", "WebhookRetries=00:00:00.050");
        await using var webhook = await RegisteredWebhook.AddAsync(gateway, receiver.Url);
        string id = await TestAsync(gateway, webhook);
        var failed = await webhook.UntilDeliveryAsync(id, one => (string?)one["state"] == "failed");
        Assert.Equal((2, 404), ((int)failed["attempts"]!, (int)failed["status"]!));
        var disabled = await webhook.UntilAsync(one => (string?)one["state"] == "disabled");
        Assert.Equal(("failing", "status"), ((string?)disabled["cause"], (string?)disabled["fault"]));
        await gateway.SaysAsync("/readyz", "failed for long, at last by status");

        receiver.Answer = WebhookReceiver.Status(204);
        await GatewayHost.OkAsync(await gateway.PostAsync($"{webhook.Address}/activation", new { }));
        using var repeated = await GatewayHost.OkAsync(await gateway.PostAsync(
            $"{webhook.Address}/deliveries/attempts", new { since = "2026-01-01T00:00:00Z" }));
        Assert.Equal(1, (int)(await repeated.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["count"]!);
        await webhook.UntilDeliveryAsync(id, one => (string?)one["state"] == "delivered");
    }

    [Fact]
    public async Task Silent_IsGivenUpAfterItsTime_AndAnUnknownHostIsNamed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var gateway = await StartAsync("WebhookTimeout=00:00:00.200");
        await using var silent = await RegisteredWebhook.AddAsync(gateway, receiver.Url);
        string id = await TestAsync(gateway, silent);
        var delivery = await silent.UntilDeliveryAsync(id, one => (int)one["attempts"]! > 0);
        Assert.Equal("timeout", (string?)delivery["fault"]);
        Assert.Null(delivery["status"]);

        // It speaks no TLS.
        await using var open = await RegisteredWebhook.AddAsync(
            gateway, receiver.Url.Replace("http:", "https:", StringComparison.Ordinal));
        string unread = await TestAsync(gateway, open);
        var insecure = await open.UntilDeliveryAsync(unread, one => (int)one["attempts"]! > 0);
        Assert.Equal("tls", (string?)insecure["fault"]);

        await using var closed = await RegisteredWebhook.AddAsync(gateway, "http://127.0.0.1:9/hooks");
        string unheard = await TestAsync(gateway, closed);
        var unreachable = await closed.UntilDeliveryAsync(unheard, one => (int)one["attempts"]! > 0);
        Assert.Equal("unreachable", (string?)unreachable["fault"]);
    }

    [Fact]
    public async Task Stopped_WhileAWebhookHoldsAMessage_SendsItAgainByTheSameIdentifier_AndNoOther()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var gateway = await StartAsync();
        await gateway.PrepareAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(gateway, receiver.Url);
        string before = GatewayHost.IdOf(await gateway.IssueAsync("Learner Before"));
        var taken = await receiver.ToldAsync("credential.issued", before);
        await webhook.UntilDeliveryAsync(taken.Id, one => (string?)one["state"] == "delivered");

        receiver.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        string during = GatewayHost.IdOf(await gateway.IssueAsync("Learner During"));
        var held = await receiver.ToldAsync("credential.issued", during);
        await gateway.StopAsync();
        receiver.Answer = WebhookReceiver.Status(204);

        // The mirror of the ledger is lost, too, and grows again from the first block.
        foreach (string file in Directory.EnumerateFiles(gateway.DataDirectory, "projection.db*")) File.Delete(file);
        await gateway.StartAsync();
        await webhook.UntilDeliveryAsync(held.Id, one => (string?)one["state"] == "delivered");
        string after = GatewayHost.IdOf(await gateway.IssueAsync("Learner After"));
        await receiver.ToldAsync("credential.issued", after);

        Assert.Equal(3, receiver.Calls.Select(call => call.Id).Distinct().Count());
        Assert.Single(receiver.Calls, call => call.Id == taken.Id);
        Assert.Equal(2, receiver.Calls.Count(call => call.Id == held.Id));
        Assert.Equal(receiver.Calls.First(call => call.Id == held.Id).Body, receiver.Calls.Last(
            call => call.Id == held.Id).Body);
    }

    private async Task<GatewayHost> StartAsync(params string[] more) => await GatewayHost.StartAsync(
        gateways[LedgerFixture.Tejo],
        [
            .. WebhooksFixture.Settings.Where(one => !more.Any(
                other => other.Split('=')[0] == one.Split('=')[0])), .. more,
        ]);

    /// <summary>Sends a test.</summary>
    /// <returns>The message's identifier.</returns>
    private static async Task<string> TestAsync(GatewayHost gateway, RegisteredWebhook webhook)
    {
        using var answer = await GatewayHost.OkAsync(
            await gateway.Registrar.PostAsync($"{webhook.Address}/tests", null, Cancellation));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["id"]!;
    }

    private static DateTimeOffset Time(JsonNode node, string member) =>
        DateTimeOffset.Parse((string)node[member]!, CultureInfo.InvariantCulture);
}
