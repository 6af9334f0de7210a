using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class EventTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Events_FromTheFirst_ThenResumed_MissNothingAndRepeatNothing()
    {
        byte[] document = await _issuer.IssueAsync("Eventful Learner");
        var first = await ReadAsync("/v1/events?after=0", null, item => IsAbout(item, document));
        Assert.Contains(first, item => item.EventType == "InstitutionChanged");
        Assert.Contains(first, item => item.EventType == "AchievementPublished");
        Assert.Equal(first.Count, first.Select(item => item.EventId).Distinct().Count());

        byte[] next = await _issuer.IssueAsync("Resumed Learner");
        var resumed = await ReadAsync("/v1/events", first[^1].EventId, item => IsAbout(item, next));
        Assert.DoesNotContain(resumed, item => first.Exists(seen => seen.EventId == item.EventId));

        var halfway = await ReadAsync("/v1/events", first[2].EventId, item => item.EventId == first[^1].EventId);
        Assert.Equal(first.Skip(3).Select(item => item.EventId), halfway.Select(item => item.EventId));
        Assert.All(first, item => Assert.DoesNotContain("Eventful", item.Data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_WhileNothingHappens_AnswerTheirHeadersAtOnceAndBeat()
    {
        await using var gateway = await GatewayHost.StartAsync(_issuer.Member, "EventBeat=00:00:01");
        using var answer = await GatewayHost.OkAsync(await gateway.Anyone.GetAsync(
            "/v1/events?after=999999999.0", HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var lines = new StreamReader(stream);
        for (int beat = 0; beat < 3; beat++)
        {
            Assert.Equal(":", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Equal("", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        }
    }

    private static bool IsAbout(SseItem<string> item, byte[] document) =>
        item.EventType == "Issued"
        && (string?)JsonNode.Parse(item.Data)!["record"]!["statement"]!["root"]
            == (string?)JsonNode.Parse(document)!["ledgerAnchor"]!["root"];

    private async Task<List<SseItem<string>>> ReadAsync(string path, string? lastId, Func<SseItem<string>, bool> isLast)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        using var answer = await GatewayHost.OkAsync(await _issuer.Anyone.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            items.Add(item);
            if (isLast(item))
                break;
        }

        return items;
    }
}
