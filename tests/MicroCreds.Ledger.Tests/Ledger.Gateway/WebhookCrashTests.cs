using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Webhooks of gateways that are killed without a warning, or of which another one leads.</summary>
public sealed class WebhookCrashTests(WebhooksFixture gateways) : IClassFixture<WebhooksFixture>
{
    private const int Kills = 4;
    private const int Clients = 3;
    private const int IssuedBetween = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_WhileItIssuesAndTells_EachIsTold_ByOneIdentifier_AndNothingElse()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var receiver = await WebhookReceiver.StartAsync();
        var random = new Random(seed);
        receiver.Answer = (_, context) =>
        {
            lock (random) context.Response.StatusCode = random.Next(3) == 0 ? 503 : 204;
            return Task.CompletedTask;
        };
        string[] settings =
        [
            .. GatewayHost.SettingsOf(gateways[LedgerFixture.Tejo]), .. await TestStore.NewAsync(),
            .. WebhooksFixture.Settings,
        ];
        await using (var first = await GatewayHost.StartAsync(gateways[LedgerFixture.Tejo])) await first.PrepareAsync();
        using var gateway = new GatewayProcess(settings);
        await gateway.StartAsync();
        string secret = await AddAsync(gateway, receiver.Url);

        var issued = new ConcurrentDictionary<string, bool>();
        using var isOver = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(_ => Task.Run(() => IssueAsync(gateway, issued, isOver.Token))).ToArray();
        for (int kill = 0; kill < Kills; kill++)
        {
            int wanted = issued.Count + 1 + random.Next(IssuedBetween);
            await Until.TrueAsync(
                () => Task.FromResult(issued.Count >= wanted || clients.Any(one => one.IsCompleted)),
                () => $"nothing was issued any more after {kill} kills:\n{gateway.Words}");
            Assert.DoesNotContain(clients, one => one.IsCompleted);
            gateway.Kill();
            await gateway.StartAsync();
        }

        await isOver.CancelAsync();
        await Task.WhenAll(clients);
        foreach (string id in issued.Keys)
            await receiver.ToldAsync("credential.issued", id);

        // The same message may come twice, and never two about the same thing.
        Assert.All(receiver.Calls, call => Assert.True(call.IsSignedBy(secret)));
        foreach (var same in receiver.Calls.GroupBy(PlaceOf))
            Assert.Single(same.Select(call => call.Id).Distinct());
        foreach (var same in receiver.Calls.GroupBy(call => call.Id))
            Assert.Single(same.Select(call => call.Body).Distinct());
        Assert.All(receiver.Calls, call => Assert.Equal("credential.issued", call.Type));
    }

    /// <summary>Which credential a message is about: several may share a root.</summary>
    private static (string Root, int Index) PlaceOf(WebhookCall call) =>
        ((string)call.Data["credential"]!["root"]!, (int)call.Data["credential"]!["index"]!);

    private static async Task<string> AddAsync(GatewayProcess gateway, string url)
    {
        using var added = await GatewayHost.OkAsync(
            await gateway.Registrar.PostAsJsonAsync("/v1/webhooks", new { url }, Cancellation));
        return (string)(await added.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["secret"]!;
    }

    /// <summary>As a careful program does: the same request until it is acknowledged.</summary>
    private static async Task IssueAsync(
        GatewayProcess gateway, ConcurrentDictionary<string, bool> issued, CancellationToken isOver)
    {
        while (!isOver.IsCancellationRequested)
        {
            var row = GatewayHost.Row($"Learner {Guid.NewGuid():N}");
            string key = Guid.NewGuid().ToString();
            await Until.TrueAsync(
                async () =>
                {
                    try
                    {
                        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/credentials")
                        {
                            Content = JsonContent.Create(row),
                            Headers = { { "Idempotency-Key", key } },
                        };
                        using var answer = await gateway.Registrar.SendAsync(request);
                        if (!answer.IsSuccessStatusCode) return false;
                        issued[GatewayHost.IdOf(await answer.Content.ReadAsByteArrayAsync())] = true;
                        return true;
                    }
                    catch (HttpRequestException)
                    {
                        // It was killed: whether it was issued, the same request finds out.
                        return false;
                    }
                },
                () => gateway.Words);
        }
    }
}
