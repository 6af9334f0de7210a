using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is issued goes out in others' shapes, and comes in again elsewhere, its verdict unchanged.</summary>
[Collection(LinkedGatewaysTests.Name)]
public sealed class ShapesTests(LinkedGatewaysFixture gateways, Browser found) : IClassFixture<Browser>
{
    private const string Records = "/v1/learner-records";
    private const string Credential = "application/vc";
    private const string Xml = "application/xml";

    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Credential, "recordSigned")]
    [InlineData(Xml, "recordNotChecked")]
    public async Task Record_OfOneLearner_ComesInAgain_AtAnotherMember_AndInEvaluations(string form, string notice)
    {
        var (pathway, credentials) = await IssueAsync("Recorded Learner");
        byte[] record = await MakeAsync(form, credentials);
        var verdict = await VerifyAsync(record);
        Assert.Equal(["valid", "valid"], verdict["each"]!.AsArray().Select(one => (string?)one!["verdict"]));
        Assert.All(verdict["each"]!.AsArray(), one => Assert.Contains(
            one!["notices"]!.AsArray(), said => (string?)said!["code"] == notice));

        // As where a pathway is evaluated, and where somebody asks what it is worth.
        JsonNode sent = form == Credential ? JsonNode.Parse(record)! : Encoding.UTF8.GetString(record);
        using var answer = await GatewayHost.OkAsync(await _issuer.Anyone.PostAsJsonAsync(
            $"/v1/pathways/AuroraMSP/{pathway}/1/evaluations",
            new JsonObject { ["credentials"] = new JsonArray(sent) }, Cancellation));
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["credentials"]!.AsArray();
        Assert.Equal(["valid", "valid"], said.Select(one => (string?)one!["verdict"]));
        Assert.All(said, one => Assert.True((bool)one!["isTaken"]!));

        // Each credential that was read for it is in the log.
        string id = (string)credentials[0]!["id"]!;
        await _issuer.SaysAsAsync(GatewayHost.ApiKey, $"/v1/audit?credential={id}", "credential.read");
    }

    [Fact]
    public async Task Record_ThatCannotBeMade_IsRefused_AndSaysWhy()
    {
        var (_, one) = await IssueAsync("One Learner");
        var (_, other) = await IssueAsync("Other Learner");
        string[] ids = [.. one.Concat(other).Select(credential => (string)credential!["id"]!)];
        await RefusedAsync(HttpStatusCode.Conflict, "different people", ids);
        await RefusedAsync(HttpStatusCode.BadRequest, "/credentials");
        await RefusedAsync(HttpStatusCode.BadRequest, "/credentials/1", ids[0], null!);
        await RefusedAsync(HttpStatusCode.BadRequest, "1 to 20", [.. Enumerable.Range(0, 21).Select(i => $"{i}")]);
        await RefusedAsync(HttpStatusCode.NotFound, "did not issue", Guid.NewGuid().ToString());
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{ids[0]}/revocation", new { reason = "issuedInError" }));
        await _issuer.SaysAsync($"/v1/credentials/{ids[0]}/status", "revoked");
        await RefusedAsync(HttpStatusCode.Conflict, ids[0], ids[0], ids[1]);
        using var anyone = await _issuer.Anyone.PostAsJsonAsync(Records, new { credentials = ids }, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        using var unknown = await SendAsync("text/csv", [ids[1]]);
        Assert.Equal(HttpStatusCode.NotAcceptable, unknown.StatusCode);
    }

    [Theory]
    [InlineData("urn:schac:personalUniqueCode:int:esi:x.fi:1", "urn:schac:personalUniqueCode:int:esi:x.fi:2", false)]
    [InlineData("urn:schac:personalUniqueCode:int:esi:x.fi:1", "urn:schac:personalUniqueCode:int:esi:x.fi:1", true)]
    [InlineData("urn:schac:personalUniqueCode:int:esi:x.fi:1", "did:example:1", true)]
    [InlineData("did:example:1", "did:example:2", true)]
    [InlineData("urn:schac:personalUniqueCode:int:esi:x.fi:1", null, true)]
    public void Record_OfOneName_WithTwoStudentNumbers_IsOfTwo(string? one, string? other, bool isOfOne)
    {
        CredentialAward Of(string? id) => new(new CredentialContent { Learner = "Maija", LearnerId = id }, default);
        Assert.Equal(isOfOne, LearnerRecords.AreOfOne([Of(one), Of(other)]));
    }

    [Fact]
    public async Task EuropeanCredential_CarriesTheSignedOne_AndIsForReaders()
    {
        var (_, credentials) = await IssueAsync("European Learner");
        string address = $"/v1/credentials/{credentials[0]!["id"]}/elm";
        using var answer = await GatewayHost.OkAsync(await _issuer.Registrar.GetAsync(address, Cancellation));
        Assert.Equal("application/ld+json", answer.Content.Headers.ContentType!.ToString());
        byte[] document = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal("valid", (string?)(await VerifyAsync(document))["verdict"]);
        using var anyone = await _issuer.Anyone.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
    }

    [Fact]
    public async Task Ctdl_DescribesAchievementsAndPathways_ToAnybody()
    {
        var (pathway, credentials) = await IssueAsync("Described Learner");
        string achievement = (string)credentials[0]!["credentialSubject"]!["achievement"]!["id"]!;
        string[] named = achievement.Split('/');
        var described = JsonNode.Parse(await _issuer.Anyone.GetStringAsync(
            $"/v1/achievements/AuroraMSP/{named[^2]}/{named[^1]}/ctdl", Cancellation))!["@graph"]!;
        Assert.Equal("ceterms:MicroCredential", (string?)described[0]!["@type"]);
        Assert.Equal(achievement, (string?)described[0]!["@id"]);
        var path = JsonNode.Parse(await _issuer.Anyone.GetStringAsync(
            $"/v1/pathways/AuroraMSP/{pathway}/1/ctdl", Cancellation))!["@graph"]!.AsArray();
        Assert.Equal("ceterms:Pathway", (string?)path[0]!["@type"]);
        Assert.Contains(path, one => (string?)one!["ceterms:proxyFor"] == achievement);
        using var missing = await _issuer.Anyone.GetAsync("/v1/achievements/AuroraMSP/no-such/1/ctdl", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("en", 1280, "clr")]
    [InlineData("de", 360, "elmo")]
    public async Task Learner_TakesSeveralAlongAsOneFile(string language, int width, string form)
    {
        var browser = found.OrSkip();
        var (_, credentials) = await IssueAsync("Carrying Learner");
        var page = await browser.OpenAsync($"{_issuer.Anyone.BaseAddress}me", width, language);
        foreach (var credential in credentials)
        {
            using var made = await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
                $"/v1/credentials/{credential!["id"]}/claims", content: null, Cancellation));
            await page.GotoAsync((string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["url"]!);
            await page.Locator("main form button").First.ClickAsync();
            await Browser.ComesToAsync(page, "/me/*");
        }

        var elm = await page.RunAndWaitForDownloadAsync(() => page.Locator("a[href$='/files/elm']").ClickAsync());
        Assert.EndsWith(".elm.jsonld", elm.SuggestedFilename, StringComparison.Ordinal);
        await page.GotoAsync($"{_issuer.Anyone.BaseAddress}me");
        await DeskVisitor.ExamineAsync(page, $"record-{language}-{width}");
        await page.Locator("#record-form").SelectOptionAsync(form);
        var file = await page.RunAndWaitForDownloadAsync(() => page.Locator("#records button").ClickAsync());
        Assert.EndsWith(form == "clr" ? ".clr.json" : ".elmo.xml", file.SuggestedFilename, StringComparison.Ordinal);
        byte[] record = await File.ReadAllBytesAsync(await file.PathAsync(), Cancellation);
        var verdict = await VerifyAsync(record);
        Assert.Equal(["valid", "valid"], verdict["each"]!.AsArray().Select(one => (string?)one!["verdict"]));

        await page.Locator("#records input").First.UncheckAsync();
        await page.Locator("#records input").Nth(1).UncheckAsync();
        await page.Locator("#records button").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Record_IsTheDevicesOwn()
    {
        using var answer = await _issuer.Anyone.GetAsync("/me/record?form=clr&credential=x", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task OthersTranscript_IsShownAsClaims()
    {
        string file = $"""
            <elmo xmlns="{ElmoWriter.Namespace}"><report>
            <issuer><title>Elsewhere &lt;b&gt; University</title></issuer>
            <learningOpportunitySpecification><title>Compilers</title><specifies><learningOpportunityInstance>
            <date>2020-02-29</date><resultLabel>A</resultLabel><credit><scheme>ects</scheme><value>6</value></credit>
            </learningOpportunityInstance></specifies></learningOpportunitySpecification></report></elmo>
            """;
        var verdict = await VerifyAsync(Encoding.UTF8.GetBytes(file));
        Assert.Equal("foreign", (string?)verdict["verdict"]);
        var result = verdict["foreign"]!["results"]![0]!;
        Assert.Equal((6, "A"), ((int)result["credits"]!, (string?)result["grade"]));
        var page = await found.OrSkip().OpenAsync($"{_partner.Anyone.BaseAddress}verify");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "transcript.xml",
            MimeType = "text/xml",
            Buffer = Encoding.UTF8.GetBytes(file),
        });
        await Assertions.Expect(page.Locator("#foreign-results tbody tr")).ToContainTextAsync("Compilers");
        await DeskVisitor.ExamineAsync(page, "foreign-transcript");
    }

    private async Task<(string Pathway, JsonArray Credentials)> IssueAsync(string learner)
    {
        string pathway = $"shapes-{Guid.NewGuid():N}"[..20];
        var credentials = await SamplePathway.IssueAsync(
            _issuer, pathway, $"{learner} {Guid.NewGuid():N}", "part-one", "part-two");
        foreach (var credential in credentials)
        {
            byte[] document = Encoding.UTF8.GetBytes(credential!.ToJsonString());
            await Until.TrueAsync(
                async () => await _partner.VerdictAsync(document) == "valid", () => "It is not valid elsewhere.");
        }

        return (pathway, credentials);
    }

    private async Task<byte[]> MakeAsync(string form, JsonArray credentials)
    {
        using var answer = await GatewayHost.OkAsync(
            await SendAsync(form, [.. credentials.Select(one => (string)one!["id"]!)]));
        Assert.Equal(form, answer.Content.Headers.ContentType!.ToString());
        return await answer.Content.ReadAsByteArrayAsync(Cancellation);
    }

    private Task<HttpResponseMessage> SendAsync(string form, string[] ids)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Records)
        {
            Content = JsonContent.Create(new { credentials = ids }),
        };
        request.Headers.Add("Accept", form);
        return _issuer.Registrar.SendAsync(request, Cancellation);
    }

    private async Task RefusedAsync(HttpStatusCode status, string why, params string[] ids)
    {
        using var answer = await SendAsync(Credential, ids);
        string said = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == status, said);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    private async Task<JsonNode> VerifyAsync(byte[] brought)
    {
        using var answer = await _partner.Anyone.PostAsync(
            "/v1/verifications", new ByteArrayContent(brought), Cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }
}
