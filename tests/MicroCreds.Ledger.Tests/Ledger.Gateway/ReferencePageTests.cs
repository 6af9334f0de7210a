using System.Collections.Concurrent;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The page that shows the API and tries it, in a real browser.</summary>
public sealed class ReferencePageTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    [Fact]
    public async Task Page_ShowsTheApi_AndAsksNobodyElse()
    {
        var page = await browser.OrSkip().OpenAsync("about:blank");
        var asked = new ConcurrentQueue<string>();
        var said = new ConcurrentQueue<string>();
        page.Request += (_, request) => asked.Enqueue(request.Url);
        page.Console += (_, message) => said.Enqueue(message.Text);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}reference/");
        try
        {
            await Assertions.Expect(page.Locator("body")).ToContainTextAsync(
                "/v1/", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        }
        catch (PlaywrightException)
        {
            Assert.Fail($"{await page.Locator("body").InnerTextAsync()}\n{string.Join('\n', said)}");
        }

        await Browser.ShootAsync(page, "reference");
        string own = _gateway.Anyone.BaseAddress!.ToString();
        Assert.Contains($"{own}openapi/v1.json", asked);
        Assert.All(asked, url => Assert.True(
            url.StartsWith(own, StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal)
            || url.StartsWith("blob:", StringComparison.Ordinal), url));
        Assert.DoesNotContain(said, text => text.Contains("Content Security Policy", StringComparison.Ordinal));
    }
}
