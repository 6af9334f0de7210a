using System.Text;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The desk in a real browser: a table is sent, looked at, issued; and its learners are found.</summary>
public sealed class DeskTablePageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = gateways.Issuer;

    private string Desk => $"{_gateway.Anyone.BaseAddress}desk";

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    [InlineData("en", 360, false)]
    public async Task Table_WithTwoFaultyRows_IsLookedAt_Issued_AndItsLearnersAreFound(
        string language, int width, bool script)
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language, script);
        await page.GotoAsync($"{Desk}/many");
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-many-{language}-{width}");
        await page.Locator("#file").SetInputFilesAsync(Csv(mark));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("10");
        await Assertions.Expect(page.Locator("#faulty")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#findings tbody tr")).ToHaveCountAsync(2);
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-many-checked-{language}-{width}");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/batches/**");

        // It looks again by itself until it is issued.
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync(
            language == "de" ? "Ausgestellt" : "Issued", new() { Timeout = (float)Until.Patience.TotalMilliseconds });
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-batch-{language}-{width}");
        await Until.TrueAsync(
            async () =>
            {
                await page.GotoAsync($"{Desk}/find?q=lernr+{mark}");
                return await page.Locator("#found tbody tr").CountAsync() == 10;
            },
            () => $"the learners of {mark} were not found");
        if (script) await DeskVisitor.ExamineAsync(page, $"desk-find-{language}-{width}");

        // The same table again: everybody has it, and nothing is left to be issued.
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(Csv(mark));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#already")).ToHaveTextAsync("10");
        Assert.Equal(0, await page.Locator("#issue").CountAsync());
    }

    [Fact]
    public async Task Template_IsForTheAchievementThatIsChosen_AndComesBackFilledIn()
    {
        string id = "templated-" + Guid.NewGuid().ToString("N")[..6];
        await _gateway.PrepareAsync(id);
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, language: "de");
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#template-of").SelectOptionAsync(id);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#template button").ClickAsync());
        string template = await System.IO.File.ReadAllTextAsync(
            (await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.EndsWith($"-{id}.csv", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Contains("Matrikelnummer", template, StringComparison.Ordinal);

        string[] lines = template.TrimEnd().Split("\r\n");
        string filled = $"{lines[0]}\r\nAino {id}{lines[1]}\r\n";
        await page.Locator("#file").SetInputFilesAsync(File("filled.csv", filled));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("1");
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Row_IsMendedOnThePage_AndIssuedWithTheRest(string language, int width)
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(File(
            "mend.csv", $"Name,Email\r\nFine {mark},fine-{mark}@s.example\r\nMended {mark},not an address\r\n"));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#faulty")).ToHaveTextAsync("1");
        await page.Locator("#findings summary").ClickAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-many-mend-{language}-{width}");
        await page.Locator("#cell-2-1").FillAsync($"mended-{mark}@s.example");
        await page.Locator("#cell-2-1").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#faulty")).ToHaveTextAsync("0");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/batches/**");
    }

    [Fact]
    public async Task Requests_OneALine_AreLookedAtAndIssued()
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        string good = GatewayHost.Row($"Ndjson {mark}").ToJsonString();
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(File("rows.ndjson", $"{good}\n{{\"achievement\":1}}\n"));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("1");
        await Assertions.Expect(page.Locator("#faulty")).ToHaveTextAsync("1");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/batches/**");
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Search_IsKeptUnderAName_UsedAgain_AndForgotten(string language, int width)
    {
        string name = $"Widerrufen {Guid.NewGuid():N}"[..18];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await page.GotoAsync($"{Desk}/find?state=revoked&achievement=data-literacy");
        await page.Locator("#save-view summary").ClickAsync();
        await page.Locator("#view-name").FillAsync(name);
        await page.Locator("#view-name").PressAsync("Enter");
        var kept = page.Locator(".views li").Filter(new LocatorFilterOptions { HasText = name });
        await Assertions.Expect(kept.Locator("a")).ToHaveAttributeAsync("aria-current", "true");
        await DeskVisitor.ExamineAsync(page, $"desk-find-views-{language}-{width}");
        await page.GotoAsync($"{Desk}/find");
        await kept.Locator("a").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveValueAsync("revoked");
        await kept.Locator("button").ClickAsync();
        await Assertions.Expect(kept).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Rest_ComesBackAsATable_WithReasons_AndWithoutFormulas()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(File(
            "rest.csv", "Name,Email\r\n=HYPERLINK(1),not an address\r\n"));
        await page.Locator("form.sheet button").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#rest").ClickAsync());
        string text = await System.IO.File.ReadAllTextAsync(
            await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(
            "Name;Email;Reason\r\n\"'=HYPERLINK(1)\";not an address;\"Mail address: give one address as name@domain, "
            + "without spaces.\"\r\n", text.TrimStart('\ufeff'));
    }

    [Theory]
    [InlineData("old.xls", "\u00d0\u00cf\u0011\u00e0", "old Excel")]
    [InlineData("picture.csv", "\u0089PNG\r\n\0\u0001", "neither a table")]
    [InlineData("broken.xlsx", "PK\u0003\u0004broken", "cannot be read")]
    [InlineData("headers.csv", "Name,Email\r\n", "no row below")]
    public async Task File_ThatIsNoTable_IsToldInWordsThatHelp(string name, string content, string said)
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = name,
            MimeType = "application/octet-stream",
            Buffer = Encoding.Latin1.GetBytes(content),
        });
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("main .note.bad")).ToContainTextAsync(said);
        await Browser.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task Columns_ThatNobodyKnows_AreMatchedByHand()
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{Desk}/many");
        await page.Locator("#file").SetInputFilesAsync(File(
            "odd.csv", $"Kandidat;Mail\r\nOdd {mark};{mark}@s.example\r\n"));
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("main .note.bad")).ToContainTextAsync("No column names the learners");
        await page.Locator("#col-name").SelectOptionAsync("0");
        await page.Locator("details form button").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("1");
        await Browser.AssertAccessibleAsync(page);
    }

    private static FilePayload Csv(string mark)
    {
        var csv = new StringBuilder("Name;E-Mail;Note\r\n");
        for (int i = 1; i <= 10; i++) csv.Append($"Lérner {mark} Nr{i};{mark}-{i}@s.example;1,{i}\r\n");
        csv.Append($"Faulty {mark};no address;2\r\n;{mark}-12@s.example;2\r\n");
        return File("learners.csv", csv.ToString());
    }

    private static FilePayload File(string name, string text) => new()
    {
        Name = name,
        MimeType = "text/csv",
        Buffer = Encoding.UTF8.GetBytes(text),
    };
}
