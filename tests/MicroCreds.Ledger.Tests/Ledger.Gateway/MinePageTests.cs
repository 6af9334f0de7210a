using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a learner does with several credentials, in a real browser.</summary>
public sealed class MinePageTests(MailFixture mails, Browser found) : IClassFixture<MailFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("de", 360)]
    [InlineData("en", 1280)]
    public async Task Three_CompleteAPathway_AndTheAwardComesBackByMail(string language, int width)
    {
        var browser = found.OrSkip();
        var (pathway, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        string learner = (string)credentials[0]!["credentialSubject"]!["name"]!;
        string address = $"{Guid.NewGuid():N}"[..12] + "@mail.example";
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}me", width, language);
        await ClaimAsync(page, credentials);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await page.Locator("#progress #pathway").SelectOptionAsync($"AuroraMSP/{pathway}/1");
        await page.Locator("#progress button").ClickAsync();
        await page.Locator("#email").FillAsync(address);
        await DeskVisitor.ExamineAsync(page, $"ask-{language}-{width}");
        await page.Locator("#email").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/asked/*");
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync("tag warn");
        await DeskVisitor.ExamineAsync(page, $"asked-{language}-{width}");

        // It reaches the desk.
        var desk = await DeskVisitor.SignInAsync(browser, _gateway, width, language);
        await DeskVisitor.GoToAsync(desk, "/desk/award-applications");
        await DeskVisitor.ExamineAsync(desk, $"desk-applications-{language}-{width}");
        await desk.Locator("#open a", new PageLocatorOptions { HasTextString = learner }).ClickAsync();
        await Browser.ComesToAsync(desk, "/desk/award-applications/*");
        await Assertions.Expect(desk.Locator(".groups li.full")).ToHaveCountAsync(2);
        await DeskVisitor.ExamineAsync(desk, $"desk-application-{language}-{width}");
        await desk.Locator("#award").PressAsync("Enter");
        await Assertions.Expect(desk.Locator("#state")).ToHaveClassAsync("tag good");

        var mail = await mails.Server.ToldAsync(address, language == "de" ? "Ihr Nachweis" : "Your credential");
        await page.GotoAsync(LearnerMailTests.LinkIn(mail));
        await page.Locator("main form button").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/me/*");
        await Assertions.Expect(page.Locator(".learner")).ToContainTextAsync(learner);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await Assertions.Expect(page.Locator(".cards li")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator("#asked .tag.good")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, $"mine-all-{language}-{width}");
    }

    [Fact]
    public async Task Asking_SaysWhyItCannot_AndAWithdrawnOneCanBeAskedAgain()
    {
        var (pathway, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        var page = await found.OrSkip().OpenAsync($"{_gateway.Anyone.BaseAddress}progress");
        await AskAsync();
        await Browser.ComesToAsync(page, "/asked/*");
        string asked = page.Url;
        await AskAsync();
        await Assertions.Expect(page.Locator("#ask .note.bad")).ToContainTextAsync("not decided yet");
        await DeskVisitor.ExamineAsync(page, "ask-refused");

        await page.GotoAsync(asked);
        await page.Locator("#take-back summary").ClickAsync();
        await page.Locator("#take-back button").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("It is deleted");
        await AskAsync();
        await Browser.ComesToAsync(page, "/asked/*");

        async Task AskAsync()
        {
            await page.GotoAsync($"{_gateway.Anyone.BaseAddress}progress");
            await page.Locator("#pathway").SelectOptionAsync($"AuroraMSP/{pathway}/1");
            await page.Locator("#credentials").FillAsync(credentials.ToJsonString());
            await page.Locator("#show").ClickAsync();
            await page.Locator("#ask button").ClickAsync();
        }
    }

    [Theory]
    [InlineData("de", 360)]
    [InlineData("en", 1280)]
    public async Task Record_ShowsWhatWasChosen_InAnyPage_AndEnds(string language, int width)
    {
        var browser = found.OrSkip();
        var (_, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        string learner = (string)credentials[0]!["credentialSubject"]!["name"]!;
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}me", width, language);
        await ClaimAsync(page, credentials);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me/transcript");
        await Assertions.Expect(page.Locator("#transcript tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator(".learner")).ToHaveTextAsync(learner);
        await DeskVisitor.ExamineAsync(page, $"transcript-own-{language}-{width}");

        // Without the name, and without one of them.
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await page.Locator("#new-transcript summary").ClickAsync();
        await page.Locator("#new-transcript fieldset input").First.UncheckAsync();
        await page.Locator("#show-name").UncheckAsync();
        await page.Locator("#label").FillAsync("For the portfolio");
        await page.Locator("#new-transcript button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("main .note.good")).ToBeVisibleAsync();
        string shared = await page.Locator("#transcripts .link .copy").InnerTextAsync();

        var visitor = await browser.OpenAsync(shared, width, language);
        await Assertions.Expect(visitor.Locator("#transcript tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(visitor.Locator("#sum")).ToContainTextAsync("6");
        string all = await visitor.ContentAsync();
        Assert.DoesNotContain(learner, all, StringComparison.Ordinal);
        Assert.DoesNotContain("portfolio", all, StringComparison.Ordinal);
        await DeskVisitor.ExamineAsync(visitor, $"transcript-{language}-{width}");

        // In somebody else's page.
        await using var portfolio = await StartPortfolioAsync(
            $"<iframe src=\"{shared}/frame\" title=\"r\" width=\"320\" height=\"600\"></iframe>");
        await visitor.GotoAsync(portfolio.Urls.Single());
        var inside = visitor.FrameLocator("iframe");
        await Assertions.Expect(inside.Locator("#transcript tbody tr")).ToHaveCountAsync(2);
        await Browser.ShootAsync(visitor, $"transcript-frame-{language}-{width}");

        await page.Locator("#transcripts .link form button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#transcripts .link")).ToHaveCountAsync(0);
        await visitor.GotoAsync(shared);
        await Assertions.Expect(visitor.Locator("#transcript")).ToHaveCountAsync(0);
    }

    private static async Task<WebApplication> StartPortfolioAsync(string page)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var portfolio = builder.Build();
        portfolio.Urls.Add("http://127.0.0.1:0");
        portfolio.MapGet("/", () => Results.Content(page, "text/html"));
        await portfolio.StartAsync(Cancellation);
        return portfolio;
    }

    private Task ClaimAsync(IPage page, JsonArray credentials) => ClaimAsync(_gateway, page, credentials);

    /// <summary>Takes credentials over to a browser.</summary>
    internal static async Task ClaimAsync(GatewayHost gateway, IPage page, JsonArray credentials)
    {
        foreach (var credential in credentials)
        {
            string id = (string)credential!["id"]!;
            using var made = await GatewayHost.OkAsync(
                await gateway.Registrar.PostAsync($"/v1/credentials/{id}/claims", content: null, Cancellation));
            await page.GotoAsync((string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["url"]!);
            await page.Locator("main form button").ClickAsync();
            await Browser.ComesToAsync(page, "/me/*");
        }
    }
}
