using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// The system's Chromium. A test that opens a page is skipped where there is none; with the variable
/// <c>SCREENSHOTS</c> naming a folder, tests leave pictures there.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    // The one without windows first: the same engine, and a third faster.
    private static readonly string[] Candidates =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    ];

    // They take as long as all others together.
    private static readonly string[] ColourRules = ["color-contrast", "link-in-text-block"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the file of frames lies that the browser takes for its camera.</summary>
    public string Camera { get; } = Path.Combine(Path.GetTempPath(), $"camera-{Guid.NewGuid():N}.y4m");

    public async ValueTask InitializeAsync()
    {
        // CHROMIUM= (set to nothing) does without: so the suite can be tried as on a machine that has none.
        string? chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);
        if (string.IsNullOrEmpty(chromium)) return;

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={Camera}",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        File.Delete(Camera);
    }

    /// <summary>Skips a test that needs a browser where there is none, before it does anything.</summary>
    internal Browser OrSkip()
    {
        Assert.SkipWhen(_browser is null, "No Chromium was found: install the package chromium, or set CHROMIUM.");
        return this;
    }

    /// <summary>Opens a page as a visitor without a login does; what the page throws fails the test.</summary>
    internal async Task<IPage> OpenAsync(string address, int width = 1280, string language = "en", bool script = true)
    {
        OrSkip();
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            Locale = language,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        page.SetDefaultTimeout((float)Until.Patience.TotalMilliseconds);
        page.PageError += (_, error) => Assert.Fail($"The page threw: {error}");
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>
    /// Waits until a page is at an address. The browser's own word that it has loaded is not waited for: where a form
    /// led on at once it may have come before.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="ending">What the address ends in; <c>*</c> stands for anything.</param>
    internal static Task ComesToAsync(IPage page, string ending) => Assertions.Expect(page).ToHaveURLAsync(
        new Regex(Regex.Escape(ending).Replace(@"\*", ".*", StringComparison.Ordinal) + "$"),
        new PageAssertionsToHaveURLOptions { Timeout = (float)Until.Patience.TotalMilliseconds });

    /// <summary>Looks for barriers: WCAG 2.2 up to AA, and what axe holds for good practice.</summary>
    /// <param name="page">The page.</param>
    /// <param name="isRecoloured">Whether it was looked at before, and only its colours are others now.</param>
    /// <param name="isColourKnown">Whether it was looked at before, and all but its colours may be others now.</param>
    internal static async Task AssertAccessibleAsync(
        IPage page, bool isRecoloured = false, bool isColourKnown = false)
    {
        var found = await page.RunAxe(new AxeRunOptions
        {
            // What passes is not told node by node, which takes longer than to look.
            ResultTypes = [ResultType.Violations],
            RunOnly = isRecoloured ? RunOnlyOptions.Rules(ColourRules) : null,
            Rules = isColourKnown
                ? ColourRules.ToDictionary(rule => rule, _ => new RuleOptions { Enabled = false }) : null,
        });
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(one => one.ToString())));
    }

    /// <summary>Nothing may stick out of the window, or be cut off at the edge of what it is in.</summary>
    internal static async Task AssertFitsAsync(IPage page) => Assert.Empty(await page.EvaluateAsync<string[]>(
        """
        [...document.querySelectorAll('*')]
          .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth
            && (e === document.documentElement || /hidden|clip/.test(getComputedStyle(e).overflowX)))
          .map(e => `${e.tagName} ${e.className} ${e.scrollWidth} > ${e.clientWidth}`)
        """));

    /// <summary>Leaves a file where pictures are left.</summary>
    internal static Task KeepAsync(string name, byte[] content) =>
        Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder
            ? File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, name), content)
            : Task.CompletedTask;

    /// <summary>Whether pictures are left.</summary>
    internal static bool KeepsPictures => Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 };

    internal static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is not { Length: > 0 } folder) return;

        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, $"{name}.png"),
            FullPage = true,
        });
    }
}
