using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>An agreement in a real browser: written, seen whole, signed, answered, amended, compared, left.</summary>
public sealed class AgreementPageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private const string LongTitle =
        "Recognition of short courses in data, statistics and the responsible use of both, of which the title is as "
        + "long as titles are in practice";

    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _proposer = gateways.Issuer;
    private readonly GatewayHost _answerer = gateways.Partner;

    [Theory]
    [InlineData("en", 1280)]
    public async Task Agreement_IsWritten_SeenWhole_Signed_AcceptedByThePartner_AmendedAndCompared(
        string language, int width)
    {
        string id = $"written-{language}-{width}";
        string name(string page) => $"desk-agreement-{page}-{language}-{width}";
        var page = await DeskVisitor.SignInAsync(_browser, _proposer, width, language);
        await WriteAsync(page, id, name);
        await _answerer.SaysAsync($"/v1/agreements/AuroraMSP.{id}", "\"proposed\"");

        var partner = await DeskVisitor.SignInWithKeyAsync(_browser, _answerer, "/desk/agreements", width, language);
        await DeskVisitor.ExamineAsync(partner, name("list"));

        // Others may wait before it in the list, which shows the first ones alone.
        await partner.GotoAsync($"{_answerer.Anyone.BaseAddress}desk/agreements/AuroraMSP.{id}");
        await partner.Locator("#waits a").ClickAsync();
        await DeskVisitor.ExamineAsync(partner, name("answer"));
        await partner.Locator("#read").CheckAsync();
        await partner.Locator("#accept").ClickAsync();
        await Browser.ComesToAsync(partner, "now=accepted");
        await Assertions.Expect(partner.Locator("#state")).ToHaveTextAsync(language == "de" ? "In Kraft" : "In force");
        await _proposer.SaysAsync($"/v1/agreements/AuroraMSP.{id}", "\"inForce\"");

        await page.ReloadAsync();
        await AmendAsync(page, name);
        await page.GotoAsync($"{_proposer.Anyone.BaseAddress}desk/agreements/matrix");
        await DeskVisitor.ExamineAsync(page, name("matrix"));
        await page.GotoAsync($"{_proposer.Anyone.BaseAddress}desk/agreements/AuroraMSP.{id}/notice");
        await DeskVisitor.ExamineAsync(page, name("notice"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#give").ClickAsync();
        await Browser.ComesToAsync(page, "now=left");
        await Assertions.Expect(page.Locator("#notices li")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Agreement_ByKeyboardAlone_WithoutAScript_IsReadAndAccepted()
    {
        await GatewayHost.OkAsync(await _proposer.PostAsync(
            "/v1/agreements", DeskAgreementTests.Proposal("AuroraMSP.by-keyboard", "By keyboard")));
        await _answerer.SaysAsync("/v1/agreements?waiting=true", "by-keyboard");
        var page = await DeskVisitor.SignInWithKeyAsync(_browser, _answerer, "/desk/agreements", 360, script: false);
        await page.Locator("#waiting a[href$='by-keyboard']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#waits a").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#read").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, "now=accepted");
        await _answerer.SaysAsync("/v1/agreements/AuroraMSP.by-keyboard", "\"inForce\"");
    }

    [Fact]
    public async Task Draft_EnterKeepsTheClause_AndLosesNothing_WithoutAScript()
    {
        var page = await DeskVisitor.SignInWithKeyAsync(
            _browser, _proposer, "/desk/agreements/new?party=LindenMSP", script: false);
        await page.Locator("#title").FillAsync("Kept");
        await page.Locator("#agreementId").FillAsync("kept");
        await page.Locator("#fields").FillAsync("06");
        await page.Locator("#fields").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#draft .clause")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#title")).ToHaveValueAsync("Kept");
        await page.Locator("#add").ClickAsync();
        await page.Locator("#further").FillAsync("statistics");
        await page.Locator("#keep").ClickAsync();
        await Assertions.Expect(page.Locator("#draft .clause")).ToHaveCountAsync(2);
        await page.Locator("button[value='remove 0']").ClickAsync();
        await Assertions.Expect(page.Locator("#draft .clause")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#draft .clause")).ToContainTextAsync("statistics");
        await page.Locator("#preview").ClickAsync();
        await page.Locator("#change").ClickAsync();
        await Assertions.Expect(page.Locator("#title")).ToHaveValueAsync("Kept");
        await Assertions.Expect(page.Locator("#draft .clause")).ToContainTextAsync("statistics");
    }

    [Theory]
    [InlineData("en", 360)]
    [InlineData("de", 1280)]
    public async Task TwentyAgreementsWithLongNames_AreReadable(string language, int width)
    {
        for (int i = 0; i < 20; i++)
        {
            var proposal = DeskAgreementTests.Proposal(
                $"AuroraMSP.twenty-{language}-{i:00}",
                $"Anerkennungsvereinbarung {i} über Weiterbildungskurzstudienangebote " + new string('w', 80));
            var clause = proposal["clauses"]![0]!.DeepClone();
            for (int j = 1; j < 12; j++)
            {
                clause["id"] = $"clause-{j}";
                ((JsonArray)proposal["clauses"]!).Add(clause.DeepClone());
            }

            await GatewayHost.OkAsync(await _proposer.PostAsync("/v1/agreements", proposal));
        }

        await _answerer.SaysAsync("/v1/agreements?waiting=true&pageSize=200", $"twenty-{language}-19");
        var page = await DeskVisitor.SignInWithKeyAsync(_browser, _answerer, "/desk/agreements", width, language);
        await DeskVisitor.ExamineAsync(page, $"desk-agreements-twenty-{language}-{width}");
        Assert.True(await page.Locator("#waiting .scroll").EvaluateAsync<bool>(
            "one => one.scrollWidth <= one.clientWidth"));
        await page.GotoAsync($"{_answerer.Anyone.BaseAddress}desk/agreements/AuroraMSP.twenty-{language}-00/answer");
        await Assertions.Expect(page.Locator("#terms .clause")).ToHaveCountAsync(12);
        await DeskVisitor.ExamineAsync(page, $"desk-agreement-long-{language}-{width}");
    }

    /// <summary>Writes an agreement, with slips that are told, sees it whole, and signs it.</summary>
    private async Task WriteAsync(IPage page, string id, Func<string, string> name)
    {
        await page.GotoAsync($"{_proposer.Anyone.BaseAddress}desk/agreements/new");
        await page.Locator("#party-LindenMSP").CheckAsync();
        await page.Locator("main form button").ClickAsync();
        await DeskVisitor.ExamineAsync(page, name("form"));
        await page.Locator("#preview").ClickAsync();
        Assert.False(await page.Locator("#title").EvaluateAsync<bool>("field => field.checkValidity()"));
        await page.Locator("#title").FillAsync(LongTitle);
        await page.Locator("#agreementId").FillAsync(id);
        await page.Locator("#recognizedBy-LindenMSP").CheckAsync();
        await page.Locator("#awardedBy-AuroraMSP").CheckAsync();
        await page.Locator("#achievement-data-literacy").CheckAsync();
        await page.Locator("#worth").SelectOptionAsync("credits");
        await page.Locator("#amount").FillAsync("many");
        await page.Locator("#grades").FillAsync("5 = 1,0\n4 = 1,7");
        await page.Locator("#equivalent").FillAsync("data-literacy");
        await page.Locator("#keep").ClickAsync();
        await Assertions.Expect(page.Locator("#amount-fault")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("faulty"));
        await page.Locator("#amount").FillAsync("4");
        await page.Locator("#most").FillAsync("12");
        await page.Locator("#preview").ClickAsync();
        foreach (string term in (string[])
            ["data-literacy: Data Literacy", "5 → 1,0", "4 → 1,7", "LindenMSP", "90", "12"])
            await Assertions.Expect(page.Locator("#terms")).ToContainTextAsync(term);
        await DeskVisitor.ExamineAsync(page, name("preview"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#propose").ClickAsync();
        await Browser.ComesToAsync(page, "now=proposed");
    }

    /// <summary>Amends what is in force, sees what differs, and signs it.</summary>
    private static async Task AmendAsync(IPage page, Func<string, string> name)
    {
        await page.Locator("#amend").ClickAsync();
        await page.Locator("#noticeDays").FillAsync("30");
        await page.Locator("main button[value='edit 0']").ClickAsync();
        await page.Locator("#amount").FillAsync("5");
        await page.Locator("#level-6").CheckAsync();
        await page.Locator("#preview").ClickAsync();
        await Assertions.Expect(page.Locator("#changes ins").First).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("amendment"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#propose").ClickAsync();
        await Browser.ComesToAsync(page, "now=amended");
        await Assertions.Expect(page.Locator("#not-ruling")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("card"));
        await page.Locator("#compare button").ClickAsync();
        await Assertions.Expect(page.Locator("#changes del")).ToHaveCountAsync(3);
        await DeskVisitor.ExamineAsync(page, name("compared"));
    }
}
