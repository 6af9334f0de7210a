using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>How people learn: shared by a press of a button, told in tens, taken back by another.</summary>
public sealed class AnalyticsTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(10, 10L)]
    [InlineData(19, 10L)]
    [InlineData(20, 20L)]
    public void People_AreToldInTens_AndFewNotAtAll(long people, long? told) => Assert.Equal(told, Crowd.Told(people));

    [Fact]
    public void Hidden_CannotBeHadByTakingAway()
    {
        // For each number that may be hidden beside another there is another world that is told the same.
        for (long hidden = 0; hidden < Crowd.Step; hidden++)
        {
            for (long shown = Crowd.Step; shown < 50; shown++)
            {
                var told = (Crowd.Told(hidden), Crowd.Told(shown), Crowd.Told(hidden + shown));
                int alike = 0;
                for (long h = 0; h < Crowd.Step; h++)
                {
                    for (long s = Crowd.Step; s < 60; s++)
                    {
                        if (h != hidden && told == (Crowd.Told(h), Crowd.Told(s), Crowd.Told(h + s))) alike++;
                    }
                }

                Assert.True(alike > 0, $"{hidden} beside {shown} is given away");
            }
        }
    }

    [Fact]
    public async Task Analytics_TellWhereManyStop_AndNothingOfFew()
    {
        string pathway = await PublishAsync();
        await ShareAsync(pathway, "0", 9);
        await ShareAsync(pathway, "1", 25);
        string rare = await PublishAsync();
        await ShareAsync(rare, "1", 9);
        using var anyone = await _gateway.Anyone.GetAsync("/v1/analytics", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        var counted = await CountAsync();
        var stages = counted["pathways"]!.AsArray().Single(one => (string?)one!["id"] == pathway)!;
        Assert.Equal(30, (long)stages["learners"]!);
        Assert.DoesNotContain(counted["pathways"]!.AsArray(), one => (string?)one!["id"] == rare);
        Assert.Equal("Core", (string?)stages["reached"]![0]!["name"]);
        Assert.Equal(20, (long)stages["reached"]![0]!["learners"]!);
        Assert.Null(stages["reached"]![1]!["learners"]);
        var next = counted["next"]!.AsArray().Single(
            one => (string?)one!["after"] == $"{GatewaysFixture.Aurora}/{pathway}")!;
        Assert.Equal(20, (long)next["learners"]!);
        Assert.DoesNotContain(counted["next"]!.AsArray(), one => (string?)one!["taken"] == $"rare-{pathway}");
        Assert.Contains(
            counted["demand"]!.AsArray(),
            one => (string?)one!["id"] == "part-one" && (long)one["issued"]! >= 1 && one["asked"] is null);
    }

    [Fact]
    public async Task Demand_StandsBesideThePlacesOfTheComingYear_WhereAllAreSaid()
    {
        await SamplePathway.PublishAchievementsAsync(_gateway);
        var soon = DateTime.UtcNow.AddDays(40);
        await OfferAsync("part-two", (soon, 20), (soon.AddMonths(5), 15), (soon.AddMonths(14), 99));
        await OfferAsync("part-three", (soon, 20), (soon.AddMonths(5), null));
        Assert.Equal(35, await PlacesOfAsync("part-two"));
        Assert.Null(await PlacesOfAsync("part-three"));
    }

    private async Task OfferAsync(string achievement, params (DateTime First, int? Places)[] offers) =>
        await GatewayHost.OkAsync(await _gateway.Registrar.PutAsJsonAsync(
            $"/v1/achievements/{achievement}/offering",
            new
            {
                offers = offers.Select(one => new
                {
                    term = "A term",
                    first = DateOnly.FromDateTime(one.First),
                    last = DateOnly.FromDateTime(one.First.AddDays(60)),
                    places = one.Places,
                }),
            },
            Cancellation));

    private async Task<long?> PlacesOfAsync(string achievement) => (long?)(await CountAsync())["demand"]!.AsArray()
        .FirstOrDefault(one => (string?)one!["id"] == achievement)?["places"];

    [Fact]
    public async Task Progress_IsSharedWithoutAName_FromNextMonthOn_AndTakenBack()
    {
        string pathway = $"way-{Guid.NewGuid():N}"[..16];
        var credentials = await SamplePathway.IssueAsync(_gateway, pathway, "Ursula Unnamed", "part-one", "part-two");
        using var learner = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = _gateway.Anyone.BaseAddress,
        };
        await _gateway.SaysAsync("/v1/pathways?pageSize=200", pathway);
        var facts = _gateway.Services.GetRequiredService<SharedFacts>();
        var nextMonth = DateTimeOffset.UtcNow.AddDays(40);
        string name = $"{GatewaysFixture.Aurora}/{pathway}/1";
        await Until.TrueAsync(
            async () => await PostAsync(learner, "/progress/sharing", pathway, credentials) == "shared",
            () => "the credentials are not valid yet");
        var count = Assert.Single(facts.Count(SharedFact.Stage, nextMonth), one => one.Subject == name);
        Assert.Equal(("1", 1), (count.Value, count.Learners));
        Assert.DoesNotContain(facts.Count(SharedFact.Stage, DateTimeOffset.UtcNow), one => one.Subject == name);

        // The same device counts once, however often it shares.
        await PostAsync(learner, "/progress/sharing", pathway, credentials);
        Assert.Equal(1, facts.Count(SharedFact.Stage, nextMonth).Single(one => one.Subject == name).Learners);
        string page = await learner.GetStringAsync("/progress/sharing", Cancellation);
        Assert.Contains("Three Parts", page, StringComparison.Ordinal);
        Assert.Contains("id=\"withdraw\"", page, StringComparison.Ordinal);
        Assert.Equal("withdrawn", await PostAsync(learner, "/progress/sharing/withdrawal", pathway, []));
        Assert.DoesNotContain(facts.Count(SharedFact.Stage, nextMonth), one => one.Subject == name);
        Assert.DoesNotContain(
            "id=\"withdraw\"", await learner.GetStringAsync("/progress/sharing", Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sharing_WithoutCredentials_OrOfSeveralPeople_SharesNothing()
    {
        string pathway = $"way-{Guid.NewGuid():N}"[..16];
        var own = await SamplePathway.IssueAsync(_gateway, pathway, "One Learner", "part-one");
        var other = await SamplePathway.IssueAsync(_gateway, pathway, "Another Learner", "part-two");
        await _gateway.SaysAsync("/v1/pathways?pageSize=200", pathway);
        var both = new JsonArray([.. own.Concat(other).Select(one => one!.DeepClone())]);
        Assert.Equal("nothing", await PostAsync(_gateway.Anyone, "/progress/sharing", pathway, []));
        await Until.TrueAsync(
            async () => await PostAsync(_gateway.Anyone, "/progress/sharing", pathway, both) == "several",
            () => "the credentials are not valid yet");
        Assert.DoesNotContain(
            _gateway.Services.GetRequiredService<SharedFacts>().Count(
                SharedFact.Stage, DateTimeOffset.UtcNow.AddDays(40)),
            one => one.Subject.Contains(pathway, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    public async Task Pages_LeadFromOnesProgressToSharingIt_AndShowTheDeskWhatIsTold(
        string language, int width, bool script)
    {
        browser.OrSkip();
        string pathway = $"way-{Guid.NewGuid():N}"[..16];
        var credentials = await SamplePathway.IssueAsync(_gateway, pathway, "Pia Page", "part-one");
        await _gateway.SaysAsync("/v1/pathways?pageSize=200", pathway);
        var page = await browser.OpenAsync(
            $"{_gateway.Anyone.BaseAddress}progress?pathway={GatewaysFixture.Aurora}/{pathway}/1", width,
            language, script);
        await page.Locator("#credentials").FillAsync(credentials.ToJsonString());
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator("#pace")).ToBeVisibleAsync();
        if (script) await DeskVisitor.ExamineAsync(page, $"pace-{language}-{width}");
        await page.Locator("#share button").ClickAsync();
        await Browser.ComesToAsync(page, "/progress/sharing?now=shared*");
        await Assertions.Expect(page.Locator("#own")).ToContainTextAsync("Three Parts");
        if (script) await DeskVisitor.ExamineAsync(page, $"sharing-{language}-{width}");
        await page.Locator("#withdraw").ClickAsync();
        await Assertions.Expect(page.Locator("#withdraw")).ToHaveCountAsync(0);

        await ShareAsync(pathway, "1", 12);
        var desk = await DeskVisitor.SignInAsync(browser, _gateway, width, language, script);
        await DeskVisitor.GoToAsync(desk, "/desk/analytics");
        await Assertions.Expect(desk.Locator("#next")).ToContainTextAsync("10");
        if (script) await DeskVisitor.ExamineAsync(desk, $"analytics-{language}-{width}");
    }

    /// <summary>Publishes a pathway of which one credential was issued, and tells its name.</summary>
    private async Task<string> PublishAsync()
    {
        string pathway = $"way-{Guid.NewGuid():N}"[..16];
        await SamplePathway.IssueAsync(_gateway, pathway, "Somebody", "part-one");
        await _gateway.SaysAsync("/v1/pathways?pageSize=200", pathway);
        await _gateway.SaysAsync("/v1/statistics", "part-one");
        return pathway;
    }

    /// <summary>Has as many share as said, two months ago: how far they are, and two achievements in a row.</summary>
    private async Task ShareAsync(string pathway, string groups, int learners)
    {
        var facts = _gateway.Services.GetRequiredService<SharedFacts>();
        string taken = groups == "0" ? $"rare-{pathway}" : $"{GatewaysFixture.Aurora}/part-two";
        for (int i = 0; i < learners; i++)
        {
            await facts.ShareAsync(
                LearnerSecret.Draw(),
                [
                    new SharedFact(SharedFact.Stage, $"{GatewaysFixture.Aurora}/{pathway}/1", groups),
                    new SharedFact(SharedFact.Next, $"{GatewaysFixture.Aurora}/{pathway}", taken),
                ],
                DateTimeOffset.UtcNow.AddMonths(-2));
        }
    }

    private async Task<JsonNode> CountAsync() =>
        JsonNode.Parse(await _gateway.Registrar.GetStringAsync("/v1/analytics", Cancellation))!;

    /// <summary>Sends a form, and tells what became of it.</summary>
    private static async Task<string?> PostAsync(
        HttpClient learner, string address, string pathway, JsonArray credentials)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("lang", "en"), new("pathway", $"{GatewaysFixture.Aurora}/{pathway}/1"),
            new("credentials", credentials.ToJsonString()),
        ]);
        using var answer = await learner.PostAsync(address, form, Cancellation);
        string where = answer.Headers.Location?.ToString() ?? answer.RequestMessage!.RequestUri!.ToString();
        return System.Web.HttpUtility.ParseQueryString(where[where.IndexOf('?', StringComparison.Ordinal)..])["now"];
    }
}
