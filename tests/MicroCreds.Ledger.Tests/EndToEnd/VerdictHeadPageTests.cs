using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What a reader of /verify must not miss stands in the head of the verdict, on the first screen.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class VerdictHeadPageTests(RunningConsortium consortium, Browser found) : IClassFixture<Browser>
{
    private const string Accredited = "TejoMSP";
    private const string Accreditations = "/v1/accreditations";

    /// <summary>The height of a small phone's window, in CSS pixels.</summary>
    private const int Fold = 640;

    private readonly Browser browser = found.OrSkip();

    private string Address => $"{consortium[1].GatewayUrl}/verify";

    [Fact]
    public async Task Head_OfAnAwardWhosePartWasRevoked_SaysSo()
    {
        string award = await AwardWithARevokedPartAsync();
        await consortium[1].VerifyUntilAsync(award, "valid", "partsDoNotStand");
        await ReadsInTheHeadAsync(
            "part-revoked", award,
            "not all of them stand: “Arctic Climate Risk Assessment” (revoked)",
            "nicht alle davon gelten: „Arctic Climate Risk Assessment“ (widerrufen)");
    }

    [Fact]
    public async Task Head_OfACredentialWhoseIssuersAccreditationWasSuspended_SaysSo()
    {
        // Others may be in force, or not any more, whichever tests ran before.
        var accreditor = consortium[3];
        string id = "head-" + Guid.NewGuid().ToString("N")[..12];
        var (granted, grant) = await accreditor.SendAsync(
            HttpMethod.Post, Accreditations, new { mspId = Accredited, id, scope = new { } });
        Assert.True(granted == HttpStatusCode.Created, grant?.ToString());
        var suspended = new List<string>();
        try
        {
            var (_, all) = await accreditor.SendAsync(
                HttpMethod.Get, $"{Accreditations}?mspId={Accredited}&accreditor={accreditor.MspId}");
            foreach (var one in all!["items"]!.AsArray().Where(one => (string?)one!["state"] == "inForce"))
            {
                string suspension = $"{Accreditations}/{Accredited}/{one!["id"]}/suspension";
                var (status, body) = await accreditor.SendAsync(HttpMethod.Post, suspension, new { });
                Assert.True(status == HttpStatusCode.OK, body?.ToString());
                suspended.Add(suspension);
            }

            Assert.NotEmpty(suspended);
            var issued = await consortium[2].IssueAsync(Registrar.Request("ocean-economy", "Inês Carvalho"));
            await consortium[1].VerifyUntilAsync(issued.Document, "valid", "accreditationSuspended");
            await ReadsInTheHeadAsync(
                "accreditation-suspended", issued.Document,
                "accreditation for this achievement was suspended when it was anchored",
                "Akkreditierung der Einrichtung für diese Leistung war ausgesetzt");
        }
        finally
        {
            foreach (string suspension in suspended) await accreditor.SendAsync(HttpMethod.Delete, suspension);
            await accreditor.SendAsync(HttpMethod.Post, $"{Accreditations}/{Accredited}/{id}/withdrawal", new { });
        }
    }

    private async Task<string> AwardWithARevokedPartAsync()
    {
        const string Learner = "Helmi Vanhanen";
        var first = await consortium[0].IssueAsync(Registrar.Request("data-literacy", Learner));
        var second = await consortium[0].IssueAsync(Registrar.Request("arctic-climate-risk", Learner));
        var (awarded, award) = await consortium[0].SendAsync(
            HttpMethod.Post, "/v1/pathways/arctic-data/1/awards",
            new JsonObject
            {
                ["credentials"] = new JsonArray(first.Json, second.Json),
                ["recipient"] = new JsonObject { ["name"] = Learner },
            });
        Assert.True(awarded == HttpStatusCode.Created, award?.ToString());
        var (revoked, said) = await consortium[0].SendAsync(
            HttpMethod.Post, $"{second.Location}/revocation", new { reason = "misconduct" });
        Assert.True(revoked == HttpStatusCode.OK, said?.ToString());
        return award!.ToJsonString();
    }

    private async Task ReadsInTheHeadAsync(string name, string document, string english, string german)
    {
        foreach (string language in (string[])["en", "de"])
        {
            foreach (int width in (int[])[360, 1280])
            {
                var page = await browser.OpenAsync(Address, width, language);
                await page.SetViewportSizeAsync(width, Fold);
                await page.Locator("#credential").FillAsync(document);
                await page.Locator("#verify").ClickAsync();
                await Assertions.Expect(page.Locator("#verdict #verdict-title"))
                    .ToHaveTextAsync(language == "de" ? "Gültig, mit Vorbehalt" : "Valid, with a reservation");
                await Assertions.Expect(page.Locator("#result")).ToHaveClassAsync("reserved");
                var sentence = page.Locator("#verdict #because");
                await Assertions.Expect(sentence).ToContainTextAsync(language == "de" ? german : english);
                await Browser.ShootAsync(page, $"verify-{name}-{language}-{width}");
                await IsOnTheFirstScreenAsync(page, sentence);
                await Browser.AssertFitsAsync(page);
                await Browser.AssertAccessibleAsync(page);
                await page.CloseAsync();
            }
        }

        var plain = await browser.OpenAsync(Address, 360, script: false);
        await plain.SetViewportSizeAsync(360, Fold);
        await plain.Locator("#credential").FillAsync(document);
        await plain.Locator("#verify").ClickAsync();
        await IsOnTheFirstScreenAsync(plain, plain.Locator("#verdict #because"));
    }

    private static async Task IsOnTheFirstScreenAsync(IPage page, ILocator sentence)
    {
        var box = (await sentence.BoundingBoxAsync())!;
        Assert.True(box.Y >= 0 && box.Y + box.Height <= Fold, $"It stands from {box.Y} to {box.Y + box.Height}.");
        Assert.Equal(Fold, page.ViewportSize!.Height);
    }
}
