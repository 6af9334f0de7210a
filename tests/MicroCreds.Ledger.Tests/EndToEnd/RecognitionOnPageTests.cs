using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// In a real browser: what the desk tells anyone who comes without a login; and beside the verdict on /verify, who
/// recognizes the credential.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class RecognitionOnPageTests(RunningConsortium consortium, Browser found)
    : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly Browser browser = found.OrSkip();

    /// <summary>What a test proposed, which ends with it: other tests ask what is agreed.</summary>
    private readonly List<(RunningInstitution Proposer, string Id)> _proposed = [];

    private RunningInstitution Own => consortium[1];

    private RunningInstitution Partner => consortium[0];

    /// <summary>It accredits, and agrees with nobody.</summary>
    private RunningInstitution Agency => consortium[3];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var (proposer, id) in _proposed)
            await proposer.SendAsync(HttpMethod.Post, $"/v1/agreements/{id}/notice", new { });
    }

    [Theory]
    [InlineData("en", 360)]
    [InlineData("de", 1280)]
    public async Task Desk_WithoutALogin_OrAScript_ShowsWhatWaits_TheMatrix_TheAccredited_AndFigures(
        string language, int width)
    {
        string id = $"page-{Guid.NewGuid():N}";
        await AgreeAsync(id + "-ours", Partner, Own, Own, credits: 4);
        await ProposeAsync(Partner, id + "-waiting", [Partner, Own], credits: null);
        await ProposeAsync(Own, id + "-pending", [Own, Partner], credits: 2);
        await Own.SaysAsync("/v1/agreements?waiting=true", id + "-waiting");
        await Own.IssueAsync(Registrar.Request("battery-systems", "Jürgen Müller"));
        var page = await browser.OpenAsync($"{Own.GatewayUrl}/registrar", width, language, script: false);
        Assert.EndsWith("/desk/agreements", new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("#waiting")).ToContainTextAsync(id + "-waiting");
        await Assertions.Expect(page.Locator("#pending")).ToContainTextAsync(id + "-pending");
        await Browser.AssertFitsAsync(page);
        await page.GotoAsync($"{Own.GatewayUrl}/desk/agreements/matrix");
        var row = page.Locator("#matrix tbody tr", new() { HasText = Partner.Name });
        await Assertions.Expect(row.Locator("td").Nth(1)).ToContainTextAsync(
            language == "de" ? "4 ECTS-Leistungspunkte" : "4 ECTS credits");
        await Browser.AssertFitsAsync(page);
        await page.GotoAsync($"{Own.GatewayUrl}/desk/accreditations");
        await Assertions.Expect(page.Locator("#accreditations")).ToContainTextAsync(Agency.Name);
        await Browser.AssertFitsAsync(page);
        await page.GotoAsync($"{Own.GatewayUrl}/desk/figures");
        await Assertions.Expect(page.Locator("#months tbody tr").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("Müller");
        await Browser.AssertFitsAsync(page);
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task VerifyPage_ShowsWhoRecognizesACredential_ApartFromTheVerdict(string language, int width)
    {
        string id = $"shown-{Guid.NewGuid():N}";
        await AgreeAsync(id, Partner, Own, Own, credits: 4);
        var issued = await Partner.IssueAsync(Registrar.Request("arctic-climate-risk", "Helmi Salo"));
        await Own.VerifyUntilAsync(issued.Document, "valid");
        var page = await browser.OpenAsync($"{Own.GatewayUrl}/verify", width, language);
        await page.Locator("#credential").FillAsync(issued.Document);
        await page.Locator("#verify").ClickAsync();
        var section = page.Locator("#recognition");
        await Assertions.Expect(section.Locator(".recognized", new() { HasText = Own.Name }))
            .ToContainTextAsync(language == "de" ? "4 ECTS-Leistungspunkte" : "4 ECTS credits");
        await Assertions.Expect(section.Locator(".refused", new() { HasText = Agency.Name }))
            .ToContainTextAsync(language == "de" ? "keine Vereinbarung" : "no agreement");
        Assert.Equal(0, await page.Locator("#verdict #recognition").CountAsync());
        await Browser.AssertFitsAsync(page);
        await Browser.AssertAccessibleAsync(page);
        await Browser.ShootAsync(page, $"verify-recognition-{language}-{width}");
    }

    /// <summary>Proposes what one party recognizes of the others' and has the other party accept.</summary>
    private async Task AgreeAsync(
        string id, RunningInstitution proposer, RunningInstitution other, RunningInstitution recognizer,
        double? credits)
    {
        await ProposeAsync(proposer, id, [proposer, other], credits, recognizer);
        await other.SaysAsync("/v1/agreements?waiting=true", id);
        var (status, answer) = await other.SendAsync(
            HttpMethod.Post, $"/v1/agreements/{proposer.MspId}.{id}/versions/1/acceptance", new { });
        Assert.True(status == HttpStatusCode.OK, answer?.ToString());
        await Own.SaysAsync($"/v1/agreements/{proposer.MspId}.{id}", "\"inForce\"");
    }

    private async Task ProposeAsync(
        RunningInstitution proposer, string id, RunningInstitution[] parties, double? credits,
        RunningInstitution? recognizer = null)
    {
        var clause = new JsonObject
        {
            ["id"] = "courses",
            ["scope"] = new JsonObject { ["levels"] = new JsonArray(5, 6, 7) },
            ["maxCreditsPerLearner"] = 12,
        };
        if (credits is not null) clause["credits"] = credits;
        if (recognizer is not null)
        {
            clause["recognizedBy"] = new JsonArray(recognizer.MspId);
            clause["awardedBy"] = new JsonArray(
                [.. parties.Where(party => party != recognizer).Select(party => (JsonNode)party.MspId)]);
        }

        _proposed.Add((proposer, $"{proposer.MspId}.{id}"));
        var (status, answer) = await proposer.SendAsync(HttpMethod.Post, "/v1/agreements", new JsonObject
        {
            ["id"] = id,
            ["name"] = credits is null ? "A convention on short courses" : "Short courses on climate and energy",
            ["parties"] = new JsonArray([.. parties.Select(party => (JsonNode)party.MspId)]),
            ["clauses"] = new JsonArray(clause),
            ["validUntil"] = DateTimeOffset.UtcNow.AddYears(3).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"),
            ["noticeDays"] = 0,
            ["reference"] = "https://www.aurora.example/agreements/linden.pdf",
        });
        Assert.True(status == HttpStatusCode.Created, answer?.ToString());
    }
}
