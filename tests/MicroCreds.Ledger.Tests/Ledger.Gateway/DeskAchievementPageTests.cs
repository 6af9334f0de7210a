using System.Text;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The desk in a real browser: an achievement is written, published, followed by another, retired.</summary>
public sealed class DeskAchievementPageTests(AchievementsFixture achievements, Browser found)
    : IClassFixture<AchievementsFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = achievements.Gateway;

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Achievement_IsWritten_Mended_Seen_Published_AndShowsItsPicture(string language, int width)
    {
        string id = $"written-{Guid.NewGuid():N}"[..16];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await DeskVisitor.GoToAsync(page, "/desk/achievements");
        await page.Locator("#new").ClickAsync();
        await page.Locator("#name").FillAsync("Reading Data Well");
        await page.Locator("#credits").FillAsync("three");
        await page.Locator("#preview").ClickAsync();
        await Assertions.Expect(page.Locator("#credits-fault")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#credits")).ToHaveValueAsync("three");
        await page.Locator("#credits").FillAsync("2,5");
        await page.Locator("#preview").ClickAsync();

        // What is missing is told at its field, and what was written is kept.
        await Assertions.Expect(page.Locator("#learningOutcomes-fault")).ToBeVisibleAsync();
        await ExamineAsync(page, $"desk-achievement-faulty-{language}-{width}");
        await FillAsync(page, id);
        await ChooseSkillAsync(page);
        await page.Locator("#preview").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/achievement-previews/*");
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("analyse big data");
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync(language == "de" ? "2,5" : "2.5");
        await ExamineAsync(page, $"desk-achievement-preview-{language}-{width}");
        await page.Locator("main a.quiet").ClickAsync();
        await SendPictureAsync(page);
        await ExamineAsync(page, $"desk-achievement-editor-{language}-{width}");
        await page.Locator("#preview").ClickAsync();
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#publish").ClickAsync();
        await Browser.ComesToAsync(page, $"/desk/achievements/{id}/1*now=published");
        await Assertions.Expect(page.Locator(".paper img.badge")).ToHaveAttributeAsync("alt", "A blue hexagon");
        await ExamineAsync(page, $"desk-achievement-{language}-{width}");
        await DeskVisitor.GoToAsync(page, "/desk/achievements");
        await Assertions.Expect(page.Locator($"#published a[href='/desk/achievements/{id}/1']")).ToBeVisibleAsync();
        await ExamineAsync(page, $"desk-achievements-{language}-{width}");
    }

    [Theory]
    [InlineData("en", 360)]
    [InlineData("de", 1280)]
    public async Task Offering_IsWritten_Mended_Set_AndTakenAway(string language, int width)
    {
        string id = $"offered-{Guid.NewGuid():N}"[..16];
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(id)));
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/achievements/{id}/1");
        await page.Locator("#offering").ClickAsync();
        await page.Locator("#offer-0-Term").FillAsync("Autumn 2031");
        await page.Locator("#offer-0-First").FillAsync("2031-09-01");
        await page.Locator("#offer-0-Last").FillAsync("2031-08-01");
        await page.Locator("#offer-0-Cost").FillAsync("99,50");
        await page.Locator("#offer-0-Currency").FillAsync("eur");
        await page.Locator("#startsAfter").FillAsync("AuroraMSP/nobody-published-this");
        await page.Locator("#set").ClickAsync();
        await Assertions.Expect(page.Locator("#offer-0-Last-fault")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#offer-0-Cost")).ToHaveValueAsync("99,50");
        await page.Locator("#offer-0-Last").FillAsync("2031-12-19");
        await page.Locator("#set").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("nobody-published-this");
        await ExamineAsync(page, $"desk-offering-faulty-{language}-{width}");
        await page.Locator("#startsAfter").FillAsync("");
        await page.Locator("#set").ClickAsync();
        await Browser.ComesToAsync(page, $"/desk/achievements/{id}/offering*now=set");
        await Assertions.Expect(page.Locator("#offer-0-Term")).ToHaveValueAsync("Autumn 2031");
        await Assertions.Expect(page.Locator("#offer-0-Cost")).ToHaveValueAsync("99.5");
        await ExamineAsync(page, $"desk-offering-{language}-{width}");
        Assert.Contains("2031-12-19", await ReadOfferingAsync(id), StringComparison.Ordinal);

        foreach (string field in (string[])["Term", "First", "Last", "Cost", "Currency"])
            await page.Locator($"#offer-0-{field}").FillAsync("");
        await page.Locator("#set").ClickAsync();
        await Assertions.Expect(page.Locator("#offer-2-Term")).ToHaveCountAsync(0);
        Assert.Contains("\"offers\":[]", await ReadOfferingAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewVersion_ByKeyboardAlone_ShowsWhatChanges_AndWhatWasIssuedStays()
    {
        string id = $"followed-{Guid.NewGuid():N}"[..16];
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(id)));
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", GatewayHost.Row("Early Learner", id)));
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/achievements/{id}/1");
        await Assertions.Expect(page.Locator("#issued")).ToHaveTextAsync("1");
        await page.Locator("#follow").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#version")).ToHaveValueAsync("2");
        await page.Locator("#learningOutcomes").FocusAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.InsertTextAsync("\nExplains what a figure leaves out");
        await page.Locator("#preview").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#differences li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#differences ins")).ToContainTextAsync("leaves out");
        await ExamineAsync(page, "desk-achievement-version-en-1280");
        await page.Locator("#understood").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Locator("#publish").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, $"/desk/achievements/{id}/2*now=published");
        await Assertions.Expect(page.Locator("#issued")).ToHaveTextAsync("0");
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/achievements/{id}/1");
        await Assertions.Expect(page.Locator("#issued")).ToHaveTextAsync("1");
        await page.Locator("#retire summary").ClickAsync();
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#retire button").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Retired");
        await ExamineAsync(page, "desk-achievement-retired-en-1280");
    }

    [Fact]
    public async Task Draft_ThatIsNotNeeded_IsThrownAway()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, script: false);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/achievement-drafts/new");
        string title = $"Not Needed {Guid.NewGuid():N}";
        await page.Locator("#name").FillAsync(title);
        await page.Locator("#name").PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(title);
        await page.Locator("#throw-away summary").ClickAsync();
        await page.Locator("#throw-away button").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/achievements*now=thrownAway");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync(title);
    }

    [Fact]
    public async Task Picture_IsBesideTheCredential_AtTheDesk_AndWhereItIsVerified()
    {
        string id = $"shown-{Guid.NewGuid():N}"[..16];
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(id)));
        using var issued = await GatewayHost.OkAsync(
            await _gateway.PostAsync("/v1/credentials", GatewayHost.Row("Pictured Learner", id)));
        byte[] document = await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/achievements/{id}/1");
        await page.Locator("#send-image").ClickAsync();
        await Assertions.Expect(page.Locator("#image-panel .note.bad")).ToBeVisibleAsync();
        await ExamineAsync(page, "desk-achievement-picture-faulty-en-1280");
        await SendPictureAsync(page);
        string uuid = GatewayHost.IdOf(document)["urn:uuid:".Length..];
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/credentials/{uuid}");
        await IsDrawnAsync(page);
        await ExamineAsync(page, "desk-credential-picture-en-1280");
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}verify");
        await page.Locator("textarea[name=credential]").FillAsync(Encoding.UTF8.GetString(document));
        await page.Locator("#verify").ClickAsync();
        await Assertions.Expect(page.Locator("#result.valid")).ToBeVisibleAsync();
        await IsDrawnAsync(page);
        await ExamineAsync(page, "verify-picture-en-1280");
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Pathway_IsAPictureWithItsWords_AndIsRetired(string language, int width)
    {
        string id = $"way-{Guid.NewGuid():N}"[..12];
        await SamplePathway.PublishAchievementsAsync(_gateway);
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/pathways", SamplePathway.Definition(id)));
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/pathways");
        await ExamineAsync(page, $"desk-pathways-{language}-{width}");
        await page.Locator($"#pathways a[href$='/{id}/1']").ClickAsync();
        await Assertions.Expect(page.Locator("svg.pathway")).ToBeVisibleAsync();
        Assert.Equal(3, await page.Locator("svg.pathway rect.group, svg.pathway rect.award").CountAsync());
        Assert.Equal(2, await page.Locator("svg.pathway path[marker-end]").CountAsync());

        // No word sticks out of its box.
        Assert.Empty(await page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll('svg.pathway text')].filter(one =>
              one.getBBox().x + one.getBBox().width > 292).map(one => one.textContent)
            """));
        await ExamineAsync(page, $"desk-pathway-{language}-{width}");
        await page.Locator("#retire summary").ClickAsync();
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#retire button").ClickAsync();
        await Browser.ComesToAsync(page, "now=retired");
    }

    private static Task ExamineAsync(IPage page, string name) => DeskVisitor.ExamineAsync(page, name);

    private Task<string> ReadOfferingAsync(string id) => _gateway.Anyone.GetStringAsync(
        $"/v1/achievements/AuroraMSP/{id}/offering", TestContext.Current.CancellationToken);

    private static async Task FillAsync(IPage page, string id)
    {
        await page.Locator("#id").FillAsync(id);
        await page.Locator("#description").FillAsync("Reading, questioning and presenting data.");
        await page.Locator("#learningOutcomes").FillAsync("Judges a source\nChooses a fitting presentation");
        await page.Locator("#criteria").FillAsync("A portfolio of three analyses.");
        await page.Locator("#assessment").FillAsync("Portfolio");
        await page.Locator("#eqfLevel").SelectOptionAsync("6");
        await page.Locator("#qfEheaCycle").SelectOptionAsync("first");
        await page.Locator("#participation").SelectOptionAsync("blended");
        await page.Locator("#qualityAssurance").FillAsync("Internal, audited every five years.");
    }

    private static async Task ChooseSkillAsync(IPage page)
    {
        await page.Locator("#sought").FillAsync("data");
        await page.Locator(".find button").ClickAsync();
        await page.Locator("#add-0").CheckAsync();
        await Assertions.Expect(page.Locator("#name")).ToHaveValueAsync("Reading Data Well");
    }

    private static async Task SendPictureAsync(IPage page)
    {
        await page.Locator("#image").SetInputFilesAsync(new FilePayload
        {
            Name = "badge.svg",
            MimeType = "image/svg+xml",
            Buffer = Encoding.UTF8.GetBytes(SamplePictures.Svg),
        });
        await page.Locator("#alternative").FillAsync("A blue hexagon");
        await page.Locator("#send-image").ClickAsync();
        await Browser.ComesToAsync(page, "now=image");
    }

    private static async Task IsDrawnAsync(IPage page)
    {
        var image = page.Locator(".paper img.badge");
        await Assertions.Expect(image).ToHaveAttributeAsync("alt", "A blue hexagon");
        await page.WaitForFunctionAsync("document.querySelector('.paper img.badge').naturalWidth > 0");
    }
}
