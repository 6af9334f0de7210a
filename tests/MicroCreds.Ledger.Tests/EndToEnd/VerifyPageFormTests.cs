using System.Text;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The /verify page with credentials in their further forms: pasted, dropped, chosen.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class VerifyPageFormTests(RunningConsortium consortium, Browser found) : IClassFixture<Browser>
{
    private readonly Browser browser = found.OrSkip();

    private const string VcJwt = "application/vc+jwt";
    private const string SdJwt = "application/dc+sd-jwt";

    /// <summary>How long the credential that runs out lives: long enough to be issued on a busy machine.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(15);

    private static readonly Dictionary<string, (string English, string German)> Reasons = new()
    {
        ["valid"] = ("", ""),
        ["revoked"] = ("Revoked by its issuer", "widerrufen"),
        ["suspended"] = ("Suspended by its issuer", "ausgesetzt"),
        ["expired"] = ("It expired on", "abgelaufen"),
        ["tampered"] = ("The signature does not fit", "Die Signatur passt nicht"),
    };

    private RunningInstitution Issuer => consortium[0];

    private string Address => $"{Issuer.GatewayUrl}/verify";

    [Theory]
    [InlineData("de", 360)]
    public async Task Page_EveryFormOfEveryVerdict_IsReadHoweverItIsGiven(string language, int width)
    {
        var page = await browser.OpenAsync(Address, width, language);
        foreach (var (state, form, text) in await CasesAsync())
        {
            await page.EvaluateAsync("document.getElementById('result')?.remove()");
            await GiveAsync(page, form, text);
            await page.Locator("#result").WaitForAsync();
            await ShowsAsync(page, language, state);
            await Browser.AssertFitsAsync(page);
            await Browser.AssertAccessibleAsync(page);
            await Browser.ShootAsync(page, $"verify-{form}-{state}-{language}-{width}");
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Page_WithoutAScript_ReadsEveryForm(string language)
    {
        var good = await IssueAsync("Otso Lehto");
        string[] forms =
        [
            await Issuer.ReadAsync(good, VcJwt), await Issuer.ReadAsync(good, SdJwt),
            await Issuer.BundleAsync(good.Document),
        ];
        var page = await browser.OpenAsync(Address, width: 360, language, script: false);
        foreach (string text in forms)
        {
            await page.Locator("#credential").FillAsync(text);
            await page.Locator("#verify").ClickAsync();
            await ShowsAsync(page, language, "valid");
            await page.GotoAsync(Address);
            await page.Locator("#file").SetInputFilesAsync(FileOf("credential.txt", text));
            await page.Locator("#verify").ClickAsync();
            await ShowsAsync(page, language, "valid");
            await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Otso Lehto");
        }
    }

    [Fact]
    public async Task Page_SdJwtWithoutTheName_SaysThatItDoesNotTellWhose()
    {
        string[] parts = (await Issuer.ReadAsync(await IssueAsync("Otso Lehto"), SdJwt)).Split('~');
        var page = await browser.OpenAsync(Address);
        await page.Locator("#credential").FillAsync(parts[0] + "~");
        await page.Locator("#verify").ClickAsync();
        await ShowsAsync(page, "en", "valid");
        await Assertions.Expect(page.Locator("#notices")).ToContainTextAsync("name is not shown");
        await Assertions.Expect(page.Locator("#result")).Not.ToContainTextAsync("Otso");
        await Browser.ShootAsync(page, "verify-sdJwt-withheld-en-1280");
    }

    [Theory]
    [InlineData("%E0%A4%A-this-is-cut-off-somewhere")]
    [InlineData("%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D1%3E")]
    public async Task Page_GarbageBehindTheHash_IsToldAsSuch(string hash)
    {
        var page = await browser.OpenAsync($"{Address}#{hash}");
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync("Not of this consortium");
        Assert.DoesNotContain("#", page.Url, StringComparison.Ordinal);
    }

    private static Task GiveAsync(IPage page, string form, string text) => form switch
    {
        "vcJwt" => page.EvaluateAsync(
            """
            ([name, text]) => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([text], name));
              const drop = new DragEvent('drop', {dataTransfer: dropped, bubbles: true});
              document.getElementById('drop').dispatchEvent(drop);
            }
            """, new[] { "credential.jwt", text }),
        "bundle" => page.Locator("#file").SetInputFilesAsync(FileOf("bundle.json", text)),
        _ => PasteAsync(page, text),
    };

    private static async Task PasteAsync(IPage page, string text)
    {
        await page.Locator("#credential").FillAsync($"\n  {text}\n");
        await page.Locator("#verify").ClickAsync();
    }

    private static async Task ShowsAsync(IPage page, string language, string state)
    {
        bool isGerman = language == "de";
        string title = state == "valid" ? (isGerman ? "Gültig" : "Valid") : isGerman ? "Nicht gültig" : "Not valid";
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync(title);
        if (state == "valid") return;
        var (english, german) = Reasons[state];
        await Assertions.Expect(page.Locator("#because")).ToContainTextAsync(isGerman ? german : english);
    }

    private static FilePayload FileOf(string name, string text) =>
        new() { Name = name, MimeType = "application/octet-stream", Buffer = Encoding.UTF8.GetBytes(text) };

    private async Task<Issued> IssueAsync(string name, DateTimeOffset? validUntil = null)
    {
        var issued = await Issuer.IssueAsync(Registrar.Request("data-literacy", name, validUntil?.ToString(
            "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture)));
        await Issuer.VerifyUntilAsync(issued.Document, "valid");
        return issued;
    }

    private async Task<IReadOnlyList<(string State, string Form, string Text)>> CasesAsync()
    {
        var expired = await IssueAsync("Siiri Koskinen", TimeProvider.System.GetUtcNow() + ShortLife);
        var good = await IssueAsync("Siiri Koskinen");
        var revoked = await IssueAsync("Aino Korhonen");
        var suspended = await IssueAsync("Otso Lehto");
        await Issuer.SendAsync(HttpMethod.Post, $"{revoked.Location}/revocation", new { reason = "withdrawn" });
        await Issuer.SendAsync(HttpMethod.Post, $"{suspended.Location}/suspension", new { reason = "underReview" });
        await Issuer.VerifyUntilAsync(revoked.Document, "invalid", "revoked");
        await Issuer.VerifyUntilAsync(suspended.Document, "invalid", "suspended");
        await Issuer.VerifyUntilAsync(expired.Document, "invalid", "expired");
        var cases = new List<(string, string, string)>();
        foreach (var (state, issued) in new[]
            { ("valid", good), ("revoked", revoked), ("suspended", suspended), ("expired", expired) })
        {
            cases.Add((state, "vcJwt", await Issuer.ReadAsync(issued, VcJwt)));
            cases.Add((state, "sdJwt", await Issuer.ReadAsync(issued, SdJwt)));
            cases.Add((state, "bundle", await Issuer.BundleAsync(issued.Document)));
        }

        foreach (var (_, form, text) in cases[..3]) cases.Add(("tampered", form, Tamper(text)));
        return cases;
    }

    /// <summary>Changes a letter in the title, or in what is signed of a token.</summary>
    private static string Tamper(string text) => text[0] == '{'
        ? text.Replace("Siiri", "Siiru", StringComparison.Ordinal)
        : WithOtherTitle(text);

    private static string WithOtherTitle(string token)
    {
        string[] parts = token.Split('.', 3);
        string payload = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        string changed = payload.Replace("Data Literacy for", "Data Mastery for", StringComparison.Ordinal);
        return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(changed))}.{parts[2]}";
    }
}
