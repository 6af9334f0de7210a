using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What webhooks are told, of whom, and how others verify it.</summary>
public sealed class WebhookTests(WebhooksFixture gateways) : IClassFixture<WebhooksFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Issued_IsTold_SignedAsOthersVerifyIt_WithNothingOfTheLearner()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        Assert.StartsWith("whsec_", webhook.Secret, StringComparison.Ordinal);
        byte[] document = await _issuer.IssueAsync("Told Learner");
        string id = GatewayHost.IdOf(document);

        var told = await receiver.ToldAsync("credential.issued", id);
        Assert.Equal("POST", told.Method);
        Assert.Equal("application/json", told.MediaType);
        Assert.True(told.IsSignedBy(webhook.Secret));
        Assert.False(told.IsSignedBy("whsec_" + Convert.ToBase64String(new byte[32])));
        Assert.False(told.Verifies(webhook.Secret, told.Body.Replace("Aurora", "Linden"), told.Signatures[0]));
        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        Assert.Equal((string?)anchor["root"], (string?)told.Data["credential"]!["root"]);
        Assert.Equal("data-literacy", (string?)told.Data["achievement"]!["id"]);
        Assert.DoesNotContain("Learner", told.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("student.example", told.Body, StringComparison.Ordinal);

        // Whoever wants to know more asks, with a login, and finds it.
        string url = (string)told.Data["credential"]!["url"]!;
        using var read = await GatewayHost.OkAsync(await _issuer.Registrar.GetAsync(url, Cancellation));
        Assert.Equal(document, await read.Content.ReadAsByteArrayAsync(Cancellation));
        var delivery = await webhook.UntilDeliveryAsync(told.Id, one => (string?)one["state"] == "delivered");
        Assert.Equal(204, (int)delivery["status"]!);
        Assert.Equal(told.Body, delivery["payload"]!.ToJsonString());
    }

    [Fact]
    public async Task IssuedTogether_EachIsToldAlone()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        using var drill = new JointDrill(_issuer);
        var outcomes = await drill.AtOnceAsync(
            [.. Enumerable.Range(0, 3).Select(i => JointDrill.Ask($"Told Together {i}"))]);
        var messages = new HashSet<string>();
        foreach (var outcome in outcomes)
        {
            string id = $"urn:uuid:{outcome.Id}";
            var told = await receiver.ToldAsync("credential.issued", id);
            var place = JsonNode.Parse(await _issuer.Registrar.GetByteArrayAsync(
                (string)told.Data["credential"]!["url"]!, Cancellation))!;
            Assert.Equal(id, (string?)place["id"]);
            Assert.Equal("data-literacy", (string?)told.Data["achievement"]!["id"]);
            Assert.True(messages.Add(told.Id));
        }

        Assert.DoesNotContain(receiver.Calls, call => call.Type == "batch.done");
    }

    [Fact]
    public async Task StatusChanged_IsTold_WithoutTheReason()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(
            _issuer, receiver.Url, "credential.statusChanged");
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Suspended Learner"));
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{id}/suspension", new { reason = "underReview" }));
        await GatewayHost.OkAsync(
            await _issuer.Registrar.DeleteAsync($"/v1/credentials/{id}/suspension", Cancellation));
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "misconduct" }));

        await receiver.ToldAsync("credential.statusChanged", "\"revoked\"");
        Assert.All(receiver.Calls, call => Assert.Equal(id, (string?)call.Data["credential"]!["id"]));
        Assert.Equal(
            ["suspended", "inForce", "revoked"],
            receiver.Calls.OrderBy(call => (int)call.Data["sequence"]!).Select(call => (string?)call.Data["state"]));
        Assert.All(receiver.Calls, call => Assert.DoesNotContain("misconduct", call.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Batch_IsToldOnce_IssuedOrRefusedOrWithNothingInIt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        JsonObject[] rows = [.. Enumerable.Range(1, 12).Select(i => GatewayHost.Row($"Told Row {i}"))];
        using var accepted = await _issuer.PostAsync("/v1/batches", rows);
        string issued = accepted.Headers.Location!.ToString().Split('/')[^1];
        var told = await receiver.ToldAsync("batch.done", issued);
        Assert.Equal(("issued", 12), ((string?)told.Data["state"], (int)told.Data["size"]!));

        // Whoever is told that it is done finds it so.
        var read = await _issuer.Registrar.GetFromJsonAsync<JsonNode>((string)told.Data["url"]!, Cancellation);
        Assert.Equal("issued", (string?)read!["state"]);

        // The same rows once more, as another request: all are left out, and there is nothing to issue.
        using var again = await _issuer.PostAsync("/v1/batches", rows.Reverse());
        var empty = await receiver.ToldAsync("batch.done", again.Headers.Location!.ToString().Split('/')[^1]);
        Assert.Equal(("issued", 0), ((string?)empty.Data["state"], (int)empty.Data["size"]!));

        string refused = await StoreAcceptedAsync(GatewayHost.Row("Told Too Late", "gone-before").ToJsonString());
        var end = await receiver.ToldAsync("batch.done", refused);
        Assert.Equal(("refused", 1), ((string?)end.Data["state"], (int)end.Data["size"]!));
        Assert.DoesNotContain(receiver.Calls, call => call.Type == "credential.issued");
        Assert.All(receiver.Calls, call => Assert.True(call.IsSignedBy(webhook.Secret)));
        Assert.Equal(3, receiver.Calls.Select(call => call.Id).Distinct().Count());
    }

    [Fact]
    public async Task AgreementsAndBallots_OfOthers_AreTold()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        const string Id = "LindenMSP.told";
        await GatewayHost.OkAsync(await _partner.PostAsync("/v1/agreements", Proposal(Id, "AuroraMSP", "LindenMSP")));
        var offered = await receiver.ToldAsync("agreement.offered", Id);
        Assert.Equal(("LindenMSP", 1), ((string?)offered.Data["by"], (int)offered.Data["version"]!));
        await _issuer.SaysAsync("/v1/agreements?waiting=true", $"\"{Id}\"");
        await GatewayHost.OkAsync(await _issuer.PostAsync($"/v1/agreements/{Id}/versions/1/acceptance", new { }));
        await receiver.ToldAsync("agreement.accepted", Id);
        await _partner.SaysAsync($"/v1/agreements/{Id}", "\"state\":\"inForce\"");
        await GatewayHost.OkAsync(await _partner.PostAsync($"/v1/agreements/{Id}/notice", new { }));
        var notice = await receiver.ToldAsync("agreement.noticeGiven", Id);
        Assert.NotNull(notice.Data["endsAt"]);

        // What others agree among themselves is not ours to be told.
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements", Proposal("LindenMSP.foreign", "LindenMSP", "TejoMSP")));
        await GatewayHost.OkAsync(await _partner.PostAsync(
            "/v1/ballots", new { id = "told", action = "admitAccreditor", subject = "TejoMSP" }));
        var ballot = await receiver.ToldAsync("ballot.proposed", "LindenMSP.told");
        Assert.Equal(("open", "TejoMSP"), ((string?)ballot.Data["state"], (string?)ballot.Data["subject"]));
        Assert.DoesNotContain(
            receiver.Calls, call => call.Body.Contains("LindenMSP.foreign", StringComparison.Ordinal));
        await _issuer.SaysAsync("/v1/ballots?waiting=true", "LindenMSP.told");
        await GatewayHost.OkAsync(
            await _issuer.PostAsync("/v1/ballots/LindenMSP.told/votes", new { approve = false }));
        await receiver.ToldAsync(
            call => call.Type is "ballot.voted" or "ballot.decided"
                && call.Body.Contains("LindenMSP.told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASecondWebhook_IsToldWhatItAskedFor_AndNothingFromBefore()
    {
        await _issuer.IssueAsync("Learner of Before");
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var all = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        await using var other = await WebhookReceiver.StartAsync();
        await using var some = await RegisteredWebhook.AddAsync(_issuer, other.Url, "credential.statusChanged");
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Learner of Now"));
        await receiver.ToldAsync("credential.issued", id);
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "withdrawn" }));
        await other.ToldAsync("credential.statusChanged", id);
        await receiver.ToldAsync("credential.statusChanged", id);
        Assert.Single(other.Calls);
        Assert.Equal(2, receiver.Calls.Count);
        Assert.Equal(other.Calls[0].Id, receiver.Calls[1].Id);
        Assert.True(other.Calls[0].IsSignedBy(some.Secret));
        Assert.False(other.Calls[0].IsSignedBy(all.Secret));
    }

    [Fact]
    public async Task Secret_Changed_BothSignForAWhile_OrTheOldOneEndsAtOnce()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        string second = await NewSecretAsync(webhook, new { });
        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync($"{webhook.Address}/tests", null, Cancellation));
        var told = await receiver.ToldAsync(call => call.Type == "webhook.test");
        Assert.True(told.IsSignedBy(webhook.Secret));
        Assert.True(told.Verifies(second, told.Body, told.Signatures[0]));

        string third = await NewSecretAsync(webhook, new { overlapHours = 0 });
        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync($"{webhook.Address}/tests", null, Cancellation));
        var last = await receiver.ToldAsync(call => call.Id != told.Id);
        Assert.True(last.IsSignedBy(third));
        Assert.False(last.IsSignedBy(second));
        Assert.Single(last.Signatures);
        string list = await _issuer.Registrar.GetStringAsync("/v1/webhooks", Cancellation);
        Assert.DoesNotContain("whsec_", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_LeavesNoIdentifierInDeliveries_AndWhatWaitsIsToldWithoutIt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(500);
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        byte[] document = await _issuer.IssueAsync("Erased Told Learner");
        string id = GatewayHost.IdOf(document);
        var failed = await receiver.ToldAsync("credential.issued", id);
        using var erased = await _issuer.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.DoesNotContain(
            id["urn:uuid:".Length..], (await webhook.DeliveriesAsync()).ToJsonString(), StringComparison.Ordinal);

        receiver.Answer = WebhookReceiver.Status(200);
        await webhook.UntilDeliveryAsync(failed.Id, one => (string?)one["state"] == "delivered");
        var told = receiver.Calls[^1];
        Assert.Equal(failed.Id, told.Id);
        Assert.Null(told.Data["credential"]!["id"]);
        Assert.Equal((string?)failed.Data["credential"]!["root"], (string?)told.Data["credential"]!["root"]);
        Assert.True(told.IsSignedBy(webhook.Secret));
        await Until.TrueAsync(
            () => Task.FromResult(TestStore.IsPostgres || !StoreHolds(id["urn:uuid:".Length..])),
            () => "The erased credential's identifier is still in a file of the store.");
    }

    private bool StoreHolds(string text) => Directory.EnumerateFiles(_issuer.DataDirectory, "*.db*").Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[stream.Length];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return content.AsSpan(0, length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    });

    private static JsonObject Proposal(string id, string one, string other) => new()
    {
        ["id"] = id,
        ["name"] = "Told agreement",
        ["parties"] = new JsonArray(one, other),
        ["clauses"] = new JsonArray(new JsonObject { ["id"] = "all", ["creditRatio"] = 1 }),
        ["validFrom"] = "2026-01-01T00:00:00Z",
        ["noticeDays"] = 0,
    };

    private async Task<string> NewSecretAsync(RegisteredWebhook webhook, object wanted)
    {
        using var answer = await GatewayHost.OkAsync(await _issuer.PostAsync($"{webhook.Address}/secret", wanted));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["secret"]!;
    }

    /// <summary>Puts a batch where an earlier run of the service has left it.</summary>
    private async Task<string> StoreAcceptedAsync(string row)
    {
        var stored = await SampleStore.AcceptAsync(_issuer.Services.GetRequiredService<IssuanceStore>(), row);
        _issuer.Services.GetRequiredService<Outbox>().Add(stored.Number);
        return stored.Id;
    }
}
