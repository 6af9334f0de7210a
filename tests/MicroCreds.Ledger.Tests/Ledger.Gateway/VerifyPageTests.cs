using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The /verify page as it is without a script: forms go in, HTML comes out.</summary>
public sealed partial class VerifyPageTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Markup = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";

    private readonly GatewayHost _gateway = gateways.Issuer;

    [Fact]
    public async Task Post_Credential_ShowsVerdictElementsChecksAndIssuer()
    {
        byte[] document = await _gateway.IssueAsync("Aino Virtanen");
        string page = await PostAsync(document);
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.Equal(6, Regex.Count(page, "<li class=\"pass\">"));
        foreach (string said in (string[])
        [
            "Aino Virtanen", "Data Literacy", "Judges a data source", "3 ECTS credits", "portfolio",
            "Blended: online and on site", "internal", "Awarding body", "Date of issuing", "On the ledger since",
            "<dd>AuroraMSP</dd>", "Confirmed by a vote of the consortium&#x27;s members on",
        ])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Post_Tampered_SaysWhyAndWhatToDo_InTheLanguageSwitchedTo()
    {
        string document = Encoding.UTF8.GetString(await _gateway.IssueAsync("Aino Virtanen"));
        string page = await PostAsync(
            ("kept", document.Replace("Aino", "Aina", StringComparison.Ordinal)), ("lang", "en"), ("switch", "de"));
        Assert.Contains("<html lang=\"de\">", page, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"verdict-title\">Nicht gültig</h2>", page, StringComparison.Ordinal);
        Assert.Contains("Die Signatur passt nicht", page, StringComparison.Ordinal);
        Assert.Contains("Was das Dokument behauptet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("The signature", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_File_IsVerifiedLikeText()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await _gateway.IssueAsync("Aino Virtanen")), "file", "credential.json" },
        };
        using var answer = await _gateway.Anyone.PostAsync("/verify", form, TestContext.Current.CancellationToken);
        string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_HtmlInEveryField_IsShownAsText()
    {
        var definition = GatewayHost.Achievement("markup");
        foreach (string member in (string[])
        [
            "name", "description", "criteria", "assessment", "qualityAssurance", "prerequisites", "stacksInto",
            "furtherInformation",
        ])
        {
            definition[member] = Markup;
        }

        definition["stackability"] = "stackable";
        definition["learningOutcomes"] = new JsonArray(Markup);
        definition["skills"] = new JsonArray(
            new JsonObject { ["name"] = Markup, ["url"] = "https://x.example/?a=1&b='2", ["framework"] = Markup });
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", definition));
        var row = GatewayHost.Row(Markup, "markup");
        row["result"] = new JsonObject { ["value"] = Markup };
        row["evidence"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://x.example/e",
            ["name"] = Markup,
            ["description"] = Markup,
        });
        using var issued = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", row));
        string document = await issued.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        string page = await PostAsync(Encoding.UTF8.GetBytes(document));
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page, "<script"));
        Assert.DoesNotContain("onerror=alert(1)>", page, StringComparison.Ordinal);
        Assert.True(Regex.Count(page, "&lt;script&gt;") > 12, "Not every field is shown.");

        // A forged document may hold what issuing refuses: an address that would run.
        string forged = document.Replace("https://x.example/e", "javascript:alert(1)", StringComparison.Ordinal);
        Assert.DoesNotContain(
            "href=\"javascript", await PostAsync(Encoding.UTF8.GetBytes(forged)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/c/1", "leads to evil.example")]
    [InlineData("HTTPS://EVIL.EXAMPLE/verify#eyJhbGciOiJub25lIn0", "leads to evil.example")]
    [InlineData("https://xn--pple-43d.example/", "xn--pple-43d.example")]
    [InlineData("{own}@evil.example/v1/credentials/1", "leads to evil.example")]
    [InlineData("{own}.evil.example/v1/credentials/1", "could run a program")]
    [InlineData("javascript:alert(document.domain)", "could run a program")]
    [InlineData("data:text/html,<script>alert(1)</script>", "could run a program")]
    [InlineData("openid4vp://authorize?x", "could run a program")]
    [InlineData("{own}/v1/api-keys", "not to a credential")]
    [InlineData("{own}/v1/credentials/00000000-0000-4000-8000-000000000000", "no credential under that link")]
    [InlineData("", "nothing to verify")]
    public async Task Post_LinkThatIsNotOpened_IsRefusedWithItsReason(string text, string reason)
    {
        string own = _gateway.Anyone.BaseAddress!.ToString().TrimEnd('/');
        string page = await PostAsync(("credential", text.Replace("{own}", own, StringComparison.Ordinal)));
        Assert.Contains("Not opened", page, StringComparison.Ordinal);
        Assert.Contains(reason, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"checks\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_LinkOfOurs_ShowsThatItStands_AndNotWhoseItIs()
    {
        byte[] document = await _gateway.IssueAsync("Aino Virtanen");
        string id = GatewayHost.IdOf(document)["urn:uuid:".Length..];
        var link = new Uri(_gateway.Anyone.BaseAddress!, $"/v1/credentials/{id}");
        string page = await PostAsync(("credential", link.ToString()));
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.Contains("Data Literacy", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Aino", page, StringComparison.Ordinal);

        string carried = new Uri(_gateway.Anyone.BaseAddress!, "/verify#").ToString()
            + Uri.EscapeDataString(Encoding.UTF8.GetString(document));
        Assert.Contains("Aino Virtanen", await PostAsync(("credential", carried)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_DamagedPicture_IsToldAsSuch()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), "file", "qr.png" },
        };
        using var answer = await _gateway.Anyone.PostAsync("/verify", form, TestContext.Current.CancellationToken);
        string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("This file is damaged", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithAllThatItLoads_WeighsLessThan100Kilobytes()
    {
        string page = await _gateway.Anyone.GetStringAsync("/verify", TestContext.Current.CancellationToken);
        int bytes = Encoding.UTF8.GetByteCount(page);
        var files = Loaded().Matches(page).Select(match => match.Groups[1].Value).Append("/qr.js").Distinct().ToList();
        Assert.Equal(5, files.Count);
        foreach (string file in files)
            bytes += (await _gateway.Anyone.GetByteArrayAsync(file, TestContext.Current.CancellationToken)).Length;
        Assert.InRange(bytes, 1, 100_000);
    }

    private Task<string> PostAsync(byte[] document) => PostAsync(("credential", Encoding.UTF8.GetString(document)));

    private async Task<string> PostAsync(params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        using var answer = await _gateway.Anyone.PostAsync("/verify", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("(?:src|href)=\"(/[a-z]+\\.(?:js|css|svg))\"")]
    private static partial Regex Loaded();
}
