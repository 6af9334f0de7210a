using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner plays the scene by its list, and finds it on the credential, in a real browser.</summary>
public sealed class PracticePageTests(MailFixture mails, Browser found)
    : IClassFixture<MailFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    [Theory]
    [InlineData("de", 360)]
    public async Task Played_AskedFor_AndIssued_TheEvidenceStandsOnTheCredential(string language, int width)
    {
        var browser = found.OrSkip();
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        string name = $"Aino {Guid.NewGuid():N}"[..16];
        string email = $"{Guid.NewGuid():N}"[..12] + "@mail.example";
        string shot = $"practice-{language}-{width}";
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}practise", width, language);
        await DeskVisitor.ExamineAsync(page, $"{shot}-list");
        await page.Locator($"a.button[href='/practise/{rule}']").ClickAsync();
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#email").FillAsync(email);
        await page.Locator("#agree").CheckAsync();
        await DeskVisitor.ExamineAsync(page, $"{shot}-begin");
        await page.Locator("#begin button").ClickAsync();
        await Assertions.Expect(page.Locator(".note.good")).ToHaveCountAsync(1);
        var mail = await mails.Server.ToldAsync(email, language == "de" ? "Ihre Übung" : "Your practice");
        await page.GotoAsync(PracticeVisitor.LinkIn(mail));
        await DeskVisitor.ExamineAsync(page, $"{shot}-confirm");
        await page.Locator("#confirm").ClickAsync();
        await page.Locator("form[action*='/launch'] button").ClickAsync();
        await Browser.ComesToAsync(page, "/scene*");
        await PlayAsync(page, shot);

        await Assertions.Expect(page.Locator("#attempts tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#sum")).ToContainTextAsync("100");
        await DeskVisitor.ExamineAsync(page, $"{shot}-own");
        await page.Locator("#ask").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync("tag warn");

        // It reaches the desk.
        var desk = await DeskVisitor.SignInAsync(browser, _gateway, width, language);
        await DeskVisitor.GoToAsync(desk, "/desk/practice");
        await DeskVisitor.ExamineAsync(desk, $"{shot}-desk");
        await desk.Locator("#open a", new PageLocatorOptions { HasTextString = name }).ClickAsync();
        await Assertions.Expect(desk.Locator("#agrees")).ToHaveClassAsync("note good");
        await DeskVisitor.ExamineAsync(desk, $"{shot}-card");
        await desk.Locator("#award").PressAsync("Enter");
        await Assertions.Expect(desk.Locator("#state")).ToHaveClassAsync("tag good");

        var issued = await mails.Server.ToldAsync(email, language == "de" ? "Ihr Nachweis" : "Your credential");
        await page.GotoAsync(LearnerMailTests.LinkIn(issued));
        await page.Locator("main form button").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/me/*");
        var evidence = page.Locator("a[href*='/practice-evidence/']");
        await Assertions.Expect(evidence).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, $"{shot}-credential");
        await evidence.ClickAsync();
        await Assertions.Expect(page.Locator("#agrees")).ToHaveClassAsync("note good");
        await Assertions.Expect(page.Locator("#score")).ToContainTextAsync("100");
        await DeskVisitor.ExamineAsync(page, $"{shot}-evidence");
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await Assertions.Expect(page.Locator("#practice .tag.good")).ToHaveCountAsync(1);
        await page.Locator("#practice button").ClickAsync();
        await Browser.ComesToAsync(page, "/practised/*");
    }

    [Fact]
    public async Task Scene_WithoutALaunch_CanBePlayed_AndHasNoBarriers()
    {
        var page = await found.OrSkip().OpenAsync($"{_gateway.Anyone.BaseAddress}scene", language: "de");
        await Assertions.Expect(page.Locator("#task button")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, "scene-begin");
        await page.Locator("#task button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#things button")).ToHaveCountAsync(8);
        await page.Locator("#things button").First.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#task .options button")).ToHaveCountAsync(3);
        await DeskVisitor.ExamineAsync(page, "scene-asked");
        await page.Locator("#task .options button").First.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#things .tag.good, #things .tag.warn")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Desk_RegistersASimulator_MakesARule_AndEndsBoth()
    {
        string achievement = await PracticeVisitor.PublishAsync(_gateway);
        string id = $"sim-{Guid.NewGuid():N}"[..16];
        var desk = await DeskVisitor.SignInAsync(found.OrSkip(), _gateway);
        await desk.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/practice-rules");
        await desk.Locator("#register summary").ClickAsync();
        await desk.Locator("#simulatorId").FillAsync(id);
        await desk.Locator("#simulatorName").FillAsync("Welding hall");
        await desk.Locator("#activities").FillAsync("https://weld.example/hall\nhttps://weld.example/yard");
        await desk.Locator("#launch").FillAsync("https://weld.example/start");
        await desk.Locator("#register-simulator").ClickAsync();
        await Assertions.Expect(desk.Locator("#secret")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(desk, "practice-rules-secret");

        await desk.Locator("#make summary").ClickAsync();
        await desk.Locator("#id").FillAsync(id);
        await desk.Locator("#scenario").FillAsync("Welding in a yard");
        await desk.Locator("#achievement").SelectOptionAsync(achievement);
        await desk.Locator("#simulator").SelectOptionAsync(id);
        await desk.Locator("#ruleActivities").FillAsync("https://elsewhere.example/x The yard");
        await desk.Locator("#leastScore").FillAsync("75");
        await desk.Locator("#make-rule").ClickAsync();
        await Assertions.Expect(desk.Locator(".note.bad")).ToContainTextAsync("registered for");
        await DeskVisitor.ExamineAsync(desk, "practice-rules-fault");
        await desk.Locator("#ruleActivities").FillAsync("https://weld.example/yard The yard");
        await desk.Locator("#make-rule").ClickAsync();
        var row = desk.Locator("#rules tr", new PageLocatorOptions { HasTextString = id });
        await Assertions.Expect(row).ToContainTextAsync("75");
        await row.Locator("summary").ClickAsync();
        await row.Locator("button").ClickAsync();
        await Assertions.Expect(row.Locator(".tag.bad")).ToHaveCountAsync(1);
        var simulator = desk.Locator("#simulators tr", new PageLocatorOptions { HasTextString = id });
        await simulator.Locator("summary").ClickAsync();
        await simulator.Locator("button").ClickAsync();
        await Assertions.Expect(simulator.Locator(".tag.bad")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(desk, "practice-rules-ended");
    }

    /// <summary>Plays all rounds by the list, as somebody who knows everything.</summary>
    private static async Task PlayAsync(IPage page, string shot)
    {
        await page.Locator("#task .options button").ClickAsync();
        await Assertions.Expect(page.Locator("#things button")).ToHaveCountAsync(8);
        await DeskVisitor.ExamineAsync(page, $"{shot}-scene");

        // By the page's own knowledge of what is right, each by its button: from here each step would take long.
        int presses = await page.EvaluateAsync<int>(
            """
            async () => {
              const { things, words } = await import('/scene/content.js');
              const text = words[document.documentElement.lang];
              const named = (name) => things.find((one) => text.things[one.id].name === name);
              const options = () => [...document.querySelectorAll('#task .options button')];
              let presses = 0;
              const press = (button) => { presses += 1; button.click(); };
              while (!options().some((one) => one.textContent === text.finish)) {
                const shown = options();
                if (shown.length === 0) {
                  press(document.querySelector('#things button:not(:disabled)'));
                  const title = document.querySelector('#task h2').textContent;
                  press(options()[named(title).right]);
                } else if (shown.length === 1 && [text.next, text.nextRound].includes(shown[0].textContent)) {
                  press(shown[0]);
                } else {
                  press(shown.reduce((a, b) => named(b.textContent).urgency < named(a.textContent).urgency ? b : a));
                }
              }
              press(options()[0]);
              return presses;
            }
            """);
        Assert.InRange(presses, 80, 100);
        var back = page.Locator("#task .options button");
        await Assertions.Expect(page.Locator("#task p")).ToContainTextAsync("100");
        await Assertions.Expect(back).ToHaveCountAsync(1);
        await back.ClickAsync();
        await Browser.ComesToAsync(page, "/practised/*");
    }
}
