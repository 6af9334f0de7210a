using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A goal in one's own words, asked of a gateway by anybody: by the API and in a browser.</summary>
public sealed class GoalTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private const string Pathway = "bees";

    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Goal_FindsWhatAllMembersOffer_WithTheWordsThatLedToIt()
    {
        await PublishAsync();
        var found = await AskAsync("I want to care for honey bees", "en");
        var achievement = found["achievements"]![0]!;
        Assert.Equal("beekeeping", (string?)achievement["id"]);
        Assert.Equal("Hochschule Linden", (string?)achievement["institution"]);
        Assert.Contains(achievement["matched"]!.AsArray(), one => (string?)one!["word"] == "bees");
        Assert.Equal("/v1/achievements/LindenMSP/beekeeping/1", (string?)achievement["address"]);
        Assert.Equal("Keeper of bees", (string?)found["pathways"]![0]!["name"]);
        Assert.Equal("keep bees", (string?)found["skills"]![0]!["skill"]!["name"]);
        Assert.Contains(
            "“bees”: in the title", found["pathways"]![0]!["why"]!.ToJsonString(Relaxed),
            StringComparison.Ordinal);
        var german = await AskAsync("Imkerei lernen", "de");
        Assert.Contains(
            "passt zu", german["achievements"]![0]!["why"]!.ToJsonString(Relaxed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goal_OnceSomethingIsPublishedOrRetired_FindsWhatStandsNow()
    {
        var achievement = GatewayHost.Achievement("glassblowing");
        achievement["name"] = "Glassblowing";
        Assert.Empty((await AskAsync("glassblowing"))["achievements"]!.AsArray());
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", achievement));
        await FindsAsync("glassblowing", 1);
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements/glassblowing/1/retirement", new { }));
        await FindsAsync("glassblowing", 0);
    }

    [Theory]
    [InlineData("""{ "goal": "" }""", "/goal")]
    [InlineData("""{ "goal": "bees \u202E and hives" }""", "U+202E")]
    [InlineData("""{ "goal": "bees\u0000" }""", "U+0000")]
    [InlineData("""{ "goal": "bees", "count": 0 }""", "/count")]
    [InlineData("""{ "goal": "bees", "count": 21 }""", "/count")]
    [InlineData("{ }", "")]
    public async Task Goal_ThatIsNone_IsRefusedWithWhatIsWrong(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _gateway.Anyone.PostAsync("/v1/goals", content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var tooLong = await _gateway.Anyone.PostAsJsonAsync(
            "/v1/goals", new { goal = new string('x', 501) }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    [Fact]
    public async Task Goal_IsKeptNowhere()
    {
        const string Secret = "zanzibarian";
        await AskAsync($"become a {Secret} pilot");
        using var form = new FormUrlEncodedContent([new("goal", $"a {Secret} cook"), new("lang", "en")]);
        using var page = await _gateway.Anyone.PostAsync("/progress/goals", form, Cancellation);
        Assert.Contains(Secret, await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
        Assert.DoesNotContain(Secret, _gateway.Log.Text, StringComparison.OrdinalIgnoreCase);
        string kept = string.Concat(Directory.EnumerateFiles(_gateway.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .Select(file => System.Text.Encoding.Latin1.GetString(ReadShared(file))));
        Assert.NotEqual("", kept);
        Assert.DoesNotContain(Secret, kept, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    [InlineData("de", 1280, false)]
    public async Task Page_LeadsFromAGoalToTheProgressAlongAPathway(string language, int width, bool script)
    {
        browser.OrSkip();
        await PublishAsync();
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}progress", width, language, script);
        await page.Locator("#goal").FillAsync("Bienen und Honig, bees");
        await page.Locator("#find").ClickAsync();
        await Assertions.Expect(page.Locator("#pathways > li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#achievements > li").First).ToContainTextAsync("Beekeeping");
        if (script) await DeskVisitor.ExamineAsync(page, $"goals-{language}-{width}");
        await page.Locator("#languages button").ClickAsync();
        await Assertions.Expect(page.Locator("#goal")).ToHaveValueAsync("Bienen und Honig, bees");
        await page.Locator("#pathways a").ClickAsync();
        await Browser.ComesToAsync(page, $"/progress?pathway=AuroraMSP*{Pathway}*");
        await Assertions.Expect(page.Locator("#pathway")).ToHaveValueAsync($"AuroraMSP/{Pathway}/1");
    }

    [Fact]
    public async Task Page_WithNothingSaid_OrNothingFound_SaysWhatToDo()
    {
        browser.OrSkip();
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}progress/goals", 360, "de");
        await page.Locator("#goal").FillAsync("  ");
        await page.Locator("#find").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("ein paar Worten");
        await page.Locator("#goal").FillAsync("Bienen\u202E und Honig");
        await page.Locator("#find").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-text")).ToContainTextAsync("Schreibrichtung");
        await page.Locator("#goal").FillAsync("qwxyzzy");
        await page.Locator("#find").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("Nichts, was angeboten wird");
        await DeskVisitor.ExamineAsync(page, "goals-none-de-360");
    }

    private Task FindsAsync(string goal, int achievements) => Until.TrueAsync(
        async () => (await AskAsync(goal))["achievements"]!.AsArray().Count == achievements,
        () => $"{goal} does not find {achievements} achievements");

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Publishes an achievement of the partner, and a pathway on which it counts.</summary>
    private async Task PublishAsync()
    {
        var beekeeping = GatewayHost.Achievement("beekeeping");
        beekeeping["name"] = "Beekeeping through the year";
        beekeeping["skills"] = new JsonArray(new JsonObject
        {
            ["name"] = "keep bees",
            ["url"] = "https://skills.example/bees",
            ["framework"] = "Sample",
        });
        await GatewayHost.OkAsync(await gateways.Partner.PostAsync("/v1/achievements", beekeeping));
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement("keeper")));
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/pathways", new
        {
            id = Pathway,
            name = "Keeper of bees",
            description = "Honey, hives and meadows.",
            award = new { id = "keeper", version = 1 },
            credits = 3,
            groups = new object[]
            {
                new
                {
                    id = "all", name = "All", rule = "all",
                    items = new[] { new { mspId = "LindenMSP", id = "beekeeping" } },
                },
            },
        }));
        await _gateway.SaysAsync("/v1/achievements", "beekeeping");
    }

    private async Task<JsonNode> AskAsync(string goal, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/goals")
        {
            Content = JsonContent.Create(new { goal }),
            Headers = { { "Accept-Language", language } },
        };
        using var answer = await GatewayHost.OkAsync(await _gateway.Anyone.SendAsync(request, Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
