using System.Text;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The /progress page in a real browser, on the sample's pathways.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class ProgressPageTests(RunningConsortium consortium, Browser found) : IClassFixture<Browser>
{
    private readonly Browser browser = found.OrSkip();

    private const string Pathway = "AuroraMSP/arctic-data/1";

    private string Address => $"{consortium[0].GatewayUrl}/progress";

    [Theory]
    [InlineData("en", 360, "3 of 8 ECTS credits")]
    [InlineData("de", 1280, "3 von 8 ECTS-Leistungspunkten")]
    public async Task Page_HalfwayAlong_ShowsWhatCountsAndWhatIsMissing(string language, int width, string sum)
    {
        string first = (await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Siiri Koskinen"))).Document;
        string foreign = (await consortium[1].IssueAsync(
            Registrar.Request("battery-systems", "Siiri Koskinen"))).Document;
        await consortium[0].VerifyUntilAsync(foreign, "valid");
        string tampered = first.Replace("Siiri", "Siiru", StringComparison.Ordinal);
        var page = await browser.OpenAsync(Address, width, language);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"progress-empty-{language}-{width}");

        await page.Locator("#pathway").SelectOptionAsync(Pathway);
        await page.Locator("#files").SetInputFilesAsync([FileOf(first), FileOf(foreign), FileOf(tampered)]);
        await page.Locator("#milestones").CheckAsync();
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator(".sum")).ToHaveTextAsync(sum);
        await Assertions.Expect(page.Locator(".groups li.full")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".groups li.part")).ToHaveCountAsync(1);
        await page.Locator(".map summary").ClickAsync();
        await Assertions.Expect(page.Locator(".pathway .group.full")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".pathway .item.full")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".timeline li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".milestones li.reached")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".steps").First).ToContainTextAsync("Arctic Climate Risk");
        await Browser.AssertFitsAsync(page);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"progress-halfway-{language}-{width}");
    }

    [Fact]
    public async Task Page_Complete_SaysSo_WithoutMilestonesUnlessAsked_AndKeepsItAllInTheOtherLanguage()
    {
        string first = (await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Otso Lehto"))).Document;
        string second = (await consortium[0].IssueAsync(
            Registrar.Request("arctic-climate-risk", "Otso Lehto"))).Document;
        await consortium[0].VerifyUntilAsync(second, "valid");
        var page = await browser.OpenAsync(Address);
        await page.Locator("#pathway").SelectOptionAsync(Pathway);
        await page.Locator("#credentials").FillAsync($"{first}\n{second}");
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator(".sum")).ToHaveTextAsync("8 of 8 ECTS credits");
        await Assertions.Expect(page.Locator(".remark")).ToContainTextAsync("can award it now");
        await Assertions.Expect(page.Locator(".milestones")).ToHaveCountAsync(0);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, "progress-complete-en-1280");

        await page.Locator("#languages button").ClickAsync();
        await Assertions.Expect(page.Locator(".sum")).ToHaveTextAsync("8 von 8 ECTS-Leistungspunkten");
    }

    [Fact]
    public async Task Page_WithoutCredentials_SaysWhatToDo()
    {
        var page = await browser.OpenAsync(Address);
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("Choose their files");
        await Browser.AssertAccessibleAsync(page);
    }

    private static FilePayload FileOf(string credential) => new()
    {
        Name = "credential.json",
        MimeType = "application/json",
        Buffer = Encoding.UTF8.GetBytes(credential),
    };
}
