using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Our signatures in the hands of the specification's own authors: <c>standardwebhooks</c> of npm.</summary>
public sealed class OtherWebhookVerifiersTests
{
    private const string Message = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
    private const string Payload = """{"type":"webhook.test","data":{"name":"Zoë 漢字 😀 \"quoted\" \\ \u2028"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signatures_VerifyByTheAuthorsLibrary_BothWhileTheSecretChanges_AndNoOthers()
    {
        string folder = await NodePrograms.InstallAsync("webhooks", Cancellation);
        var now = DateTimeOffset.UtcNow;
        var webhook = new Webhook
        {
            Id = "one",
            Url = "https://lms.example/hooks",
            CreatedAt = now,
            Secret = WebhookSecret.Make(),
            OldSecret = WebhookSecret.Make(),
            OldSecretUntil = now.AddHours(1),
            State = WebhookState.Active,
            ChangedAt = now,
            Told = new LedgerPlace("", 0, 0),
        };
        var over = webhook with { OldSecretUntil = now };
        var found = await RunAsync(
            folder,
            Sample("new", webhook, webhook.Secret, now), Sample("old", webhook, webhook.OldSecret, now),
            Sample("over", over, webhook.OldSecret, now), Sample("stranger", webhook, WebhookSecret.Make(), now),
            Sample("late", webhook, webhook.Secret, now.AddMinutes(-10)),
            Sample("tampered", webhook, webhook.Secret, now, Payload.Replace("Zoë", "Zoe", StringComparison.Ordinal)));
        Assert.True((bool)found["new"]!);
        Assert.True((bool)found["old"]!);
        foreach (string name in new[] { "over", "stranger", "late", "tampered" })
            Assert.NotEqual("true", found[name]!.ToJsonString());
    }

    private static JsonObject Sample(
        string name, Webhook webhook, string secret, DateTimeOffset sentAt, string? body = null) => new()
        {
            ["name"] = name,
            ["secret"] = secret,
            ["body"] = body ?? Payload,
            ["headers"] = new JsonObject
            {
                ["webhook-id"] = Message,
                ["webhook-timestamp"] = sentAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ["webhook-signature"] = WebhookSecret.Sign(webhook, Message, Payload, sentAt),
            },
        };

    private static async Task<JsonNode> RunAsync(string folder, params JsonNode?[] samples)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new JsonArray(samples).ToJsonString(), Cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["verify.mjs", file], folder), Until.Patience, Cancellation);
            Assert.True(exitCode == 0, output);
            return JsonNode.Parse(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
