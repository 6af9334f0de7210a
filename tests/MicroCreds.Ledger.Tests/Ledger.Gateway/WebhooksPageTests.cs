using System.Net;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The page of deliveries: who sees it, what it shows, and what its buttons do.</summary>
public sealed class WebhooksPageTests(WebhooksFixture gateways, Browser chromium)
    : IClassFixture<WebhooksFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", "Only registrars")]
    [InlineData("de", "nur Registrare")]
    public async Task Page_WithoutASession_ShowsNothing_AndDoesNothing(string language, string said)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        string page = await _issuer.Anyone.GetStringAsync($"/webhooks?lang={language}", Cancellation);
        Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain(webhook.Id, page, StringComparison.Ordinal);
        using var refused = await _issuer.Anyone.PostAsync(
            "/webhooks", new FormUrlEncodedContent([new("do", "test"), new("webhook", webhook.Id)]), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(await webhook.DeliveriesAsync());
    }

    [Fact]
    public async Task Registrar_TriesIt_SeesWhatBecameOfIt_SendsItAgain_AndIsAudited()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(410);
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        using var browser = await SignInTests.SignedInAsync(_issuer);
        await DoAsync(browser, "test", webhook);
        await webhook.UntilAsync(one => (string?)one["state"] == "disabled");
        string gone = await ReadAsync(browser, "/webhooks?state=failed");
        Assert.Contains("it answered that it is gone for good (410)", gone, StringComparison.Ordinal);
        Assert.Contains("Failed", gone, StringComparison.Ordinal);
        Assert.Contains(receiver.Calls[0].Id, gone, StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Calls[0].Id, await ReadAsync(browser, "/webhooks?state=waiting"),
            StringComparison.Ordinal);

        receiver.Answer = WebhookReceiver.Status(200);
        await DoAsync(browser, "enable", webhook);
        await DoAsync(browser, "repeat", webhook, receiver.Calls[0].Id);
        await webhook.UntilDeliveryAsync(receiver.Calls[0].Id, one => (string?)one["state"] == "delivered");
        Assert.Contains("Zugestellt", await ReadAsync(browser, "/webhooks?lang=de"), StringComparison.Ordinal);
        await DoAsync(browser, "disable", webhook);
        Assert.Equal("byHand", (string?)(await webhook.ReadAsync())["cause"]);
        foreach (string action in new[] { "test", "enable", "repeat", "disable" })
        {
            string log = await _issuer.Registrar.GetStringAsync(
                $"/v1/audit?action=webhook.{action}&subject=webhook:{webhook.Id}", Cancellation);
            Assert.Contains("\"kind\":\"link\"", log, StringComparison.Ordinal);
        }

        using var unknown = await browser.PostFormAsync("/webhooks", [("do", "erase"), ("webhook", webhook.Id)]);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var foreign = await browser.PostFormAsync(
            "/webhooks", [("do", "enable"), ("webhook", webhook.Id)],
            ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal("byHand", (string?)(await webhook.ReadAsync())["cause"]);
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Page_IsReadable_AndWithoutBarriers(string language, int width)
    {
        chromium.OrSkip();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(500);
        await using var failing = await RegisteredWebhook.AddAsync(_issuer, receiver.Url + "/failing");
        await using var other = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(
            _issuer, other.Url, "credential.issued", "ballot.decided");
        using var session = await SignInTests.SignedInAsync(_issuer);
        await DoAsync(session, "test", failing);
        await DoAsync(session, "test", webhook);
        await failing.UntilAsync(one => one["failingSince"] is not null);
        await other.ToldAsync(call => call.Type == "webhook.test");

        var page = await chromium.OpenAsync($"{_issuer.Anyone.BaseAddress}webhooks", width, language);
        await Browser.AssertAccessibleAsync(page);
        var cookie = session.Session!;
        await page.Context.AddCookiesAsync(
        [
            new Microsoft.Playwright.Cookie
            {
                Name = cookie.Name,
                Value = cookie.Value,
                Url = _issuer.Anyone.BaseAddress!.ToString(),
            },
        ]);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("section.panel")).ToHaveCountAsync(2);
        await Browser.AssertAccessibleAsync(page);
        await Browser.AssertFitsAsync(page);
        await Browser.ShootAsync(page, $"webhooks-{language}-{width}");
    }

    private static async Task DoAsync(
        BrowserSession browser, string action, RegisteredWebhook webhook, string? message = null)
    {
        using var answer = await browser.PostFormAsync(
            "/webhooks", [("do", action), ("webhook", webhook.Id), ("message", message ?? "")]);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        using var shown = await browser.FollowAsync(answer);
        Assert.Contains(
            "role=\"status\"", await shown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(BrowserSession browser, string address)
    {
        using var answer = await browser.GetAsync(address);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
