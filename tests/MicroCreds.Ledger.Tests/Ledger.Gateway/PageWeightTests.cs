using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>No page is heavy, and none jumps while it loads; all that a registrar comes to is looked at.</summary>
public sealed partial class PageWeightTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private const int MaxBytes = 100 * 1000;
    private const double MaxLayoutShift = 0.05;

    /// <summary>A page that has several hundreds of others below it is not all looked at.</summary>
    private const int MaxPages = 400;

    private static readonly string[] Doors = ["/desk", "/desk/figures", "/verify", "/progress", "/sign-in"];

    /// <summary>What a script loads once it needs it.</summary>
    private static readonly Dictionary<string, string> LoadedLater = new() { ["/verify.js"] = "/qr.js" };

    private readonly GatewayHost _gateway = gateways.Issuer;
    private readonly Dictionary<string, int> _files = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryPage_WithAllThatItLoads_WeighsAtMost100Kilobytes()
    {
        await FillAsync();
        var weights = new Dictionary<string, int>();
        var waiting = new Queue<string>(Doors.Concat(PagesWithoutParameters()));
        var seen = waiting.ToHashSet();
        while (waiting.TryDequeue(out string? address) && weights.Count < MaxPages)
        {
            if (await ReadAsync(address) is not { } page) continue;

            weights[address] = System.Text.Encoding.UTF8.GetByteCount(page) + await FilesOfAsync(page);
            foreach (string next in Links().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)))
            {
                if (seen.Add(next)) waiting.Enqueue(next);
            }
        }

        foreach (var (address, bytes) in weights.OrderByDescending(one => one.Value).Take(5))
            TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} {address}");
        Assert.True(weights.Count > 40, $"Only {weights.Count} pages were found.");
        Assert.DoesNotContain(weights, one => one.Value > MaxBytes);
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task NoPage_JumpsWhileItLoads(int width)
    {
        browser.OrSkip();
        await FillAsync();
        var page = await DeskVisitor.SignInAsync(browser, _gateway, width);
        var jumping = new List<string>();
        foreach (string address in Doors.Concat(PagesWithoutParameters()).Distinct())
        {
            if (await ReadAsync(address) is null) continue;

            await page.GotoAsync(new Uri(_gateway.Anyone.BaseAddress!, address).ToString());
            double shift = await ShiftAsync(page);
            if (shift > MaxLayoutShift) jumping.Add($"{address}: {shift}");
        }

        Assert.Empty(jumping);

        // That a jump would have been noticed.
        await page.EvaluateAsync("document.querySelector('main').style.marginTop = '20rem'");
        Assert.True(await ShiftAsync(page) > MaxLayoutShift);
    }

    /// <summary>What the browser itself counted until now.</summary>
    private static Task<double> ShiftAsync(IPage page) => page.EvaluateAsync<double>(
        """
        new Promise(done => {
          let sum = 0;
          new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
            .observe({ type: 'layout-shift', buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
        })
        """);

    /// <summary>Something of everything, so that its pages have something to show.</summary>
    private async Task FillAsync()
    {
        await _gateway.IssueAsync("Aino Virtanen");
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/batches", new JsonArray(GatewayHost.Row("Otso Lehto"), GatewayHost.Row("Siiri Koskinen"))));
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/achievement-drafts",
            new JsonObject { ["content"] = new JsonObject { ["name"] = "A draft" } }));
    }

    /// <summary>The pages of the desk whose address says all, as the gateway itself knows them.</summary>
    private IEnumerable<string> PagesWithoutParameters() =>
        _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(one => one.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(one => "/" + one.RoutePattern.RawText!.Trim('/'))
            .Where(one => one.StartsWith("/desk", StringComparison.Ordinal) && !one.Contains('{')).Distinct();

    private async Task<string?> ReadAsync(string address)
    {
        using var answer = await _gateway.Registrar.GetAsync(address, Cancellation);
        Assert.True((int)answer.StatusCode < 500, $"{address}: {answer.StatusCode}");
        return answer.Content.Headers.ContentType?.MediaType == "text/html"
            ? await answer.Content.ReadAsStringAsync(Cancellation)
            : null;
    }

    private async Task<int> FilesOfAsync(string page)
    {
        int bytes = 0;
        foreach (string file in Files().Matches(page).Select(match => match.Groups[1].Value).Distinct())
        {
            bytes += await WeightOfAsync(file);
            if (LoadedLater.TryGetValue(file, out string? later)) bytes += await WeightOfAsync(later);
        }

        return bytes;
    }

    private async Task<int> WeightOfAsync(string file)
    {
        if (!_files.TryGetValue(file, out int bytes))
            _files[file] = bytes = (await _gateway.Registrar.GetByteArrayAsync(file, Cancellation)).Length;
        return bytes;
    }

    [GeneratedRegex("<a [^>]*href=\"(/(?:desk|verify|progress|sign-in)[^\"#]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("(?:<script src|<link rel=\"stylesheet\" href)=\"(/[^\"]+)\"")]
    private static partial Regex Files();
}
