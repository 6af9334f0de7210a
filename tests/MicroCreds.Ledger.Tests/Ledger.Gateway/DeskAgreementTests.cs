using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Agreements at the desk: read by anyone, answered by who may, and never what was not read.</summary>
public sealed class DeskAgreementTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _proposer = gateways.Issuer;
    private readonly GatewayHost _answerer = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/desk/agreements")]
    [InlineData("/desk/agreements/matrix")]
    [InlineData("/desk/ballots")]
    [InlineData("/desk/accreditations")]
    [InlineData("/desk/figures")]
    public async Task SharedRecord_IsReadWithoutALogin_AndOffersOnlyToSignIn(string address)
    {
        using var answer = await _answerer.Anyone.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("href=\"/sign-in?returnUrl=", page, StringComparison.Ordinal);
        foreach (string hidden in (string[])["method=\"post\"", "/new\"", "\"/desk/find\"", "\"/desk\""])
            Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldAddress_LeadsToTheDesk()
    {
        using var visitor = new BrowserSession(_answerer.Anyone.BaseAddress!);
        using var answer = await visitor.GetAsync("/registrar");
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal("/desk/agreements", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData(
        "recognitionOfficer", "/desk/agreements/new /desk/recognition", "/desk/ballots/new /desk/find /desk/audit")]
    [InlineData("reader", "/desk/recognition", "/desk/agreements/new /desk/ballots/new")]
    [InlineData("issuer", "/desk/recognition", "/desk/agreements/new /desk/ballots/new")]
    [InlineData("auditor", "/desk/agreements", "/desk/agreements/new /desk/recognition /desk/ballots/new")]
    [InlineData("registrar", "/desk/agreements/new /desk/recognition /desk/ballots/new", "")]
    public async Task Role_SeesWhatItMayDo_AndIsRefusedTheRest(string role, string may, string mayNot)
    {
        using var client = _answerer.With(await KeyAsync(_answerer, role));
        string shown = await client.GetStringAsync("/desk/agreements", Cancellation)
            + await client.GetStringAsync("/desk/ballots", Cancellation);
        foreach (string address in may.Split(' '))
        {
            using var answer = await client.GetAsync(address, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{role} {address}: {answer.StatusCode}");
            Assert.Contains($"href=\"{address}\"", shown, StringComparison.Ordinal);
        }

        foreach (string address in mayNot.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            using var answer = await client.GetAsync(address, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{role} {address}: {answer.StatusCode}");
            Assert.DoesNotContain($"\"{address}\"", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RecognitionOfficer_SignsAgreements_AndNothingElse_ByTheApiToo()
    {
        using var client = _answerer.With(await KeyAsync(_answerer, "recognitionOfficer"));
        using var notThere = await client.PostAsync(
            "/v1/agreements/no.such/notice", GatewayHost.Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, notThere.StatusCode);
        foreach (string address in (string[])["/v1/ballots", "/v1/api-keys", "/v1/credentials"])
        {
            using var refused = await client.PostAsync(address, GatewayHost.Json("{}"), Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Answer_Unread_OfOtherWords_OrWithoutTheFormsToken_ChangesNothing()
    {
        string id = await ProposeAsync("desk-locked", "<b>Locked</b>");
        using var session = await DeskSession.OpenAsync(_answerer);
        string page = await (await session.GetAsync($"/desk/agreements/{id}/answer")).Content
            .ReadAsStringAsync(Cancellation);
        Assert.Contains("&lt;b&gt;Locked&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("80 % of its own ECTS credits", page, StringComparison.Ordinal);
        Assert.Contains("data-literacy: Data Literacy", page, StringComparison.Ordinal);
        foreach (var (field, value, action, status) in new[]
        {
            ("read", "", "acceptance", HttpStatusCode.BadRequest),
            ("digest", new string('0', 64), "acceptance", HttpStatusCode.Conflict),
            ("digest", new string('0', 64), "refusal", HttpStatusCode.Conflict),
            ("version", "2", "acceptance", HttpStatusCode.NotFound),
            ("form-token", "x", "acceptance", HttpStatusCode.Forbidden),
        })
        {
            (string, string)[] fields = field == "read" ? [(field, value)] : [("read", "yes"), (field, value)];
            using var answer = await session.SendAsync(
                $"/desk/agreements/{id}/answer", $"/desk/agreements/{id}/{action}", fields);
            Assert.True(answer.StatusCode == status, $"{field}={value}: {answer.StatusCode}");
        }

        var agreement = JsonNode.Parse(await _answerer.Anyone.GetStringAsync($"/v1/agreements/{id}", Cancellation))!;
        Assert.Equal("proposed", (string?)agreement["state"]);
        Assert.Empty(agreement["notices"]!.AsArray());
    }

    [Fact]
    public async Task Proposal_IsTurnedDown_ButAnAmendmentCannotBe()
    {
        string declined = await ProposeAsync("desk-declined", "Declined");
        using var session = await DeskSession.OpenAsync(_answerer);
        using var down = await session.SendAsync(
            $"/desk/agreements/{declined}/answer", $"/desk/agreements/{declined}/refusal", ("read", "yes"));
        Assert.Equal($"/desk/agreements/{declined}?now=declined", down.Headers.Location!.ToString());
        Assert.Contains(
            "Nobody is bound by it", await session.ReadAsync(down.Headers.Location.ToString()),
            StringComparison.Ordinal);

        // To turn an amendment down by a notice would end what is in force.
        string id = await ProposeAsync("desk-amended", "Amended");
        using var accepted = await session.SendAsync(
            $"/desk/agreements/{id}/answer", $"/desk/agreements/{id}/acceptance", ("read", "yes"));
        Assert.Equal(HttpStatusCode.SeeOther, accepted.StatusCode);
        await _proposer.SaysAsync($"/v1/agreements/{id}", "\"inForce\"");
        await GatewayHost.OkAsync(await _proposer.PostAsync(
            $"/v1/agreements/{id}/versions", Proposal(null, "Amended again")));
        await _answerer.SaysAsync($"/v1/agreements/{id}", "\"version\":2,\"digest\"");
        string page = await session.ReadAsync($"/desk/agreements/{id}/answer");
        Assert.Contains("version 1 goes on as it is", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/refusal", page, StringComparison.Ordinal);
        using var refused = await session.SendAsync(
            $"/desk/agreements/{id}/answer", $"/desk/agreements/{id}/refusal", ("read", "yes"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task Comparison_IsInTheApi_AndDescribedWithTypes()
    {
        string id = await ProposeAsync("desk-compared", "Compared");
        await GatewayHost.OkAsync(await _answerer.PostAsync($"/v1/agreements/{id}/versions/1/acceptance", new { }));
        await _proposer.SaysAsync($"/v1/agreements/{id}", "\"inForce\"");
        var amended = Proposal(null, "Compared");
        amended["noticeDays"] = 30;
        await GatewayHost.OkAsync(await _proposer.PostAsync($"/v1/agreements/{id}/versions", amended));
        await _answerer.SaysAsync($"/v1/agreements/{id}/comparison?from=1&to=2", "\"term\":\"noticeDays\"");
        using var none = await _answerer.Anyone.GetAsync($"/v1/agreements/{id}/comparison?from=9", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var api = JsonNode.Parse(await _answerer.Anyone.GetStringAsync("/openapi/v1.json", Cancellation))!;
        foreach (string address in (string[])["/v1/agreements/{id}/comparison", "/v1/endings"])
        {
            Assert.NotNull(
                api["paths"]![address]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]);
        }
    }

    [Fact]
    public async Task List_OfManyAgreements_IsPartedAndTurned_AndStaysSmall()
    {
        for (int i = 0; i < 23; i++)
            await ProposeAsync($"desk-many-{i:00}", $"Recognition of short courses number {i}");
        await _answerer.SaysAsync("/v1/agreements?waiting=true&pageSize=200", "desk-many-22");
        string page = await _answerer.Anyone.GetStringAsync("/desk/agreements", Cancellation);
        Assert.True(page.Length < 100 * 1024, $"the page has {page.Length} characters");
        Assert.Equal(20, page.Split("<section", StringSplitOptions.None)[1].Split("<th scope=\"row\">").Length - 1);
        string next = page.Split("href=\"/desk/agreements?show=waiting")[1].Split('"')[0];
        string rest = await _answerer.Anyone.GetStringAsync(
            "/desk/agreements?show=waiting" + WebUtility.HtmlDecode(next), Cancellation);
        Assert.Contains("desk-many-22", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_ThatTheLedgerRefuses_StandsThereStill_WithTheReason()
    {
        using var session = await DeskSession.OpenAsync(_proposer);
        string terms = Proposal("AuroraMSP.desk-kept", "Kept").ToJsonString();
        using var unread = await session.SendAsync(
            "/desk/agreements/new?party=LindenMSP", "/desk/agreements", ("terms", terms));
        Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        var wrong = Proposal("AuroraMSP.desk-kept", "Kept");
        wrong["clauses"]![0]!["equivalent"] = new JsonObject { ["id"] = "no-such", ["version"] = 1 };
        using var refused = await session.SendAsync(
            "/desk/agreements/new?party=LindenMSP", "/desk/agreements", ("terms", wrong.ToJsonString()),
            ("read", "yes"));
        string page = await DeskSession.TextAsync(refused);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        Assert.Contains("desk-kept", page, StringComparison.Ordinal);
        using var sent = await session.SendAsync(
            "/desk/agreements/new?party=LindenMSP", "/desk/agreements", ("terms", terms), ("read", "yes"));
        Assert.Equal(
            "/desk/agreements/AuroraMSP.desk-kept?version=1&now=proposed", sent.Headers.Location!.ToString());
    }

    internal static async Task<string> KeyAsync(GatewayHost gateway, string role)
    {
        using var made = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = $"a {role}", ["roles"] = new JsonArray(role) }));
        return (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!;
    }

    private async Task<string> ProposeAsync(string id, string name)
    {
        using var answer = await _proposer.PostAsync("/v1/agreements", Proposal("AuroraMSP." + id, name));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancellation));
        await _answerer.SaysAsync($"/v1/agreements/AuroraMSP.{id}", "\"proposed\"");
        return "AuroraMSP." + id;
    }

    internal static JsonObject Proposal(string? id, string name)
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
            ["validFrom"] = "2026-01-01T00:00:00.000Z",
            ["noticeDays"] = 0,
        };
        if (id is not null) proposal["id"] = id;
        return proposal;
    }
}
