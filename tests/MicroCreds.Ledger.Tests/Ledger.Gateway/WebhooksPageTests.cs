using System.Net;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The page of deliveries: who sees it, what it shows, and what its buttons do.</summary>
public sealed class WebhooksPageTests(WebhooksFixture gateways, Browser chromium)
    : IClassFixture<WebhooksFixture>, IClassFixture<Browser>
{
    private const string Page = "/desk/webhooks";

    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WithoutASession_LeadsToSigningIn_AndDoesNothing()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        using var nobody = new BrowserSession(_issuer.Anyone.BaseAddress!);
        using var moved = await nobody.GetAsync("/webhooks");
        Assert.Equal(Page, moved.Headers.Location!.ToString());
        using var led = await nobody.GetAsync(Page);
        Assert.StartsWith("/sign-in", led.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var refused = await nobody.PostFormAsync(Page, [("do", "test"), ("webhook", webhook.Id)]);
        Assert.NotEqual($"{Page}?done=test", refused.Headers.Location?.ToString());
        Assert.Empty(await webhook.DeliveriesAsync());
    }

    [Fact]
    public async Task Registrar_TriesIt_SeesWhatBecameOfIt_SendsItAgain_AndIsAudited()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = WebhookReceiver.Status(410);
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, receiver.Url);
        using var browser = await DeskSession.OpenAsync(_issuer);
        await DoAsync(browser, "test", webhook);
        await webhook.UntilAsync(one => (string?)one["state"] == "disabled");
        string gone = await browser.ReadAsync($"{Page}?state=failed");
        Assert.Contains("it answered that it is gone for good (410)", gone, StringComparison.Ordinal);
        Assert.Contains("Failed", gone, StringComparison.Ordinal);
        Assert.Contains(receiver.Calls[0].Id, gone, StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Calls[0].Id, await browser.ReadAsync($"{Page}?state=waiting"),
            StringComparison.Ordinal);

        receiver.Answer = WebhookReceiver.Status(200);
        await DoAsync(browser, "enable", webhook);
        await DoAsync(browser, "repeat", webhook, receiver.Calls[0].Id);
        await webhook.UntilDeliveryAsync(receiver.Calls[0].Id, one => (string?)one["state"] == "delivered");
        Assert.Contains("Zugestellt", await browser.ReadAsync($"{Page}?lang=de"), StringComparison.Ordinal);
        await DoAsync(browser, "disable", webhook);
        Assert.Equal("byHand", (string?)(await webhook.ReadAsync())["cause"]);
        foreach (string action in new[] { "test", "enable", "repeat", "disable" })
        {
            string log = await _issuer.Registrar.GetStringAsync(
                $"/v1/audit?action=webhook.{action}&subject=webhook:{webhook.Id}", Cancellation);
            Assert.Contains("\"kind\":\"key\"", log, StringComparison.Ordinal);
        }

        using var unknown = await browser.SendAsync(Page, Page, ("do", "erase"), ("webhook", webhook.Id));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var unsealed = await browser.SendAsync(
            Page, Page, ("do", "enable"), ("webhook", webhook.Id), ("form-token", "none"));
        Assert.Equal(HttpStatusCode.Forbidden, unsealed.StatusCode);
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
        using var session = await DeskSession.OpenAsync(_issuer);
        await DoAsync(session, "test", failing);
        await DoAsync(session, "test", webhook);
        await failing.UntilAsync(one => one["failingSince"] is not null);
        await other.ToldAsync(call => call.Type == "webhook.test");

        var page = await DeskVisitor.SignInAsync(chromium, _issuer, width, language);
        await page.GotoAsync($"{_issuer.Anyone.BaseAddress}desk/webhooks");
        await Assertions.Expect(page.Locator("section.webhook")).ToHaveCountAsync(2);
        await DeskVisitor.ExamineAsync(page, $"desk-webhooks-{language}-{width}");
    }

    private static async Task DoAsync(
        DeskSession browser, string action, RegisteredWebhook webhook, string? message = null)
    {
        using var answer = await browser.SendAsync(
            Page, Page, ("do", action), ("webhook", webhook.Id), ("message", message ?? ""));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains(
            "role=\"status\"", await browser.ReadAsync(answer.Headers.Location!.ToString()), StringComparison.Ordinal);
    }
}
