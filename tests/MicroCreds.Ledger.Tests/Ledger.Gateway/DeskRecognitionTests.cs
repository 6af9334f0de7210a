using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner's file is brought to the desk, and the decision comes, to print and to keep.</summary>
public sealed class DeskRecognitionTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task File_GivesTheDecision_ToPrintAndToKeep_AndNothingStays(string language, int width)
    {
        // The same words again are the same agreement.
        const string agreement = "AuroraMSP.learners-files";
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            "/v1/agreements", DeskAgreementTests.Proposal(agreement, "Short courses in data")));
        await _partner.SaysAsync("/v1/agreements", agreement);
        await GatewayHost.OkAsync(await _partner.PostAsync(
            $"/v1/agreements/{agreement}/versions/1/acceptance", new { }));
        await _partner.SaysAsync($"/v1/agreements/{agreement}", "\"inForce\"");
        string learner = $"Aino {Guid.NewGuid():N}";
        string own = Encoding.UTF8.GetString(await _issuer.IssueAsync(learner));
        await Until.TrueAsync(
            async () => await _partner.VerdictAsync(Encoding.UTF8.GetBytes(own)) == "valid", () => "not valid");
        var broken = JsonNode.Parse(own)!;
        broken["credentialSubject"]!["name"] = "Somebody Else";
        var page = await DeskVisitor.SignInWithKeyAsync(_browser, _partner, "/desk/recognition", width, language);
        await DeskVisitor.ExamineAsync(page, $"desk-recognition-{language}-{width}");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "file.json",
            MimeType = "application/json",
            Buffer = Encoding.UTF8.GetBytes($$"""{"credentials":[{{own}},{{own}},{{broken.ToJsonString()}}]}"""),
        });
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync(
            language == "de" ? "2,4 ECTS-Leistungspunkte" : "2.4 ECTS credits");
        await Assertions.Expect(page.Locator("#decision .clause")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#decision")).ToContainTextAsync(learner);
        await Assertions.Expect(page.Locator("#decision")).ToContainTextAsync(agreement);
        await DeskVisitor.ExamineAsync(page, $"desk-decision-{language}-{width}");

        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#keep").ClickAsync());
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(
            (await download.PathAsync())!, TestContext.Current.CancellationToken))!;
        Assert.EndsWith(".json", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal(2.4, (double)kept["report"]!["totals"]![0]!["credits"]!);
        Assert.Equal(learner, (string?)kept["learners"]![0]);
        Assert.Equal("LindenMSP", (string?)kept["institution"]);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Assertions.Expect(page.Locator(".top")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator(".signature")).ToBeVisibleAsync();
        await Browser.ShootAsync(page, $"desk-decision-print-{language}-{width}");
        Assert.DoesNotContain(learner, _partner.Log.ToString(), StringComparison.Ordinal);

        // What was answered is counted where it was asked, the decision as well as what anybody asks.
        await GatewayHost.OkAsync(await _issuer.Anyone.PostAsync(
            "/v1/recognitions", new StringContent(own), TestContext.Current.CancellationToken));
        await CountsAsync(_issuer, month => (long)month["recognizedElsewhere"]! > 0);
        await CountsAsync(
            _partner, month => (long)month["verified"]!["valid"]! > 0 && (long)month["recognizedHere"]! > 0);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
        await page.GotoAsync($"{_partner.Anyone.BaseAddress}desk");
        await Assertions.Expect(page.Locator("#answered-by-month svg")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-answered-{language}-{width}");
    }

    /// <summary>Waits until a gateway has counted.</summary>
    private static Task CountsAsync(GatewayHost host, Predicate<JsonNode> isCounted) => Until.TrueAsync(
        async () => JsonNode.Parse(await host.Registrar.GetStringAsync(
            "/v1/statistics/answers", TestContext.Current.CancellationToken))!["items"]!.AsArray()
            .Any(month => isCounted(month!)),
        () => "nothing was counted");

    [Fact]
    public async Task Answers_AreForThisInstitutionsPeople()
    {
        using var refused = await _issuer.Anyone.GetAsync(
            "/v1/statistics/answers", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var bad = await _issuer.Registrar.GetAsync(
            "/v1/statistics/answers?from=2026-13", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task File_WithAnAlteredCopyFirst_StillHoldsTheCredential()
    {
        string own = Encoding.UTF8.GetString(await _issuer.IssueAsync("Altered And Not"));
        var broken = JsonNode.Parse(own)!;
        broken["credentialSubject"]!["name"] = "Somebody Else";
        using var answer = await GatewayHost.OkAsync(await _issuer.Anyone.PostAsync(
            "/v1/recognitions?institution=AuroraMSP",
            GatewayHost.Json($$"""{"credentials":[{{broken.ToJsonString()}},{{own}}]}"""),
            TestContext.Current.CancellationToken));
        var report = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(
            ["notValid", "ownAward"],
            report["items"]!.AsArray().Select(one => (string?)one!["recognitions"]![0]!["code"]));
    }

    [Theory]
    [InlineData("{\"credentials\":[]}")]
    [InlineData("{\"credentials\":")]
    public async Task File_ThatIsNone_IsTold_AndTheFormStandsThereStill(string content)
    {
        var page = await DeskVisitor.SignInWithKeyAsync(_browser, _partner, "/desk/recognition", script: false);
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "file.json",
            MimeType = "application/json",
            Buffer = Encoding.UTF8.GetBytes(content),
        });
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.Locator("main form button").ClickAsync(), response => response.Request.Method == "POST");
        Assert.Equal((int)HttpStatusCode.BadRequest, answer.Status);
        await Assertions.Expect(page.Locator("main [role=alert]")).ToContainTextAsync("could not be read");
        await Assertions.Expect(page.Locator("#file")).ToBeVisibleAsync();
    }
}
