using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>From nothing to a plan over three institutions, by the sample's offers and its agreement.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class PlanFlowTests(RunningConsortium consortium, Browser found) : IClassFixture<Browser>
{
    private const string Pathway = "AuroraMSP/climate-data-for-cities/1";
    private const string Plans = $"/v1/pathways/{Pathway}/plans";

    [Fact]
    public async Task Plan_OfANewcomer_IsOverThreeInstitutions_InAnOrderThatCanBeTaken_AndKeepsToTheWishes()
    {
        var plan = (await PlanAsync(new { wish = new { languages = (string[])["en"] } }))["plan"]!;
        string[] institutions = [.. StepsOf(plan).Select(step => (string)step["take"]!["mspId"]!).Distinct().Order()];
        Assert.Equal(["AuroraMSP", "LindenMSP", "TejoMSP"], institutions);
        Assert.All(StepsOf(plan), step => Assert.Equal("en", (string?)step["offer"]!["language"]));
        Assert.All(
            StepsOf(plan).Where(step => (string)step["take"]!["mspId"]! != "AuroraMSP"),
            step => Assert.Equal("AuroraMSP.climate-data-partners", (string?)step["countsAs"]!["agreement"]!["id"]));

        // The report begins after the basics are finished.
        var basics = StepsOf(plan).Single(step => IsOf(step, "climate-data-basics"));
        var report = StepsOf(plan).Single(step => IsOf(step, "city-climate-report"));
        string finished = (string)basics["offer"]!["term"]!["last"]!;
        Assert.True(string.CompareOrdinal(finished, (string)report["offer"]!["term"]!["first"]!) < 0);
        Assert.Equal(255, (double)plan["costs"]![0]!["amount"]!);

        var cheap = (await PlanAsync(new { wish = new { aim = "cheapest", mostAbroad = 0, hoursAWeek = 6 } }))["plan"]!;
        Assert.Equal(0, (int)cheap["abroad"]!);
        Assert.All(cheap["terms"]!.AsArray(), term => Assert.InRange((double)term!["hoursAWeek"]!, 0.1, 6));
    }

    /// <summary>Whichever of the sample's pathways a newcomer chooses, it can be planned.</summary>
    [Theory]
    [InlineData("arctic-data")]
    [InlineData("public-data")]
    [InlineData("climate-data-first-steps")]
    public async Task Plan_OfEachPathwayOfTheSample_IsThere(string pathway)
    {
        var result = await PlanAsync(new { }, $"/v1/pathways/AuroraMSP/{pathway}/1/plans");
        Assert.Equal("planned", (string?)result["outcome"]);
        Assert.All(StepsOf(result["plan"]!), step => Assert.False((bool)step["isTermAssumed"]!));
    }

    [Fact]
    public async Task Plan_ThatCannotBe_SaysWhatWouldMendIt()
    {
        var impossible = await PlanAsync(new { wish = new { hoursAWeek = 1 } });
        Assert.Equal("impossible", (string?)impossible["outcome"]);
        int hours = (int)impossible["mends"]!.AsArray().Single(mend => mend!["hoursAWeek"] is not null)!["hoursAWeek"]!;
        Assert.Equal("planned", (string?)(await PlanAsync(new { wish = new { hoursAWeek = hours } }))["outcome"]);
        var less = await PlanAsync(new { wish = new { hoursAWeek = hours - 1 } });
        Assert.Equal("impossible", (string?)less["outcome"]);

        var without = await PlanAsync(new
        {
            without = new[] { new { mspId = "AuroraMSP", achievement = "city-climate-report" } },
        });
        Assert.Equal("report", (string?)Assert.Single(without["unmet"]!.AsArray())!["group"]);
    }

    [Fact]
    public async Task Replan_AfterAnOfferWasLeft_ChangesNothingElse()
    {
        var first = (await PlanAsync(new { }))["plan"]!;
        var before = StepsOf(first).Select(step => new
        {
            mspId = (string)step["take"]!["mspId"]!,
            achievement = (string)step["take"]!["achievement"]!["id"]!,
            first = (string)step["offer"]!["term"]!["first"]!,
            last = (string)step["offer"]!["term"]!["last"]!,
        }).ToList();
        var left = before.First(step => step.mspId == "LindenMSP");
        var again = (await PlanAsync(new
        {
            before,
            notThen = new[] { new { left.mspId, left.achievement, left.first } },
        }))["plan"]!;
        var isNew = StepsOf(again).Where(step => (bool)step["isNew"]!).ToList();
        Assert.Single(isNew);
        Assert.Equal(left.achievement, (string?)Assert.Single(again["dropped"]!.AsArray())!["achievement"]);
    }

    [Fact]
    public async Task Plan_OfWhatIsUnderway_FinishesItAsItWasBegun()
    {
        string first = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-20)).ToString("O");
        string last = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(40)).ToString("O");
        var plan = (await PlanAsync(new
        {
            underway = new[] { new { mspId = "AuroraMSP", achievement = "climate-data-basics", first, last } },
        }))["plan"]!;
        var basics = StepsOf(plan).Single(step => IsOf(step, "climate-data-basics"));
        Assert.Equal(last, (string?)basics["offer"]!["term"]!["last"]);
    }

    [Fact]
    public async Task Plan_BadWishes_AreRefusedWithTheirPlace()
    {
        await InvalidAsync(new { wish = new { aim = "fastest" } }, "/wish/aim");
        await InvalidAsync(new { wish = new { hoursAWeek = -1 } }, "/wish/hoursAWeek");
        await InvalidAsync(new { wish = new { mostCost = 1e17 } }, "/wish/mostCost");
        await InvalidAsync(new { wish = new { country = "fi" } }, "/wish/country");
        await InvalidAsync(new { wish = new { languages = new List<string> { "!!" } } }, "/wish/languages/0");
        await InvalidAsync(new { before = new object?[] { null } }, "/before/0");
        await InvalidAsync(new { without = new object?[] { null } }, "/without/0");
        await InvalidAsync(new { alternatives = 4 }, "/alternatives");
        await InvalidAsync(
            new { underway = new[] { new { mspId = "TejoMSP", achievement = "urban-water", first = "2020-01-01" } } },
            "/underway/0/last");
    }

    [Theory]
    [InlineData("en", 360)]
    [InlineData("de", 1280)]
    public async Task Page_FromNothingToAPlan_AndPlannedAgain(string language, int width)
    {
        var browser = found.OrSkip();
        var page = await browser.OpenAsync($"{consortium[0].GatewayUrl}/progress", width, language);
        await page.Locator("#goal").FillAsync(language == "de"
            ? "Ich möchte in einer Stadtverwaltung mit Klimadaten arbeiten"
            : "I want to work with climate data in a city administration");
        await page.Locator("#find").ClickAsync();
        await page.Locator($"a[href*='{Uri.EscapeDataString(Pathway)}'], a[href*='{Pathway}']").First.ClickAsync();
        await Assertions.Expect(page.Locator("#pathway")).ToHaveValueAsync(Pathway);
        await page.Locator("#plan-first").ClickAsync();
        await Assertions.Expect(page.Locator("#plan-result .term").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#plan-result")).ToContainTextAsync("Universidade do Tejo");
        await Assertions.Expect(page.Locator("#badges li.ahead")).ToHaveCountAsync(1);
        await Browser.AssertFitsAsync(page);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"plan-{language}-{width}");

        await page.Locator("#hours").FillAsync("1");
        await page.Locator("#plan").ClickAsync();
        await Assertions.Expect(page.Locator("#plan-result .note.warn li")).Not.ToHaveCountAsync(0);
        await Browser.ShootAsync(page, $"plan-impossible-{language}-{width}");

        await page.Locator("#hours").FillAsync("acht");
        await page.Locator("#plan").ClickAsync();
        await Assertions.Expect(page.Locator("#hours[aria-invalid=true]")).ToBeVisibleAsync();

        await page.Locator("#hours").FillAsync("12");
        await page.Locator("#plan").ClickAsync();
        await page.Locator("#plan-result select").First.SelectOptionAsync("left");
        await page.Locator("#plan").ClickAsync();
        await Assertions.Expect(page.Locator("#plan-result .tag.good").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#hours")).ToHaveValueAsync("12");

        // What was left is not forgotten when it is planned once more.
        string planned = await page.Locator("#plan-result .term").First.InnerTextAsync();
        await page.Locator("#plan").ClickAsync();
        await Assertions.Expect(page.Locator("#plan-result .tag.good")).ToHaveCountAsync(0);
        Assert.Equal(planned.Split('\n')[0], (await page.Locator("#plan-result .term").First.InnerTextAsync())
            .Split('\n')[0]);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"plan-again-{language}-{width}");
    }

    private static bool IsOf(JsonNode step, string achievement) =>
        (string?)step["take"]!["achievement"]!["id"] == achievement;

    private static IEnumerable<JsonNode> StepsOf(JsonNode plan) =>
        plan["terms"]!.AsArray().SelectMany(term => term!["steps"]!.AsArray()).Select(step => step!);

    /// <summary>Asks until the answer is proven: on a busy machine time may be up before that.</summary>
    private async Task<JsonNode> PlanAsync(object request, string address = Plans)
    {
        using var http = new HttpClient { BaseAddress = new Uri(consortium[0].GatewayUrl) };
        JsonNode said = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await http.PostAsJsonAsync(address, request, TestContext.Current.CancellationToken);
                said = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
                var result = said["result"];
                return (bool?)(result?["plan"]?["isOptimal"] ?? result?["isProven"]) == true;
            },
            () => said.ToJsonString());
        return said["result"]!;
    }

    private async Task InvalidAsync(object request, string pointer)
    {
        using var http = new HttpClient { BaseAddress = new Uri(consortium[0].GatewayUrl) };
        using var answer = await http.PostAsJsonAsync(Plans, request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(pointer, (string?)problem!["errors"]![0]!["pointer"]);
    }
}
