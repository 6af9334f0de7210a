using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Ballots and accreditations at the desk and by the API, and what ends soon.</summary>
public sealed class DeskVotingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ballot_PastItsTime_IsListedAsExpired_AndWaitsForNobody()
    {
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/ballots", new JsonObject
        {
            ["id"] = "short-lived",
            ["action"] = "admitAccreditor",
            ["subject"] = "AuroraMSP",
            ["closesAt"] = DateTimeOffset.UtcNow.AddSeconds(8).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"),
        }));
        await _gateway.SaysAsync("/v1/ballots?state=expired", "short-lived");
        foreach (string query in (string[])["state=open", "waiting=true"])
        {
            Assert.DoesNotContain(
                "short-lived", await _gateway.Anyone.GetStringAsync($"/v1/ballots?{query}", Cancellation),
                StringComparison.Ordinal);
        }

        string page = await _gateway.Anyone.GetStringAsync("/desk/ballots", Cancellation);
        string closed = page[page.IndexOf("id=\"closed\"", StringComparison.Ordinal)..];
        Assert.Contains("short-lived", closed, StringComparison.Ordinal);
        Assert.Contains("Expired", closed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ballot_IsSeenWithWhatItChanges_AskedAndVotedOn_OnlyAsItWasRead()
    {
        using var session = await DeskSession.OpenAsync(_gateway);
        (string, string)[] question =
            [("question", "removeMember TejoMSP"), ("ballotId", "desk-removal"), ("closesOn", ""), ("reasons", "")];
        await gateways[LedgerFixture.Tejo].EnsureVoterAsync();
        await _gateway.SaysAsync("/v1/institutions", "TejoMSP");
        using var preview = await session.SendAsync("/desk/ballots/new", "/desk/ballots/preview", question);
        string page = await DeskSession.TextAsync(preview);
        Assert.Equal(HttpStatusCode.OK, preview.StatusCode);
        Assert.Contains("<del", page, StringComparison.Ordinal);
        Assert.Contains("AuroraMSP.desk-removal", page, StringComparison.Ordinal);
        using var asked = await session.SendAsync("/desk/ballots/new", "/desk/ballots", [.. question, ("read", "yes")]);
        Assert.Equal("/desk/ballots/AuroraMSP.desk-removal?now=proposed", asked.Headers.Location!.ToString());
        var ballot = JsonNode.Parse(await _gateway.SaysAsync("/v1/ballots/AuroraMSP.desk-removal", "\"effect\""))!;
        Assert.Equal("members", (string?)ballot["effect"]!["what"]);
        Assert.Contains("TejoMSP", ballot["effect"]!["before"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("TejoMSP", ballot["effect"]!["after"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((3, 2), (ballot["effect"]!["voters"]!.AsArray().Count, (int)ballot["effect"]!["needed"]!));

        const string Card = "/desk/ballots/AuroraMSP.desk-removal";
        using var other = await session.SendAsync(
            Card, Card + "/votes", ("approve", "no"), ("read", "yes"), ("digest", new string('0', 64)));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        using var unread = await session.SendAsync(Card, Card + "/votes", ("approve", "no"));
        Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        using var voted = await session.SendAsync(Card, Card + "/votes", ("approve", "no"), ("read", "yes"));
        Assert.Equal(Card + "?now=voted", voted.Headers.Location!.ToString());
        await _gateway.SaysAsync("/v1/ballots/AuroraMSP.desk-removal", "\"approve\":false");
        page = await session.ReadAsync(Card);
        Assert.Contains("Against it", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"cast\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accreditation_IsGrantedNarrowedSuspendedAndWithdrawn_SeenBeforeAndAfter()
    {
        using var session = await DeskSession.OpenAsync(_partner);
        using var notYet = await session.GetAsync("/desk/accreditations/new");
        Assert.Equal(HttpStatusCode.Forbidden, notYet.StatusCode);
        await gateways.AdmitPartnerAsync();

        string soon = DateTimeOffset.UtcNow.AddDays(100).ToString("yyyy-MM-dd");
        (string, string)[] grant =
        [
            ("accredited", "AuroraMSP"), ("accreditationId", "desk-2026"), ("level", "6"), ("level", "7"),
            ("fields", "06"), ("further", ""), ("accreditedUntil", soon), ("accreditedFrom", ""), ("decision", ""),
        ];
        using var faulty = await session.SendAsync(
            "/desk/accreditations/new", "/desk/accreditations/preview", ("accreditationId", "No Name"));
        Assert.Equal(HttpStatusCode.BadRequest, faulty.StatusCode);
        using var seen = await session.SendAsync(
            "/desk/accreditations/new", "/desk/accreditations/preview", grant);
        Assert.Contains("desk-2026", await DeskSession.TextAsync(seen), StringComparison.Ordinal);
        using var granted = await session.SendAsync(
            "/desk/accreditations/new", "/desk/accreditations/grant", [.. grant, ("read", "yes")]);
        const string Card = "/desk/accreditations/AuroraMSP/LindenMSP/desk-2026";
        Assert.Equal(Card + "?now=grant", granted.Headers.Location!.ToString());
        await _partner.SaysAsync("/v1/accreditations", "desk-2026");
        await _partner.SaysAsync("/v1/endings", "desk-2026");
        Assert.DoesNotContain(
            "desk-2026", await _partner.Anyone.GetStringAsync("/v1/endings?days=30", Cancellation),
            StringComparison.Ordinal);
        using var tooFar = await _partner.Anyone.GetAsync("/v1/endings?days=0", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, tooFar.StatusCode);

        foreach (var (action, said) in new[]
        {
            ("narrow", "\"levels\":[6]"), ("suspend", "\"state\":\"suspended\""), ("lift", "\"state\":\"inForce\""),
            ("withdraw", "\"state\":\"withdrawn\""),
        })
        {
            (string, string)[] change = action == "narrow"
                ? [("level", "6"), ("fields", "06"), ("read", "yes")] : [("read", "yes")];
            using var done = await session.SendAsync(
                $"{Card}/{action}", $"/desk/accreditations/{action}", change);
            Assert.True(done.StatusCode == HttpStatusCode.SeeOther, await DeskSession.TextAsync(done));
            await _partner.SaysAsync("/v1/accreditations?mspId=AuroraMSP", said);
        }

        using var over = await session.GetAsync($"{Card}/suspend");
        Assert.Equal(HttpStatusCode.Conflict, over.StatusCode);
    }

    [Fact]
    public async Task Endings_TellAgreementsAndNotices_ByTheirDays()
    {
        var proposal = DeskAgreementTests.Proposal("AuroraMSP.desk-ending", "Ends soon");
        proposal["validUntil"] = DateTimeOffset.UtcNow.AddDays(90).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        proposal["noticeDays"] = 20;
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/agreements", proposal));
        await _partner.SaysAsync("/v1/agreements?waiting=true", "desk-ending");
        await GatewayHost.OkAsync(await _partner.PostAsync(
            "/v1/agreements/AuroraMSP.desk-ending/versions/1/acceptance", new { }));
        await GatewayHost.OkAsync(await _partner.PostAsync("/v1/agreements/AuroraMSP.desk-ending/notice", new { }));
        var items = JsonNode.Parse(await _gateway.SaysAsync("/v1/endings", "\"notice\""))!["items"]!.AsArray()
            .Where(one => (string?)one!["id"] == "AuroraMSP.desk-ending").ToList();
        Assert.Equal(["notice", "agreement"], items.Select(one => (string?)one!["kind"]));
        Assert.Equal("LindenMSP", (string?)items[0]!["institutions"]![0]);
    }
}
