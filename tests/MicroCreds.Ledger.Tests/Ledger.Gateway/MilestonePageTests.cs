using System.Net.Http.Json;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Small awards on the way along a pathway.</summary>
public sealed class MilestonePageTests(MailFixture mails, Browser found)
    : IClassFixture<MailFixture>, IClassFixture<Browser>
{
    private const string Badge = "milestone-badge";

    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", 360)]
    [InlineData("de", 1280)]
    public async Task Badge_SetAtTheDesk_Reached_IsGivenAtOnceToTheDeviceThatHoldsThePart(string language, int width)
    {
        var browser = found.OrSkip();
        var (pathway, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        string step = await PublishStepAsync(pathway);
        var desk = await DeskVisitor.SignInAsync(browser, _gateway, width, language);
        await desk.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/pathways/AuroraMSP/{pathway}/1");
        await desk.Locator($"#step-{step}").CheckAsync();
        await desk.Locator("#set-milestones").ClickAsync();
        await Browser.ComesToAsync(desk, $"/desk/pathways/AuroraMSP/{pathway}/1*now=milestones");
        await Assertions.Expect(desk.Locator($"#step-{step}")).ToBeCheckedAsync();
        await DeskVisitor.ExamineAsync(desk, $"desk-milestones-{language}-{width}");

        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}me", width, language);
        await MinePageTests.ClaimAsync(_gateway, page, [credentials[0]!.DeepClone()]);
        await ShowProgressAsync(page, pathway);
        await Assertions.Expect(page.Locator("#badges li.reached")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, $"badges-{language}-{width}");
        await page.Locator("#badges button").ClickAsync();
        await Browser.ComesToAsync(page, "/asked/*");
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync("tag good");
        await page.Locator("form[action$='/claim'] button").ClickAsync();
        await page.Locator("main form button").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/me/*");

        // The page knows that it is there.
        await ShowProgressAsync(page, pathway);
        await Assertions.Expect(page.Locator("#badges .tag.good")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#badges button")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task WhoIsNotKnown_IsDecidedAtTheDesk_AndNothingIsGivenTwice()
    {
        var (pathway, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        string step = await PublishStepAsync(pathway);
        await SetAsync(pathway, step, isAutomatic: true);
        var page = await found.OrSkip().OpenAsync($"{_gateway.Anyone.BaseAddress}progress");
        await BringAsync(page, pathway, credentials[0]!.ToJsonString());
        await page.Locator("#badges button").ClickAsync();
        await Browser.ComesToAsync(page, "/asked/*");
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync("tag warn");
        await page.Locator("#take-back summary").ClickAsync();
        await page.Locator("#take-back button").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("It is deleted");

        // The same learner at the device that holds it, twice.
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await MinePageTests.ClaimAsync(_gateway, page, [credentials[0]!.DeepClone()]);
        await ShowProgressAsync(page, pathway);
        await page.Locator("#badges button").ClickAsync();
        await Browser.ComesToAsync(page, "/asked/*");
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync("tag good");
        await ShowProgressAsync(page, pathway);
        await page.Locator("#badges button").ClickAsync();
        await Assertions.Expect(page.Locator("#badges .note.bad")).ToContainTextAsync("before");
    }

    internal static object Body(string step, bool isAutomatic) =>
        new { items = new[] { new { step, version = 1, isAutomatic } } };

    private static async Task BringAsync(IPage page, string pathway, string credentials)
    {
        await page.Locator("#pathway").SelectOptionAsync($"AuroraMSP/{pathway}/1");
        await page.Locator("#credentials").FillAsync(credentials);
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator("#badges li.reached")).ToHaveCountAsync(1);
    }

    private async Task ShowProgressAsync(IPage page, string pathway)
    {
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await page.Locator("#progress #pathway").SelectOptionAsync($"AuroraMSP/{pathway}/1");
        await page.Locator("#progress button").ClickAsync();
        await Assertions.Expect(page.Locator("#badges")).ToBeVisibleAsync();
    }

    private Task<string> PublishStepAsync(string pathway) => PublishStepAsync(_gateway, pathway);

    /// <summary>Publishes a step on the way along a pathway, with its badge.</summary>
    internal static async Task<string> PublishStepAsync(GatewayHost gateway, string pathway)
    {
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(Badge)));
        string step = $"{pathway}-step";
        var definition = SamplePathway.Definition(step);
        definition["award"]!["id"] = Badge;
        definition["credits"] = 3;
        definition["groups"]!.AsArray().RemoveAt(1);
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/pathways", definition));
        return step;
    }

    private async Task SetAsync(string pathway, string step, bool isAutomatic) => await GatewayHost.OkAsync(
        await _gateway.Registrar.PutAsJsonAsync(
            $"/v1/pathways/{pathway}/1/milestones", Body(step, isAutomatic), Cancellation));
}
