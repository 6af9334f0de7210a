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

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "startsAfter": [] }""")]
    [InlineData("""{ "offers": null }""")]
    public async Task Offering_ThatSaysNothingOfOffers_IsRefused_AndNoneIsSaidByAnEmptyList(string body)
    {
        await PublishAsync("kept-offer");
        await GatewayHost.OkAsync(await PutAsync("kept-offer", Body(Terms[0])));
        using var refused = await PutAsync("kept-offer", JsonNode.Parse(body)!.AsObject());
        await InvalidAsync(refused, "/offers", "an empty list");
        Assert.Single((await ReadAsync("/v1/achievements/AuroraMSP/kept-offer/offering"))["offers"]!.AsArray());
        await GatewayHost.OkAsync(await PutAsync("kept-offer", JsonNode.Parse("""{ "offers": [] }""")!.AsObject()));
        Assert.Empty((await ReadAsync("/v1/achievements/AuroraMSP/kept-offer/offering"))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Plan_ByOffers_SaysWhatItDoesNotKnow_WhatMakesNoDifference_AndWhatCannotBe()
    {
        foreach (string id in (string[])["planned", "planned-too", "elsewhere", "planned-award"])
            await PublishAsync(id);
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/pathways", new
        {
            id = "planning",
            name = "Planning",
            description = "Two courses.",
            award = new { id = "planned-award", version = 1 },
            credits = 6,
            groups = new object[]
            {
                new
                {
                    id = "all", name = "All of it", rule = "all",
                    items = new[]
                    {
                        new { mspId = "AuroraMSP", id = "planned" }, new { mspId = "AuroraMSP", id = "planned-too" },
                    },
                },
            },
        }));

        // A currency of what cannot count is nothing to a plan that goes by cost.
        await GatewayHost.OkAsync(await PutAsync("planned", Body(Terms[0], "EUR")));
        await GatewayHost.OkAsync(await PutAsync("planned-too", Body(Terms[0], "EUR")));
        await GatewayHost.OkAsync(await PutAsync("elsewhere", Body(Terms[0], "SEK")));
        await _issuer.SaysAsync("/v1/pathways/AuroraMSP/planning/1", "Planning");
        var plan = await PlanAsync(new { wish = new { aim = "cheapest" } });
        Assert.Equal("planned", (string?)plan["outcome"]);

        // What is underway, and nothing to this pathway, changes nothing, and that is told.
        var beside = await PlanAsync(new
        {
            wish = new { aim = "cheapest" },
            underway = new[] { new { mspId = "AuroraMSP", achievement = "elsewhere", first = Terms[0] } },
        });
        Assert.Equal("planned", (string?)beside["outcome"]);
        Assert.Equal("/underway/0", (string?)Assert.Single(beside["passedOver"]!.AsArray())!["pointer"]);

        foreach (string field in (string[])["without", "notThen", "underway"])
        {
            using var slip = await AskAsync(Naming(field, "AuroraMSP", "plannd"));
            await InvalidAsync(slip, $"/{field}/0/achievement", "planned");
            using var nobody = await AskAsync(Naming(field, "NobodyMSP", "planned"));
            await InvalidAsync(nobody, $"/{field}/0/mspId", "LindenMSP");
        }

        var passed = await PlanAsync(Naming("notThen", "AuroraMSP", "planned"));
        Assert.Equal("/notThen/0", (string?)Assert.Single(passed["passedOver"]!.AsArray())!["pointer"]);

        await GatewayHost.OkAsync(await PutAsync("planned-too", JsonNode.Parse("""{ "offers": [] }""")!.AsObject()));
        Assert.Equal("all", (string?)Assert.Single((await PlanAsync(new { }))["unmet"]!.AsArray())!["group"]);
        await GatewayHost.OkAsync(await PutAsync("planned", After("planned-too")));
        await GatewayHost.OkAsync(await PutAsync("planned-too", After("planned")));
        var circle = Assert.Single((await PlanAsync(new { }))["circles"]!.AsArray())!.AsArray();
        Assert.Equal(["planned", "planned-too"], circle.Select(one => (string?)one!["achievement"]!["id"]));
    }

    private static JsonObject After(string id)
    {
        var body = Body(Terms[0]);
        body["startsAfter"] = new JsonArray(new JsonObject { ["mspId"] = "AuroraMSP", ["id"] = id });
        return body;
    }

    private static JsonObject Naming(string field, string mspId, string achievement)
    {
        var step = new JsonObject { ["mspId"] = mspId, ["achievement"] = achievement };
        if (field != "without") step["first"] = "2031-03-03";
        return new JsonObject { [field] = new JsonArray(step) };
    }

    private static async Task InvalidAsync(HttpResponseMessage answer, string pointer, string said)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        var error = Assert.Single(problem!["errors"]!.AsArray())!;
        Assert.Equal(pointer, (string?)error["pointer"]);
        Assert.Contains(said, error.ToJsonString(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> AskAsync(object request) => _issuer.Anyone.PostAsJsonAsync(
        "/v1/pathways/AuroraMSP/planning/1/plans", request, TestContext.Current.CancellationToken);

    private async Task<JsonNode> PlanAsync(object request)
    {
        using var answer = await GatewayHost.OkAsync(await AskAsync(request));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["result"]!;
    }

    private static JsonObject Body(string first, string currency)
    {
        var body = Body(first);
        (body["offers"]![0]!["cost"], body["offers"]![0]!["currency"]) = (10, currency);
        return body;
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
