using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class OfferingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly string[] Terms = ["2031-02-01", "2031-09-01"];

    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Offering_SetReadListedAndReplaced_IsTheAchievementsAlone()
    {
        await PublishAsync("offered");
        using var none = await _issuer.Anyone.GetAsync(
            "/v1/achievements/AuroraMSP/offered/offering", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        await GatewayHost.OkAsync(await PutAsync("offered", Body(Terms[0])));
        await GatewayHost.OkAsync(await PutAsync("offered", Body(Terms[1])));
        var read = await ReadAsync("/v1/achievements/AuroraMSP/offered/offering");
        Assert.Equal(Terms[1], (string?)Assert.Single(read["offers"]!.AsArray())!["first"]);
        Assert.NotNull(read["changedAt"]);
        var list = await ReadAsync("/v1/offerings?mspId=AuroraMSP&pageSize=200");
        Assert.Single(list["items"]!.AsArray(), item => (string?)item!["achievement"] == "offered");
    }

    [Fact]
    public async Task Offering_WithoutALogin_OrFaulty_OrOfNothing_IsRefused()
    {
        await PublishAsync("refused-offer");
        using var anyone = await _issuer.Anyone.PutAsJsonAsync(
            "/v1/achievements/refused-offer/offering", Body(Terms[0]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        var faulty = Body(Terms[0]);
        faulty["offers"]![0]!["last"] = "2030-01-01";
        faulty["offers"]![0]!["cost"] = 10;
        using var answer = await PutAsync("refused-offer", faulty);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(
            ["/offers/0/last", "/offers/0/currency"],
            problem!["errors"]!.AsArray().Select(error => (string)error!["pointer"]!));
        using var unknown = await PutAsync("never-published", Body(Terms[0]));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    private static JsonObject Body(string first) => JsonNode.Parse($$"""
        { "offers": [ { "term": "A term", "first": "{{first}}", "last": "2031-12-31", "mode": "online" } ] }
        """)!.AsObject();

    private async Task PublishAsync(string id) =>
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/achievements", GatewayHost.Achievement(id)));

    private Task<HttpResponseMessage> PutAsync(string id, JsonObject body) =>
        _issuer.Registrar.PutAsJsonAsync($"/v1/achievements/{id}/offering", body);

    private async Task<JsonNode> ReadAsync(string path) =>
        (await _issuer.Anyone.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
}
