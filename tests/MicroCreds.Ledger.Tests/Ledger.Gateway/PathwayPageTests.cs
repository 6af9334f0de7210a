using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A pathway is written at the desk, seen as a picture, published, and followed by a new version.</summary>
public sealed class PathwayPageTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private string Desk => $"{_gateway.Anyone.BaseAddress}desk";

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    [InlineData("en", 360, false)]
    public async Task Pathway_IsWritten_SeenAsAPicture_AndPublished(string language, int width, bool script)
    {
        browser.OrSkip();
        string award = $"award-{Guid.NewGuid():N}"[..16];
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(award)));
        var page = await DeskVisitor.SignInAsync(browser, _gateway, width, language, script);
        await page.GotoAsync($"{Desk}/pathways");
        await page.Locator("#write").ClickAsync();
        await page.Locator("#name").FillAsync($"Public data {award}");
        await page.Locator("#description").FillAsync("Data skills for public offices.");
        await page.Locator("#award").SelectOptionAsync($"{award}@1");
        await page.Locator("#credits").FillAsync("six");
        await page.Locator("#g0-name").FillAsync("Foundations");
        await page.Locator("#g0-item").SelectOptionAsync("AuroraMSP/data-literacy");
        await page.Locator("#preview").ClickAsync();
        await Assertions.Expect(page.Locator("#faults li")).ToHaveCountAsync(1);
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-pathway-faulty-{language}-{width}");
        await page.Locator("#credits").FillAsync("3,0");
        await page.Locator("#add-group").ClickAsync();
        await page.Locator("#g1-name").FillAsync("Electives");
        await page.Locator("#g1-rule").SelectOptionAsync("choice");
        await page.Locator("#group-2 summary").Nth(0).ClickAsync();
        await page.Locator("#g1-hasPool").CheckAsync();
        await page.Locator("#g1-poolFields").FillAsync("06 05");
        await page.Locator("#group-2 summary").Nth(1).ClickAsync();
        await page.Locator("#g1-after").FillAsync("1");
        await page.Locator("#g1-minCredits").FillAsync("3");
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-pathway-editor-{language}-{width}");
        await page.Locator("#preview").ClickAsync();
        await Assertions.Expect(page.Locator("svg.pathway .name")).ToHaveCountAsync(
            3, new() { Timeout = (float)Until.Patience.TotalMilliseconds });
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-pathway-preview-{language}-{width}");
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#publish").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/pathways/*now=published");

        // A new version begins with what is published; its groups keep their names.
        await page.Locator("#follow").ClickAsync();
        await Assertions.Expect(page.Locator("#g1-after")).ToHaveValueAsync("1");
        await Assertions.Expect(page.Locator("#g1-poolFields")).ToHaveValueAsync("06 05");
        await page.Locator("#group-1 button").ClickAsync();
        await Assertions.Expect(page.Locator("#g0-name")).ToHaveValueAsync("Electives");
    }

    [Fact]
    public async Task Pathway_ThatNobodyCouldMeet_IsRefusedByTheContract_AndTheFormStays()
    {
        browser.OrSkip();
        var page = await DeskVisitor.SignInAsync(browser, _gateway);
        await page.GotoAsync($"{Desk}/pathway-drafts/new");
        await page.Locator("#name").FillAsync("Impossible");
        await page.Locator("#description").FillAsync("Nobody can.");
        await page.Locator("#credits").FillAsync("3");
        await page.Locator("#g0-name").FillAsync("Nothing in it");
        await page.Locator("#preview").ClickAsync();
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#publish").ClickAsync();
        await Assertions.Expect(page.Locator("#faults li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#g0-name")).ToHaveValueAsync("Nothing in it");
    }

    [Theory]
    [InlineData("AuroraMSP/a, LindenMSP/b@1+2", 2, 0)]
    [InlineData("a", 0, 1)]
    [InlineData("AuroraMSP/a@x", 0, 1)]
    [InlineData("AuroraMSP/a AuroraMSP/a", 1, 0)]
    public void Items_AreReadAsPeopleWriteThem(string text, int items, int faults)
    {
        var (definition, found) = PathwayForm.Of(FormOf(("g0-name", "Group"), ("g0-items", text))).ToDefinition();
        Assert.Equal(items, definition.Groups[0].Items.Count);
        Assert.Equal(faults, found.Count(fault => fault.Place.EndsWith("/items", StringComparison.Ordinal)));
    }

    [Fact]
    public void Groups_GetNamesFromTheirTitles_EachItsOwn()
    {
        var (definition, _) = PathwayForm.Of(FormOf(
            ("name", "Öffentliche Daten!"), ("g0-name", "Wahl"), ("g1-name", "Wahl"),
            ("g1-after", "1"))).ToDefinition();
        Assert.Equal("offentliche-daten", definition.Id);
        Assert.Equal(["wahl", "wahl-2"], definition.Groups.Select(group => group.Id));
        Assert.Equal(["wahl"], definition.Groups[1].After);
    }

    private static FormCollection FormOf(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(field => field.Name, field => new StringValues(field.Value)));
}
