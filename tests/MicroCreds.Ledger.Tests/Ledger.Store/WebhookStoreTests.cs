using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>Webhooks and their queues, on both engines.</summary>
public sealed class WebhookStoreTests
{
    private const string Ledger = "a ledger";

    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Progress_OfWhoeverCameSecond_ChangesNothing(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var first = await GatewayStore.OpenAsync(sample.Place);
        await using var second = isPostgres ? await GatewayStore.OpenAsync(sample.Place) : null;
        var webhooks = new WebhookStore(first);
        var webhook = await AddAsync(webhooks, "one");
        WebhookDeliveries[] queues = [new(first), new(second ?? first)];

        // Two that believe to lead read the same stretch of the ledger, and one of them a little further.
        int[] added = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => queues[i % 2].AddAsync(
            [
                new WebhookProgress(
                    webhook.Id, webhook.Told, new LedgerPlace(Ledger, 5, i % 2),
                    [Message("msg_a"), .. i % 2 == 1 ? [Message("msg_b")] : Array.Empty<WebhookMessage>()]),
            ],
            Start))));
        Assert.Single(added, count => count > 0);
        var told = webhooks.Find(webhook.Id)!.Told;
        Assert.Equal(5, told.Block);
        Assert.Equal(told.Position + 1, queues[0].List(new DeliveryFilter(webhook.Id), null, 10).Count);

        // What is found once more, as in a store that was set back, is the same message.
        await queues[0].AddAsync(
            [new WebhookProgress(webhook.Id, told, told with { Block = 6 }, [Message("msg_a")])], Start);
        Assert.Single(
            queues[0].List(new DeliveryFilter(webhook.Id), null, 10), delivery => delivery.Message == "msg_a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deliveries_AreListedInPages_AndOldOnesGo_ButForWhatWaits(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var webhooks = new WebhookStore(store);
        var queue = new WebhookDeliveries(store);
        var webhook = await AddAsync(webhooks, "one");
        for (int i = 0; i < 6; i++)
            await queue.AddAsync(webhook.Id, Message($"msg_{i}"), Start.AddDays(i / 2));
        await NoteAsync(queue, webhook, "msg_0", fault: null, again: null);
        await NoteAsync(queue, webhook, "msg_1", "status", again: null);
        await NoteAsync(queue, webhook, "msg_2", fault: null, again: null);
        await NoteAsync(queue, webhook, "msg_3", "timeout", again: Start.AddDays(9));

        var seen = new List<string>();
        (DateTimeOffset, string)? before = null;
        while (queue.List(new DeliveryFilter(webhook.Id), before, 4) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(one => one.Message));
            before = (page[^1].CreatedAt, page[^1].Message);
        }

        Assert.Equal(["msg_5", "msg_4", "msg_3", "msg_2", "msg_1", "msg_0"], seen);
        Assert.Equal(["msg_1"], queue.List(
            new DeliveryFilter(webhook.Id, DeliveryState.Failed), null, 10).Select(one => one.Message));
        Assert.Empty(queue.List(new DeliveryFilter(webhook.Id, Type: "batch.done"), null, 10));
        Assert.Equal(["msg_4", "msg_5"], queue.ListDue(webhook.Id, Start.AddDays(3), 10).Select(one => one.Message));
        Assert.Equal(new WebhookBacklog(3, Start.AddDays(1)), queue.ReadBacklog());

        Assert.Equal(3, await queue.PruneAsync(Start.AddDays(2)));
        Assert.Equal(
            ["msg_5", "msg_4", "msg_3"],
            queue.List(new DeliveryFilter(webhook.Id), null, 10).Select(one => one.Message));
        await webhooks.DisableAsync(webhook.Id, WebhookCause.ByHand, Start);
        Assert.Equal(new WebhookBacklog(0, null), queue.ReadBacklog());
        Assert.Equal(1, await queue.PruneAsync(Start.AddDays(2)));
        Assert.True(await webhooks.RemoveAsync(webhook.Id));
        Assert.Empty(queue.List(new DeliveryFilter(webhook.Id), null, 10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_OfACredentialThatIsErasedMeanwhile_IsKeptWithoutItsIdentifier(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var webhook = await AddAsync(new WebhookStore(store), "one");
        var queue = new WebhookDeliveries(store);
        var kept = SampleStore.Document(0);
        await SampleStore.AddOneAsync(new IssuanceStore(store), document: kept);
        var erased = Guid.NewGuid();
        foreach (var id in new[] { kept.Id, erased })
        {
            var credential = new JsonObject { ["root"] = "0a", ["id"] = $"urn:uuid:{id}" };
            var payload = new JsonObject { ["data"] = new JsonObject { ["credential"] = credential } };
            await queue.AddAsync(
                webhook.Id, new WebhookMessage($"msg_{id}", "credential.issued", id, payload.ToJsonString()), Start);
        }

        Assert.Contains(
            $"urn:uuid:{kept.Id}", queue.Find(webhook.Id, $"msg_{kept.Id}")!.Payload, StringComparison.Ordinal);
        string without = queue.Find(webhook.Id, $"msg_{erased}")!.Payload;
        Assert.DoesNotContain($"{erased}", without, StringComparison.Ordinal);
        Assert.Contains("\"root\":\"0a\"", without, StringComparison.Ordinal);
        await new DocumentStore(store).EraseAsync(kept.Id);
        Assert.DoesNotContain(
            $"urn:uuid:{kept.Id}", queue.Find(webhook.Id, $"msg_{kept.Id}")!.Payload, StringComparison.Ordinal);
    }

    /// <summary>Adds a webhook.</summary>
    internal static async Task<Webhook> AddAsync(WebhookStore webhooks, string id)
    {
        var webhook = new Webhook
        {
            Id = id,
            Url = "https://lms.example/hooks",
            CreatedAt = Start,
            Secret = "whsec_c2VjcmV0",
            State = WebhookState.Active,
            ChangedAt = Start,
            Told = new LedgerPlace(Ledger, -1, 0),
        };
        Assert.True(await webhooks.AddAsync(webhook, most: 2));
        return webhook;
    }

    private static WebhookMessage Message(string id) => new(id, "credential.issued", null, "{}");

    private static Task<bool> NoteAsync(
        WebhookDeliveries queue, Webhook webhook, string message, string? fault, DateTimeOffset? again) =>
        queue.NoteAsync(new DeliveryAttempt
        {
            Webhook = webhook.Id,
            Message = message,
            At = Start.AddDays(1),
            Status = fault is null ? 204 : null,
            Fault = fault,
            Again = again,
        });
}
