using System.Text;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>People bring a credential of another consortium with its proof, as two files or as one.</summary>
[Collection(TwoConsortia.Name)]
public sealed class AbroadPagesTests(TwoConsortia two, Browser browser) : IClassFixture<Browser>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_CredentialAndProof_SaysByWhoseWord_AsOfWhen_AndWhatItCountsFor()
    {
        var story = await two.StoryAsync();
        byte[] proof = await two.ProofAsync(story.Document);
        string page = await SendAsync("/verify", ("file", story.Document), ("file", proof));
        foreach (string said in (string[])
        [
            "<h2 id=\"verdict-title\">Valid</h2>", TwoConsortia.Northern, "by the word of AuroraMSP", "6 ECTS credits",
            "proofs that are at most 1 day old",
        ])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }

        // A member here of the same name is not its issuer.
        Assert.DoesNotContain("Confirmed by a vote", page, StringComparison.Ordinal);

        // One file that holds both is as good, and the language can be switched without it.
        string german = await SendAsync(
            "/verify", ("kept", story.Proven), ("lang", "en"u8.ToArray()), ("switch", "de"u8.ToArray()));
        Assert.Contains("<h2 id=\"verdict-title\">Gültig</h2>", german, StringComparison.Ordinal);
        Assert.Contains("nach dem Wort von AuroraMSP", german, StringComparison.Ordinal);

        // Of several files each proof goes to its own credential.
        byte[] own = await two.Here.IssueAsync("From Here");
        string several = await SendAsync("/verify", ("file", proof), ("file", own), ("file", story.Document));
        Assert.Contains("2 of 2 valid", several, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WithoutTheOther_SaysWhatToBring()
    {
        var story = await two.StoryAsync();
        string page = await SendAsync("/verify", ("file", story.Document));
        Assert.Contains("Could not be verified", page, StringComparison.Ordinal);
        Assert.Contains("Bring its proof with it", page, StringComparison.Ordinal);
        Assert.Contains("https://aurora.example/v1/log/proofs/AuroraMSP/", page, StringComparison.Ordinal);
        byte[] proof = await two.ProofAsync(story.Document);
        Assert.Contains(
            "This is a proof", await SendAsync("/verify", ("file", proof)), StringComparison.Ordinal);

        // A proof of another credential is told as such.
        byte[] other = await two.There.IssueAsync("Another Learner");
        page = await SendAsync("/verify", ("file", other), ("file", proof));
        Assert.Contains("The proof belongs to another credential", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_CountsIt_FromTwoFiles()
    {
        var story = await two.StoryAsync();
        await AbroadTests.PublishPathwayAsync(two.Here);
        byte[] pathway = "AuroraMSP/abroad-path/1"u8.ToArray();
        byte[] proof = await two.ProofAsync(story.Document);
        string page = await SendAsync(
            "/progress", ("files", story.Document), ("files", proof), ("pathway", pathway));
        Assert.Contains("6 ECTS credits, in Core", page, StringComparison.Ordinal);
        Assert.Contains("AuroraMSP.abroad-2026", page, StringComparison.Ordinal);
        page = await SendAsync("/progress", ("files", story.Document), ("pathway", pathway));
        Assert.Contains("Bring its proof with it", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Pages_AreLookedAt(string language, int width)
    {
        browser.OrSkip();
        var story = await two.StoryAsync();
        FilePayload[] files =
        [
            FileOf("credential.json", story.Document),
            FileOf("credential.tlog-proof", await two.ProofAsync(story.Document)),
        ];
        var page = await browser.OpenAsync($"{two.Here.Anyone.BaseAddress}verify", width, language);
        await page.Locator("#file").SetInputFilesAsync(files);
        await Assertions.Expect(page.Locator("#abroad-word")).ToHaveTextAsync("AuroraMSP");
        await DeskVisitor.ExamineAsync(page, $"verify-abroad-{language}-{width}");
        await page.Locator("#file").SetInputFilesAsync(files[..1]);
        await Assertions.Expect(page.Locator("#abroad-needed")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, $"verify-abroad-alone-{language}-{width}");

        page = await DeskVisitor.SignInWithKeyAsync(browser, two.Here, "/desk/recognition", width, language);
        await page.Locator("#file").SetInputFilesAsync(files);
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync(
            language == "de" ? "6 ECTS-Leistungspunkte" : "6 ECTS credits");
        await Assertions.Expect(page.Locator(".abroad-word")).ToContainTextAsync("AuroraMSP");
        await DeskVisitor.ExamineAsync(page, $"desk-decision-abroad-{language}-{width}");
    }

    private static FilePayload FileOf(string name, byte[] content) =>
        new() { Name = name, MimeType = "application/octet-stream", Buffer = content };

    private async Task<string> SendAsync(string address, params (string Field, byte[] Content)[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (i, (field, content)) in parts.Index())
        {
            if (field.StartsWith("file", StringComparison.Ordinal))
                form.Add(new ByteArrayContent(content), field, $"{i}.json");
            else form.Add(new StringContent(Encoding.UTF8.GetString(content)), field);
        }

        using var answer = await two.Here.Anyone.PostAsync(address, form, Cancelled);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }
}
