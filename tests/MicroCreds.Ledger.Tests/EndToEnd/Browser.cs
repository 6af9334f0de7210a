using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// The system's Chromium, which no other class has at the time. A test that opens a page is skipped where there is
/// none; with the variable <c>SCREENSHOTS</c> naming a folder, tests leave pictures there.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    // They take as long as all others together.
    private static readonly string[] ColourRules = ["color-contrast", "link-in-text-block"];

    // The package for Playwright looks by way of a second page for each look, which takes longer than to look.
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private static readonly JsonSerializerOptions Options =
        new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly ConcurrentBag<IPage> _pages = [];
    private readonly string _camera = Path.Combine(Path.GetTempPath(), $"camera-{Guid.NewGuid():N}.y4m");
    private RunningBrowser? _running;
    private RunningBrowser? _filmed;

    public async ValueTask InitializeAsync() => _running = await RunningBrowser.TakeAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var page in _pages.Where(page => !page.IsClosed)) await page.CloseAsync();
            _running?.GiveBack();
        }
        catch (PlaywrightException)
        {
            // One in which a page hangs is nobody else's.
            await _running!.DisposeAsync();
            throw;
        }
        finally
        {
            if (_filmed is not null) await _filmed.DisposeAsync();
            File.Delete(_camera);
        }
    }

    /// <summary>Skips a test that needs a browser where there is none, before it does anything.</summary>
    internal Browser OrSkip()
    {
        Assert.SkipWhen(_running is null, "No Chromium was found: install the package chromium, or set CHROMIUM.");
        return this;
    }

    /// <summary>Holds a film before the camera of every page that is opened after it.</summary>
    /// <param name="film">The frames, as YUV4MPEG2.</param>
    internal async Task FilmAsync(byte[] film)
    {
        OrSkip();
        await File.WriteAllBytesAsync(_camera, film, TestContext.Current.CancellationToken);

        // Where its camera looks, a browser is told when it starts.
        _filmed ??= await RunningBrowser.StartAsync($"--use-file-for-fake-video-capture={_camera}");
    }

    /// <summary>Opens a page as a visitor without a login does; what the page throws fails the test.</summary>
    internal async Task<IPage> OpenAsync(string address, int width = 1280, string language = "en", bool script = true)
    {
        OrSkip();
        var page = await (_filmed ?? _running)!.Browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            Locale = language,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        _pages.Add(page);
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
        string options = JsonSerializer.Serialize(new
        {
            // What passes is not told node by node, which takes longer than to look.
            resultTypes = (string[])["violations"],
            runOnly = isRecoloured ? new { type = "rule", values = ColourRules } : null,
            rules = isColourKnown ? ColourRules.ToDictionary(rule => rule, _ => new { enabled = false }) : null,
        }, Options);
        if (!await page.EvaluateAsync<bool>("'axe' in window")) await page.EvaluateAsync(Axe);

        // All that was found is told, where an assertion on a list would cut it off.
        string[] barriers = await page.EvaluateAsync<string[]>(
            """
            async options => (await axe.run(document, JSON.parse(options))).violations.map(one =>
              [`${one.id}: ${one.help}`, ...one.nodes.map(node => `${node.target}: ${node.html}`)].join('\n'))
            """, options);
        Assert.True(barriers.Length == 0, string.Join('\n', barriers));
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
