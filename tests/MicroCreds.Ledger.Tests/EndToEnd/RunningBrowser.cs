using System.Collections.Concurrent;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(EndOfBrowsers))]

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A running Chromium, which one class has after the other: to start one takes as long as to look at a few pages. What
/// visitors leave behind is no other's, as each page has its own storage.
/// </summary>
internal sealed class RunningBrowser(IPlaywright playwright, IBrowser browser) : IAsyncDisposable
{
    // The one without windows first: the same engine, and a third faster.
    private static readonly string[] Candidates =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    ];

    private static readonly ConcurrentBag<RunningBrowser> Free = [];

    public IBrowser Browser => browser;

    /// <summary>Takes one that nobody has, or starts one; null where there is no Chromium.</summary>
    public static async Task<RunningBrowser?> TakeAsync()
    {
        while (Free.TryTake(out var free))
        {
            if (free.Browser.IsConnected) return free;
            await free.DisposeAsync();
        }

        return await StartAsync();
    }

    /// <summary>Starts one; null where there is no Chromium.</summary>
    /// <param name="more">Further arguments.</param>
    public static async Task<RunningBrowser?> StartAsync(params string[] more)
    {
        // CHROMIUM= (set to nothing) does without: so the suite can be tried as on a machine that has none.
        string? chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);
        if (string.IsNullOrEmpty(chromium)) return null;

        var playwright = await Playwright.CreateAsync();
        return new RunningBrowser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream", .. more,
            ],
        }));
    }

    /// <summary>Leaves it to the next class.</summary>
    public void GiveBack() => Free.Add(this);

    /// <summary>Ends those that nobody has.</summary>
    public static async Task EndAsync()
    {
        while (Free.TryTake(out var free)) await free.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>Ends the browsers after the last test.</summary>
public sealed class EndOfBrowsers : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await RunningBrowser.EndAsync();
}
