using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class PathwayTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Pathways_PublishedVersionedListedRetired()
    {
        await SamplePathway.PublishAchievementsAsync(_issuer);
        using var first = await _issuer.PostAsync("/v1/pathways", SamplePathway.Definition("listed"));
        using var same = await _issuer.PostAsync("/v1/pathways", SamplePathway.Definition("listed"));
        using var second = await _issuer.PostAsync("/v1/pathways", SamplePathway.Definition("listed", 2));
        Assert.True(first.StatusCode == HttpStatusCode.Created, await TextOf(first));
        Assert.Equal("/v1/pathways/AuroraMSP/listed/1", first.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        var changed = SamplePathway.Definition("listed");
        changed["name"] = "Another title";
        using var conflict = await _issuer.PostAsync("/v1/pathways", changed);
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);

        Assert.Equal(2, (int)(await ReadAsync("/v1/pathways/AuroraMSP/listed"))["version"]!);
        Assert.Equal(1, (int)(await ReadAsync("/v1/pathways/AuroraMSP/listed/1"))["version"]!);
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/pathways/listed/1/retirement", new { }));
        Assert.NotNull((await ReadAsync("/v1/pathways/AuroraMSP/listed/1"))["retiredAt"]);
        using var unknown = await _issuer.PostAsync("/v1/pathways/listed/9/retirement", new { });
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var missing = await _issuer.Anyone.GetAsync(
            "/v1/pathways/AuroraMSP/listed/9", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        var names = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await ReadAsync($"/v1/pathways?mspId=AuroraMSP&pageSize=1&after={after}");
            names.AddRange(page["items"]!.AsArray().Select(item => $"{item!["id"]}@{item["version"]}"));
            after = (string?)page["next"];
        }

        Assert.Contains("listed@1", names);
        Assert.Contains("listed@2", names);
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public async Task Publish_WithoutALogin_OrBadRules_IsRefusedWithThePlace()
    {
        await SamplePathway.PublishAchievementsAsync(_issuer);
        using var anyone = await _issuer.Anyone.PostAsJsonAsync(
            "/v1/pathways", SamplePathway.Definition("refused"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        var unknown = SamplePathway.Definition("refused");
        unknown["groups"]![0]!["items"]![0]!["id"] = "never-published";
        await InvalidAsync(unknown, "/groups/0/items/0");
        var impossible = SamplePathway.Definition("refused");
        impossible["groups"]![1]!["maxCredits"] = 1;
        await InvalidAsync(impossible, "/groups/1/minCredits");
    }

    private async Task InvalidAsync(JsonObject definition, string pointer)
    {
        using var answer = await _issuer.PostAsync("/v1/pathways", definition);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, await TextOf(answer));
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(pointer, (string?)problem!["errors"]![0]!["pointer"]);
    }

    private static Task<string> TextOf(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private async Task<JsonNode> ReadAsync(string path) =>
        (await _issuer.Anyone.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
}
