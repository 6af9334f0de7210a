using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is said of an award after one of the credentials that it was made for was revoked.</summary>
public sealed class AwardedPartsTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Award_WhosePartIsRevoked_SaysSoInTheHead_OfTheAnswerThePageTheTerminalAndTheBundle()
    {
        var (award, parts) = await AwardAsync("parts-revoked", "Kaisa Niemi");
        var before = await _issuer.VerifyAsync(award);
        Assert.Equal("pass", before.Outcome("parts"));
        Assert.Equal("Valid.", (string?)before["headline"]);
        Assert.Empty(before["headlineCodes"]!.AsArray());

        string part = ((string)parts[1]!["id"]!)["urn:uuid:".Length..];
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{part}/revocation", new { reason = "misconduct" }));
        JsonNode verdict = new JsonObject();
        await Until.TrueAsync(
            async () => (verdict = await _issuer.VerifyAsync(award)).Outcome("parts") == "warning",
            () => verdict.ToJsonString());
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.Equal("partsDoNotStand", (string?)verdict["headlineCodes"]!.AsArray().Single());
        Assert.StartsWith("Valid, with a reservation: ", (string?)verdict["headline"], StringComparison.Ordinal);
        Assert.Contains("misconduct", (string?)verdict["headline"], StringComparison.Ordinal);
        Assert.Equal(
            ["doesNotStand", "stands", "stands"],
            verdict["parts"]!.AsArray().Select(one => (string)one!["standing"]!).Order(StringComparer.Ordinal));

        string page = await PageAsync(Encoding.UTF8.GetString(award));
        Assert.Contains("<h2 id=\"verdict-title\">Valid, with a reservation</h2>", page, StringComparison.Ordinal);
        Assert.Contains("(revoked).</p></div>", HeadOf(page), StringComparison.Ordinal);
        await TerminalSaysItFirstAsync(award);
        await BundleDoesNotKnowAsync(award);
    }

    [Fact]
    public async Task Award_BehindALink_TellsHowManyPartsFell_AndNotWhich()
    {
        var (award, parts) = await AwardAsync("parts-by-link", "Veikko Lehto");
        string part = ((string)parts[0]!["id"]!)["urn:uuid:".Length..];
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{part}/suspension", new { reason = "underReview" }));
        var link = new Uri(_issuer.Anyone.BaseAddress!, $"/v1/credentials/{GatewayHost.IdOf(award)}");
        string page = "";
        await Until.TrueAsync(
            async () => (page = await PageAsync(link.ToString()))
                .Contains("with a reservation", StringComparison.Ordinal),
            () => page);
        Assert.Contains("not all of them stand: 1 of 3.", HeadOf(page), StringComparison.Ordinal);
        Assert.DoesNotContain("(suspended)", page, StringComparison.Ordinal);
    }

    private async Task TerminalSaysItFirstAsync(byte[] award)
    {
        string folder = Directory.CreateTempSubdirectory("microcreds-parts-").FullName;
        try
        {
            string file = Path.Combine(folder, "award.json");
            await File.WriteAllBytesAsync(file, award, TestContext.Current.CancellationToken);
            var said = (await MicroCredsProgram.RunAsync(
                ["verify", file, "--gateway", _issuer.Anyone.BaseAddress!.ToString()], null, null)).Ends(0);
            Assert.StartsWith("valid ", said.Lines[0], StringComparison.Ordinal);
            Assert.Contains("Valid, with a reservation: It was awarded for", said.Lines[0], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A bundle proves the award's own records; how its parts stand, nobody can tell from it.</summary>
    private async Task BundleDoesNotKnowAsync(byte[] award)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var content = new ByteArrayContent(award);
        using var made = await GatewayHost.OkAsync(
            await _issuer.Anyone.PostAsync("/v1/bundles", content, cancellation));
        var trust = LedgerTrust.Read(await _issuer.Anyone.GetByteArrayAsync("/v1/trust", cancellation));
        var verdict = await new BundleVerifier(TimeProvider.System, new BundleVerificationOptions { Trust = trust })
            .VerifyAsync(await made.Content.ReadAsByteArrayAsync(cancellation), cancellation);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal([CheckCodes.PartsNotKnown], verdict.HeadlineCodes);
        Assert.StartsWith("Valid, with a reservation as of ", verdict.Headline, StringComparison.Ordinal);
        Assert.Contains("whether all of them stand is not known here", verdict.Headline, StringComparison.Ordinal);
    }

    private async Task<(byte[] Award, JsonArray Parts)> AwardAsync(string pathway, string name)
    {
        var parts = await SamplePathway.IssueAsync(_issuer, pathway, name, "part-one", "part-two", "part-three");
        using var answer = await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/pathways/{pathway}/1/awards",
            new JsonObject
            {
                ["credentials"] = parts.DeepClone(),
                ["recipient"] = new JsonObject { ["name"] = name },
            }));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), parts);
    }

    private async Task<string> PageAsync(string entered)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(entered), "credential" },
            { new StringContent("en"), "lang" },
        };
        using var answer = await _issuer.Anyone.PostAsync("/verify", form, TestContext.Current.CancellationToken);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string HeadOf(string page)
    {
        int start = page.IndexOf("<div id=\"verdict\">", StringComparison.Ordinal);
        return page[start..page.IndexOf("id=\"checks", start, StringComparison.Ordinal)];
    }
}
