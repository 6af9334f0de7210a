using System.Text;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The pages that anybody opens, in a real browser: both languages, phone and desk, light and dark.</summary>
public sealed class PublicPageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private const int PhoneHeight = 800;

    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = gateways.Issuer;

    private string Address => _gateway.Anyone.BaseAddress!.ToString().TrimEnd('/');

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Verify_InEveryState_HasNoBarrier(string language, int width)
    {
        string good = Encoding.UTF8.GetString(await _gateway.IssueAsync("Aino Virtanen"));
        var page = await _browser.OpenAsync(Address + "/verify", width, language);
        await DeskVisitor.ExamineAsync(page, $"verify-{language}-{width}");
        (string Name, string Text)[] all =
        [
            ("valid", good),
            ("tampered", good.Replace("Aino", "Aina", StringComparison.Ordinal)),
            ("unreadable", "not a credential"),
            ("refused", "https://evil.example/c/1"),
            ("link", $"{Address}/v1/credentials/{IdOf(good)}"),
        ];
        foreach (var (name, text) in all)
        {
            await page.EvaluateAsync("document.getElementById('result')?.remove()");
            await page.Locator("#credential").FillAsync(text);
            await page.Locator("#verify").ClickAsync();
            await page.Locator("#result").WaitForAsync();
            await DeskVisitor.ExamineAsync(page, $"verify-{name}-{language}-{width}");
        }
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task SignInAndProgress_HaveNoBarrier(string language, int width)
    {
        var page = await _browser.OpenAsync(Address + "/sign-in", width, language);
        await DeskVisitor.ExamineAsync(page, $"sign-in-{language}-{width}");
        await page.GotoAsync(Address + "/sign-in?link=used&fault=linkUsed");
        await Assertions.Expect(page.Locator("#verdict-text")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, $"sign-in-used-{language}-{width}");
        await page.GotoAsync(Address + "/progress");
        await DeskVisitor.ExamineAsync(page, $"progress-{language}-{width}");
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-text")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, $"progress-fault-{language}-{width}");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Verdict_AndWhatItRestsOn_FitTwoScreensOfAPhone(string language)
    {
        var page = await _browser.OpenAsync(Address + "/verify", width: 360, language, script: false);
        await page.SetViewportSizeAsync(360, PhoneHeight);
        foreach (var (state, document) in await StatesAsync())
        {
            await page.GotoAsync(Address + "/verify");
            await page.Locator("#credential").FillAsync(document);
            await page.Locator("#verify").ClickAsync();
            await Assertions.Expect(page.Locator("#result"))
                .ToHaveClassAsync(state == "valid" ? "valid" : "invalid");
            var checks = await page.Locator("#checks").BoundingBoxAsync();
            Assert.True(checks!.Y + checks.Height <= 2 * PhoneHeight, $"{state}: {checks.Y + checks.Height}");
            await Assertions.Expect(page.Locator("#about")).ToHaveTextAsync("Data Literacy · Aino Virtanen");
            await Assertions.Expect(page.Locator(state == "valid" ? "#checks" : "#because")).ToContainTextAsync("UTC");
            await Browser.ShootAsync(page, $"verify-phone-{state}-{language}");
        }
    }

    [Fact]
    public async Task SwitchingTheLanguage_KeepsWhatTheAddressSays()
    {
        var page = await _browser.OpenAsync(Address + "/sign-in?returnUrl=%2Fverify");
        await page.Locator("#languages a").ClickAsync();
        await Browser.ComesToAsync(page, "/sign-in?returnUrl=%2Fverify&lang=de");
        await Assertions.Expect(page.Locator("input[name=returnUrl]").First).ToHaveValueAsync("/verify");
    }

    [Fact]
    public async Task Menu_OnAPhone_IsOneLine_ThatOpensByKeyboard_WithoutAScript()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, script: false);
        var summary = page.Locator(".places summary");
        await Assertions.Expect(summary).ToContainTextAsync("Overview");
        await Assertions.Expect(page.Locator(".places a").First).ToBeHiddenAsync();
        var heading = await page.Locator("h1").BoundingBoxAsync();
        Assert.InRange(heading!.Y, 1, 250);

        await summary.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".places [aria-current=page]")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, "/desk/issue");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Menu_OpenOnAPhone_HasNoBarrier(string language)
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, language);
        await page.Locator(".places summary").ClickAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-menu-{language}-360");
    }

    [Fact]
    public async Task Menu_OnAWideWindow_StandsOpen()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await Assertions.Expect(page.Locator(".places summary")).ToBeHiddenAsync();
        await page.Locator(".places a[href='/desk/find']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, "/desk/find");
    }

    /// <summary>A credential in each state that a phone is held at: all good, withdrawn, over.</summary>
    private async Task<IReadOnlyList<(string State, string Document)>> StatesAsync()
    {
        var row = GatewayHost.Row("Aino Virtanen");
        row["validUntil"] = DateTimeOffset.UtcNow.AddSeconds(3).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        using var issued = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", row));
        byte[] expired = await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        byte[] revoked = await _gateway.IssueAsync("Aino Virtanen");
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(revoked)}/revocation", new { reason = "issuedInError" }));
        foreach (byte[] document in (byte[][])[revoked, expired])
        {
            await Until.TrueAsync(
                async () => await _gateway.VerdictAsync(document) == "invalid", () => "It is still called valid.");
        }

        byte[] good = await _gateway.IssueAsync("Aino Virtanen");
        return
        [
            ("valid", Encoding.UTF8.GetString(good)), ("revoked", Encoding.UTF8.GetString(revoked)),
            ("expired", Encoding.UTF8.GetString(expired)),
        ];
    }

    private static string IdOf(string document) =>
        GatewayHost.IdOf(Encoding.UTF8.GetBytes(document))["urn:uuid:".Length..];
}
