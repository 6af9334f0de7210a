using System.Net;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>People and keys at the desk: one is made, shown once and withdrawn; and what the overview says.</summary>
public sealed class DeskKeysPageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    [InlineData("en", 360, false)]
    public async Task Key_IsMade_ShownOnce_MayWhatWasSaid_AndIsWithdrawn(string language, int width, bool script)
    {
        string name = $"Portal {Guid.NewGuid():N}"[..20];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language, script);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/keys");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#role-reader").CheckAsync();
        await page.Locator("#make").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        string secret = await page.Locator("#secret").InnerTextAsync();
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-keys-{language}-{width}");
        using var program = _gateway.With(secret);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/v1/credentials", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/desk/keys", Cancellation)).StatusCode);

        // Nowhere afterwards.
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/keys");
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        var row = page.Locator("#keys tbody tr").Filter(new LocatorFilterOptions { HasText = name });
        await row.Locator("summary").ClickAsync();
        await row.Locator("button").ClickAsync();
        await Assertions.Expect(page.Locator("main .note.good")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/v1/credentials", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Key_WithoutARole_IsNotMade_AndTheReasonIsSaid()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/keys");
        await page.Locator("#name").FillAsync("May Nothing");
        await page.Locator("#make").ClickAsync();
        await Assertions.Expect(page.Locator("main .note.bad")).ToContainTextAsync("at least one role");
        await Assertions.Expect(page.Locator("#keys")).Not.ToContainTextAsync("May Nothing");
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Overview_ShowsFiguresAsAChart_AndWhatNeedsAttention(string language, int width)
    {
        await _gateway.IssueAsync("In The Figures");
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await Assertions.Expect(page.Locator("#issued-by-month rect.first")).ToHaveCountAsync(12);
        await DeskVisitor.ExamineAsync(page, $"desk-overview-{language}-{width}");
        _gateway.Wire.IsCut = true;
        try
        {
            await Until.TrueAsync(
                async () =>
                {
                    await page.ReloadAsync();
                    return await page.Locator(".attention .bad").CountAsync() > 0;
                },
                () => "the overview did not say that the ledger is out of reach");
            await DeskVisitor.ExamineAsync(page, $"desk-overview-fault-{language}-{width}");
        }
        finally
        {
            _gateway.Wire.IsCut = false;
        }
    }
}
