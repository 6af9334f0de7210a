using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The /verify page in a real browser, as a visitor without a login sees it.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class VerifyPageTests(RunningConsortium consortium, Browser found) : IClassFixture<Browser>
{
    private readonly Browser browser = found.OrSkip();

    private static readonly Dictionary<string, (string English, string German)> Titles = new()
    {
        ["valid"] = ("Valid", "Gültig"),
        ["invalid"] = ("Not valid", "Nicht gültig"),
        ["indeterminate"] = ("Could not be verified", "Nicht prüfbar"),
        ["foreign"] = ("Not of this consortium", "Nicht aus diesem Verbund"),
        ["refused"] = ("Not opened", "Nicht geöffnet"),
    };

    private string Address => $"{consortium[1].GatewayUrl}/verify";

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Page_EveryVerdict_IsReadable_AndWithoutBarriers(string language, int width)
    {
        var page = await browser.OpenAsync(Address, width, language);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"verify-empty-{language}-{width}");
        foreach (var (name, kind, text) in await CasesAsync())
        {
            await VerifyAsync(page, text);
            var (english, german) = Titles[kind];
            await Assertions.Expect(page.Locator("#verdict-title"))
                .ToHaveTextAsync(language == "de" ? german : english);
            await Assertions.Expect(page.Locator("#result")).ToBeFocusedAsync();
            await Browser.AssertFitsAsync(page);
            await Browser.AssertAccessibleAsync(page);
            await Browser.ShootAsync(page, $"verify-{name}-{language}-{width}");
        }
    }

    [Fact]
    public async Task Page_ByKeyboardAlone_VerifiesAndSwitchesTheLanguage()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Siiri Koskinen"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await browser.OpenAsync(Address);
        await TabToAsync(page, "credential");
        await page.Keyboard.InsertTextAsync(issued.Document);
        await TabToAsync(page, "verify");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Valid");
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Siiri Koskinen");

        // What was verified stays while the language changes.
        await page.Locator("#languages button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Gültig");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        Assert.StartsWith("Gültig", await page.TitleAsync());
    }

    [Fact]
    public async Task Page_WithoutAScript_VerifiesAFileAndSwitchesTheLanguage()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Otso Lehto"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await browser.OpenAsync(Address, width: 360, script: false);
        await page.Locator("#file").SetInputFilesAsync(FileOf("credential.json", "application/json", issued.Document));
        await page.Locator("#verify").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Valid");
        await page.Locator("#languages button").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Gültig");
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Otso Lehto");
    }

    [Fact]
    public async Task Page_PictureOfAQrCode_IsReadAndItsLinkJudged()
    {
        var issued = await consortium[1].IssueAsync(Registrar.Request("battery-systems", "Jürgen Müller"));
        var page = await browser.OpenAsync(Address);
        await ChooseAsync(page, QrPicture.Png(consortium[1].GatewayUrl + issued.Location));
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Valid");
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("Hochschule Linden");
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("Jürgen");

        await ChooseAsync(page, QrPicture.Png("https://evil.example/c/1"));
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("leads to evil.example");
        await ChooseAsync(page, QrPicture.Png("javascript:alert(1)"));
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("“javascript:”");
        await ChooseAsync(page, Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("no code could be read on it");
    }

    [Fact]
    public async Task Page_QrCodeBeforeTheCamera_IsScanned()
    {
        await browser.FilmAsync(QrPicture.Video("https://evil.example/c/2"));
        var page = await browser.OpenAsync(Address);
        await page.Locator("#scan").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("leads to evil.example");
        await Assertions.Expect(page.Locator("#camera")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Page_CredentialBehindTheHash_IsVerified_AndLeavesTheAddress()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Siiri Koskinen"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await browser.OpenAsync($"{Address}#{Uri.EscapeDataString(issued.Document)}");
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Valid");
        Assert.DoesNotContain("#", page.Url);
    }

    [Fact]
    public async Task Page_HtmlInsideACredential_IsShownAsText()
    {
        var issued = await consortium[0].IssueAsync(
            Registrar.Request("data-literacy", "<img src=x onerror=document.title='owned'>"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await browser.OpenAsync(Address);
        await VerifyAsync(page, issued.Document);
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("<img src=x onerror=document.title='owned'>");
        Assert.Equal(0, await page.Locator("#result img").CountAsync());
        Assert.DoesNotContain("owned", await page.TitleAsync());
    }

    private static async Task VerifyAsync(IPage page, string text)
    {
        // The page before is gone only once the next verdict stands.
        await page.EvaluateAsync("document.getElementById('result')?.remove()");
        await page.Locator("#credential").FillAsync(text);
        await page.Locator("#verify").ClickAsync();
        await page.Locator("#result").WaitForAsync();
    }

    private static Task ChooseAsync(IPage page, byte[] picture) => page.Locator("#file").SetInputFilesAsync(
        new FilePayload { Name = "qr.png", MimeType = "image/png", Buffer = picture });

    private static FilePayload FileOf(string name, string mediaType, string text) =>
        new() { Name = name, MimeType = mediaType, Buffer = Encoding.UTF8.GetBytes(text) };

    /// <summary>Goes on by the Tab key until an element has the focus, as who has no mouse does.</summary>
    private static async Task TabToAsync(IPage page, string id)
    {
        const int More = 40;
        for (int i = 0; i < More; i++)
        {
            if (await page.EvaluateAsync<string>("document.activeElement.id") == id) return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{id} is not reached by the Tab key.");
    }

    private async Task<IReadOnlyList<(string Name, string Kind, string Text)>> CasesAsync()
    {
        var request = Registrar.Request("data-literacy", "Siiri Koskinen");
        request["result"] = new JsonObject { ["value"] = "5" };
        var good = await consortium[0].IssueAsync(request);
        var revoked = await consortium[0].IssueAsync(Registrar.Request("arctic-climate-risk", "Otso Lehto"));
        await consortium[0].SendAsync(HttpMethod.Post, $"{revoked.Location}/revocation", new { reason = "withdrawn" });
        var suspended = await consortium[1].IssueAsync(Registrar.Request("battery-systems", "Jürgen Müller"));
        await consortium[1].SendAsync(
            HttpMethod.Post, $"{suspended.Location}/suspension", new { reason = "underReview" });
        await consortium[1].VerifyUntilAsync(good.Document, "valid");
        await consortium[1].VerifyUntilAsync(revoked.Document, "invalid", "revoked");
        await consortium[1].VerifyUntilAsync(suspended.Document, "invalid", "suspended");

        // Of an institution that has only just issued it, and whose block has not come by yet.
        using var elsewhere = new SampleIssuer();
        elsewhere.Context = elsewhere.Context with { ValidFrom = DateTimeOffset.UtcNow };
        elsewhere.NamedLedger = (string)good.Json["ledgerAnchor"]!["ledger"]!;
        return
        [
            ("valid", "valid", good.Document),
            ("tampered", "invalid", good.Document.Replace("Siiri", "Siiru", StringComparison.Ordinal)),
            ("revoked", "invalid", revoked.Document),
            ("suspended", "invalid", suspended.Document),
            ("not-arrived", "indeterminate", Encoding.UTF8.GetString(elsewhere.Issue().Documents[0])),
            ("not-a-credential", "foreign", "{}"),
            ("foreign-link", "refused", "https://evil.example/c/1"),
            ("link", "invalid", consortium[1].GatewayUrl + suspended.Location),
        ];
    }
}
