using System.Text.RegularExpressions;
using MicroCreds.Ledger.Benchmarks.Reporting;
using Microsoft.Playwright;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>What the verify page weighs with all that it may load, and when a visitor first sees it.</summary>
internal static partial class Pages
{
    private const string Page = "/verify";
    private const string LoadedLater = "/qr.js";
    private const double WeightTarget = 100;

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
        bench.Report.Add(await FirstPaintAsync(url + Page, bench.Options.Rounds));
    }

    private static async Task<Row> FirstPaintAsync(string address, int rounds)
    {
        var row = new Row { Name = "verify page, first paint, nothing cached", Unit = "ms" };
        string? chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);
        if (chromium is null) return row with { Note = "there is no Chromium here" };

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        var milliseconds = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            // Each context begins with an empty cache.
            await using var context = await browser.NewContextAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(address);
            milliseconds.Add(await page.EvaluateAsync<double>(
                "new Promise(done => new PerformanceObserver(list => done(list.getEntries()[0].startTime))"
                + ".observe({ type: 'paint', buffered: true }))"));
        }

        return row with { Rounds = milliseconds };
    }

    [GeneratedRegex("(?:src|href)=\"(/[a-z]+\\.(?:js|css|svg))\"")]
    private static partial Regex Loaded();
}
