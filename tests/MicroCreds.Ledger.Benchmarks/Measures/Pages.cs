using System.Text.RegularExpressions;
using MicroCreds.Ledger.Benchmarks.Reporting;
using Microsoft.Playwright;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What the verify page weighs with all that it may load, when a visitor first sees a page, and whether it jumps then.
/// </summary>
internal static partial class Pages
{
    private const string Page = "/verify";
    private const string LoadedLater = "/qr.js";

    /// <summary>What the browser itself takes on this machine.</summary>
    private const string BarePage = "data:text/html,<p>word</p>";

    private const double WeightTarget = 100;
    private const double PaintTarget = 300;
    private const double ShiftTarget = 0.05;

    /// <summary>The pages that anybody sees without a login.</summary>
    private static readonly string[] Looked =
        [Page, "/progress", "/sign-in", "/desk/agreements", "/desk/ballots", "/desk/figures"];

    private static readonly string[] Candidates =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public static async Task MeasureAsync(Bench bench)
    {
        string url = (await bench.NetworkAsync()).Issuer.GatewayUrl;
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        byte[] page = await http.GetByteArrayAsync(Page);
        var files = Loaded().Matches(System.Text.Encoding.UTF8.GetString(page))
            .Select(match => match.Groups[1].Value).Append(LoadedLater).Distinct();
        double bytes = page.Length;
        foreach (string file in files)
            bytes += (await http.GetByteArrayAsync(file)).Length;
        bench.Report.Add(new Row
        {
            Name = "verify page with its QR decoder, uncompressed",
            Unit = "KB",
            Rounds = [bytes / 1000],
            Target = Target.AtMost(WeightTarget),
        });
        string shared = await LearnerVisits.ShareAsync((await bench.NetworkAsync()).Issuer);
        await MeasureLookAsync(bench, url, [.. Looked, shared]);
    }

    private static async Task MeasureLookAsync(Bench bench, string url, IReadOnlyList<string> addresses)
    {
        var paint = new Row
        {
            Name = "slowest page's first paint, nothing cached",
            Unit = "ms",
            Target = Target.AtMost(PaintTarget),
        };
        var shift = new Row { Name = "layout shift of the page that jumps most", Target = Target.AtMost(ShiftTarget) };
        string? chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            bench.Report.Add(paint with { Note = "there is no Chromium here" });
            return;
        }

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        // The first look of all is the browser's own start.
        await LookAsync(browser, url, Page);
        var looks = new List<(string Address, double Paint, double Shift)>();
        var bare = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            bare.Add((await LookAsync(browser, "", BarePage)).Paint);
            foreach (string address in addresses) looks.Add(await LookAsync(browser, url, address));
        }

        var slowest = looks.GroupBy(look => look.Address)
            .MaxBy(page => Row.MedianOf([.. page.Select(look => look.Paint)]))!;
        bench.Report.Add(paint with
        {
            Rounds = [.. slowest.Select(look => look.Paint)],
            Note = slowest.Key.StartsWith("/c/", StringComparison.Ordinal) ? "/c/{secret}" : slowest.Key,
        });
        bench.Report.Add(new Row { Name = "  a page of one word, of no server", Unit = "ms", Rounds = bare });
        bench.Report.Add(shift with
        {
            Rounds = [.. looks.Chunk(addresses.Count).Select(round => round.Max(look => look.Shift))],
        });
    }

    private static async Task<(string Address, double Paint, double Shift)> LookAsync(
        IBrowser browser, string url, string address)
    {
        // Each context begins with an empty cache.
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(url + address);
        double[] found = await page.EvaluateAsync<double[]>(
            """
            new Promise(done => {
              let shift = 0;
              new PerformanceObserver(list => { for (const one of list.getEntries()) shift += one.value; })
                .observe({ type: 'layout-shift', buffered: true });
              new PerformanceObserver(list => {
                const paint = list.getEntries()[0].startTime;
                requestAnimationFrame(() => done([paint, shift]));
              }).observe({ type: 'paint', buffered: true });
            })
            """);
        return (address, found[0], found[1]);
    }

    [GeneratedRegex("(?:src|href)=\"(/[a-z]+\\.(?:js|css|svg))\"")]
    private static partial Regex Loaded();
}
