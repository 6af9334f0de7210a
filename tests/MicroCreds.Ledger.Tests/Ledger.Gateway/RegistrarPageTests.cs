using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The institution's page: read by anyone, answered with a registrar's key alone.</summary>
public sealed class RegistrarPageTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly string[] IssuerAlone = ["issuer"];

    private readonly GatewayHost _proposer = gateways.Issuer;
    private readonly GatewayHost _answerer = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_ForAnyone_ShowsWhatWaits_AndAcceptsWithARegistrarsKey()
    {
        await ProposeAsync("AuroraMSP.page-pair", "<b>Short</b> courses");
        string page = await ReadAsync(_answerer, "AuroraMSP.page-pair");
        Assert.Contains("&lt;b&gt;Short&lt;/b&gt; courses", page, StringComparison.Ordinal);
        Assert.Contains("Aurora", page, StringComparison.Ordinal);
        Assert.Contains("with 80 % of their ECTS credits", page, StringComparison.Ordinal);
        Assert.Contains("Data Literacy", page, StringComparison.Ordinal);
        string own = await ReadAsync(_proposer, "AuroraMSP.page-pair");
        Assert.DoesNotContain("name=\"key\"", own, StringComparison.Ordinal);

        using var answer = await AnswerAsync("AuroraMSP.page-pair");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        string location = answer.Headers.Location!.ToString();
        Assert.Equal("/registrar?agreement=AuroraMSP.page-pair&lang=en", location);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        page = await _answerer.Anyone.GetStringAsync(location, Cancellation);
        Assert.Contains("is accepted by all its parties", page, StringComparison.Ordinal);
        Assert.Contains("They recognize of ours", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/v1/agreements/AuroraMSP.page-pair\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayHost.ApiKey, page + _answerer.Log, StringComparison.Ordinal);

        // Sent again, it finds itself: nothing is signed twice.
        using var again = await AnswerAsync("AuroraMSP.page-pair");
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
    }

    [Fact]
    public async Task Answer_WithoutTheRightKey_OrUnread_OrFromElsewhere_ChangesNothing()
    {
        await ProposeAsync("AuroraMSP.page-locked", "Locked");
        await ReadAsync(_answerer, "AuroraMSP.page-locked");
        using var made = await GatewayHost.OkAsync(await _answerer.PostAsync(
            "/v1/api-keys", new { name = "Student office", roles = IssuerAlone }));
        string issuer = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!;
        foreach (var (field, value, status, said) in new[]
        {
            ("key", "", HttpStatusCode.Unauthorized, "not known here"),
            ("key", "mc_guessed", HttpStatusCode.Unauthorized, "not known here"),
            ("key", issuer, HttpStatusCode.Forbidden, "not a registrar"),
            ("read", "", HttpStatusCode.BadRequest, "Confirm that you have read"),
            ("digest", new string('0', 64), HttpStatusCode.Conflict, "can no longer be answered so"),
            ("answer", "both", HttpStatusCode.Conflict, "can no longer be answered so"),
            ("version", "2", HttpStatusCode.NotFound, "can no longer be answered so"),
            ("agreement", "no-such", HttpStatusCode.NotFound, "can no longer be answered so"),
        })
        {
            using var answer = await AnswerAsync("AuroraMSP.page-locked", (field, value));
            string page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation));
            Assert.True(answer.StatusCode == status, $"{field}={value}: {answer.StatusCode}");
            Assert.Contains(said, page, StringComparison.Ordinal);
            Assert.DoesNotContain(GatewayHost.ApiKey, page, StringComparison.Ordinal);
        }

        using var foreign = await AnswerAsync("AuroraMSP.page-locked", site: "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var json = await _answerer.Anyone.PostAsync("/registrar", GatewayHost.Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        var agreement = JsonNode.Parse(await _answerer.Anyone.GetStringAsync(
            "/v1/agreements/AuroraMSP.page-locked", Cancellation))!;
        Assert.Equal("proposed", (string?)agreement["state"]);
        Assert.Empty(agreement["notices"]!.AsArray());
    }

    [Fact]
    public async Task Proposal_IsTurnedDown_ButAnAmendmentCannotBe()
    {
        await ProposeAsync("AuroraMSP.page-declined", "Declined");
        await ReadAsync(_answerer, "AuroraMSP.page-declined");
        using var declined = await AnswerAsync("AuroraMSP.page-declined", ("answer", "decline"));
        string page = await _answerer.Anyone.GetStringAsync(declined.Headers.Location!.ToString(), Cancellation);
        Assert.Contains("has turned down", page, StringComparison.Ordinal);

        // To turn an amendment down by a notice would end what is in force.
        await ProposeAsync("AuroraMSP.page-amended", "Amended");
        await ReadAsync(_answerer, "AuroraMSP.page-amended");
        using var first = await AnswerAsync("AuroraMSP.page-amended");
        await _proposer.SaysAsync("/v1/agreements/AuroraMSP.page-amended", "\"inForce\"");
        await GatewayHost.OkAsync(await _proposer.PostAsync(
            "/v1/agreements/AuroraMSP.page-amended/versions", Proposal(null, "Amended")));
        await _answerer.SaysAsync("/v1/agreements/AuroraMSP.page-amended", "\"version\":2,\"digest\"");
        page = await _answerer.Anyone.GetStringAsync("/registrar", Cancellation);
        Assert.Contains("Until all have accepted it, version 1 goes on", page, StringComparison.Ordinal);
        Assert.Equal(1, page.Split("value=\"accept\"").Length - page.Split("value=\"decline\"").Length);
        using var refused = await AnswerAsync("AuroraMSP.page-amended", ("answer", "decline"), ("version", "2"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task Matrix_TellsBothDirections_AndWhatEnds()
    {
        await ProposeAsync("AuroraMSP.matrix-one", "One way");
        await _answerer.SaysAsync("/v1/agreements?waiting=true", "matrix-one");
        await _proposer.SaysAsync("/v1/agreements?waiting=others", "matrix-one");
        Assert.DoesNotContain(
            "matrix-one", await _proposer.Anyone.GetStringAsync("/v1/agreements?waiting=true", Cancellation),
            StringComparison.Ordinal);
        await GatewayHost.OkAsync(await _answerer.PostAsync(
            "/v1/agreements/AuroraMSP.matrix-one/versions/1/acceptance", new { }));
        foreach (var (host, direction, other) in new[]
        {
            (_proposer, "recognizesOfIt", "recognizedByIt"), (_answerer, "recognizedByIt", "recognizesOfIt"),
        })
        {
            string text = await host.SaysAsync("/v1/recognition-matrix", "matrix-one");
            var items = JsonNode.Parse(text)!["items"]!.AsArray();
            var partner = items.Single(item => item![direction]!.ToJsonString().Contains("matrix-one"))!;
            Assert.DoesNotContain("matrix-one", partner[other]!.ToJsonString(), StringComparison.Ordinal);
        }

        var mine = JsonNode.Parse(await _answerer.Anyone.GetStringAsync(
            $"/v1/recognition-matrix?mspId={_proposer.MspId}&pageSize=1", Cancellation))!;
        Assert.Equal(_proposer.MspId, (string?)mine["mspId"]);
        using var nobody = await _answerer.Anyone.GetAsync("/v1/recognition-matrix?mspId=NoMSP", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);

        await GatewayHost.OkAsync(await _proposer.PostAsync("/v1/agreements/AuroraMSP.matrix-one/notice", new { }));
        Assert.DoesNotContain(
            "matrix-one", await _proposer.Anyone.GetStringAsync("/v1/recognition-matrix", Cancellation),
            StringComparison.Ordinal);
    }

    private async Task ProposeAsync(string id, string name)
    {
        using var answer = await _proposer.PostAsync("/v1/agreements", Proposal(id, name));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static JsonObject Proposal(string? id, string name)
    {
        var proposal = new JsonObject
        {
            ["name"] = name,
            ["parties"] = new JsonArray("AuroraMSP", "LindenMSP"),
            ["clauses"] = new JsonArray(new JsonObject
            {
                ["id"] = "short-courses",
                ["recognizedBy"] = new JsonArray("LindenMSP"),
                ["awardedBy"] = new JsonArray("AuroraMSP"),
                ["scope"] = new JsonObject { ["achievements"] = new JsonArray("data-literacy") },
                ["creditRatio"] = 0.8,
            }),
            ["noticeDays"] = 0,
        };
        if (id is not null) proposal["id"] = id;
        return proposal;
    }

    private static async Task<string> ReadAsync(GatewayHost host, string agreement)
    {
        await host.SaysAsync($"/v1/agreements/{agreement}", "\"proposed\"");
        return await host.Anyone.GetStringAsync("/registrar", Cancellation);
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        string agreement, params (string Field, string Value)[] instead) =>
        await AnswerAsync(agreement, "same-origin", instead);

    private async Task<HttpResponseMessage> AnswerAsync(
        string agreement, string site, params (string Field, string Value)[] instead)
    {
        var terms = _answerer.Services.GetRequiredService<LedgerProjection>().Shared.Agreements.Find(agreement)!
            .Newest.Terms;
        var fields = new Dictionary<string, string>
        {
            ["agreement"] = agreement,
            ["version"] = $"{terms.Version}",
            ["digest"] = StatementDigest.Of(terms),
            ["answer"] = "accept",
            ["read"] = "yes",
            ["key"] = GatewayHost.ApiKey,
            ["lang"] = "en",
        };
        foreach (var (field, value) in instead) fields[field] = value;

        // Redirects are looked at, not followed.
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = _answerer.Anyone.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/registrar")
        {
            Content = new FormUrlEncodedContent(fields),
        };
        request.Headers.Add("Sec-Fetch-Site", site);
        return await http.SendAsync(request, Cancellation);
    }
}
