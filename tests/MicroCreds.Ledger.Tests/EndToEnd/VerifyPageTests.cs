using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The /verify page in a real browser, as a visitor without a login sees it.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class VerifyPageTests(RunningConsortium consortium) : IAsyncLifetime
{
    private static readonly string[] Candidates =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        string? chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    [Fact]
    public async Task Page_ValidThenTampered_ShowsSeparateChecks()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Siiri Koskinen"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await OpenAsync(width: 1200);

        await PasteAsync(page, issued.Document);
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Valid");
        await Assertions.Expect(page.Locator("#checks li.pass")).ToHaveCountAsync(6);
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("Siiri Koskinen");
        await ShootAsync(page, "valid");

        await PasteAsync(page, issued.Document.Replace("Siiri", "Siiru"));
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Not valid");
        await Assertions.Expect(page.Locator("#checks li.fail").First).ToBeVisibleAsync();
        await ShootAsync(page, "tampered");
    }

    [Fact]
    public async Task Page_RevokedFromAFile_SaysSo_OnANarrowScreen()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Otso Lehto"));
        await consortium[0].SendAsync(HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "withdrawn" });
        await consortium[1].VerifyUntilAsync(issued.Document, "invalid", "revoked");
        var page = await OpenAsync(width: 360);
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "credential.json",
            MimeType = "application/json",
            Buffer = System.Text.Encoding.UTF8.GetBytes(issued.Document),
        });
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Not valid");
        await Assertions.Expect(page.Locator("#checks li.fail")).ToContainTextAsync("evoked");
        int overflow = await page.EvaluateAsync<int>(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.Equal(0, overflow);
        await ShootAsync(page, "revoked-narrow");
    }

    [Fact]
    public async Task Page_HtmlInsideACredential_IsShownAsText()
    {
        var issued = await consortium[0].IssueAsync(
            Registrar.Request("data-literacy", "<img src=x onerror=document.title='owned'>"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var page = await OpenAsync(width: 800);
        await PasteAsync(page, issued.Document);
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("<img src=x");
        Assert.Equal(0, await page.Locator("#summary img").CountAsync());
        Assert.DoesNotContain("owned", await page.TitleAsync());
    }

    private static async Task PasteAsync(IPage page, string credential)
    {
        await page.Locator("#credential").FillAsync(credential);
        await page.Locator("#verify").ClickAsync();
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(folder, $"{name}.png"),
                FullPage = true,
            });
        }
    }

    private async Task<IPage> OpenAsync(int width)
    {
        Assert.SkipWhen(_browser is null, "No Chromium was found: install the package chromium, or set CHROMIUM.");
        var page = await _browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        page.PageError += (_, error) => Assert.Fail($"The page threw: {error}");
        await page.GotoAsync($"{consortium[1].GatewayUrl}/verify");
        return page;
    }
}
