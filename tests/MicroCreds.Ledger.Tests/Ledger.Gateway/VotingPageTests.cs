using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Ballots and accreditations in a real browser.</summary>
public sealed class VotingPageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = gateways.Issuer;
    private readonly GatewayHost _accreditor = gateways.Partner;

    [Theory]
    [InlineData("de", 360)]
    public async Task Ballot_IsAsked_SeenWithWhatItChanges_AndVotedOn(string language, int width)
    {
        string id = $"asked-{language}-{width}";
        string name(string page) => $"desk-ballot-{page}-{language}-{width}";
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await DeskVisitor.GoToAsync(page, "/desk/ballots");
        await page.Locator("main a[href='/desk/ballots/new']").ClickAsync();
        await DeskVisitor.ExamineAsync(page, name("form"));
        await page.Locator("#question").SelectOptionAsync("admitAccreditor AuroraMSP");
        await page.Locator("#ballotId").FillAsync(id);
        await page.Locator("#reasons").FillAsync("https://www.aurora.example/minutes/2026-11");
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#asked ins")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, name("preview"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#ask").ClickAsync();
        await Browser.ComesToAsync(page, "now=proposed");
        await DeskVisitor.ExamineAsync(page, name("card"));
        await page.Locator("#approve-yes").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Locator("#read").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, "now=voted");
        await Assertions.Expect(page.Locator("#votes li")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, name("voted"));
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/ballots");
        await Assertions.Expect(page.Locator($"#open a[href$='{id}']")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("list"));
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/accreditations");
        await Assertions.Expect(page.Locator($"#soon a[href$='{id}']")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("en", 360)]
    public async Task Accreditation_IsGranted_AndNarrowed_SeenBeforeAndAfter(string language, int width)
    {
        await gateways.AdmitPartnerAsync();
        string id = $"granted-{language}";
        string name(string page) => $"desk-accreditation-{page}-{language}-{width}";
        var page = await DeskVisitor.SignInWithKeyAsync(_browser, _accreditor, "/desk/accreditations", width, language);
        await page.Locator("main a[href='/desk/accreditations/new']").ClickAsync();
        await DeskVisitor.ExamineAsync(page, name("form"));
        await page.Locator("#accredited").SelectOptionAsync("AuroraMSP");
        await page.Locator("#accreditationId").FillAsync("Not A Name");
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#accreditationId-fault")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("faulty"));
        await page.Locator("#accreditationId").FillAsync(id);
        await page.Locator("#level-6").CheckAsync();
        await page.Locator("#level-7").CheckAsync();
        await page.Locator("#accreditedUntil").FillAsync(DateTimeOffset.UtcNow.AddDays(90).ToString("yyyy-MM-dd"));
        await page.Locator("main form button").ClickAsync();
        foreach (string said in (string[])[id, "Aurora University", "Hochschule Linden (LindenMSP)"])
            await Assertions.Expect(page.Locator("#terms")).ToContainTextAsync(said);
        await DeskVisitor.ExamineAsync(page, name("preview"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#confirm").ClickAsync();
        await Browser.ComesToAsync(page, "now=grant");
        await DeskVisitor.ExamineAsync(page, name("card"));
        await page.Locator("#do a[href$='/narrow']").ClickAsync();
        await page.Locator("#level-7").UncheckAsync();
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#before .title")).ToHaveTextAsync("Aurora University");
        await Assertions.Expect(page.Locator("#terms .title")).ToHaveTextAsync("Aurora University");
        await DeskVisitor.ExamineAsync(page, name("narrowed"));
        await page.Locator("#read").CheckAsync();
        await page.Locator("#confirm").ClickAsync();
        await Browser.ComesToAsync(page, "now=narrow");
        await page.GotoAsync($"{_accreditor.Anyone.BaseAddress}desk/accreditations");
        await Assertions.Expect(page.Locator($"#soon a[href$='{id}']")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, name("list"));
        await page.GotoAsync($"{_accreditor.Anyone.BaseAddress}desk/figures");
        await DeskVisitor.ExamineAsync(page, $"desk-figures-{language}-{width}");
    }

    [Fact]
    public async Task TwentyBallots_AreReadable()
    {
        for (int i = 0; i < 20; i++)
        {
            await GatewayHost.OkAsync(await _gateway.PostAsync(
                "/v1/ballots", new { id = $"twenty-{i:00}", action = "removeMember", subject = "LindenMSP" }));
        }

        await _gateway.SaysAsync("/v1/ballots?state=open&pageSize=200", "twenty-19");
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, language: "de");
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/ballots");
        await DeskVisitor.ExamineAsync(page, "desk-ballots-twenty-de-360");
    }
}
