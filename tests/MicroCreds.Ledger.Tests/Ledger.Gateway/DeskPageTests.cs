using System.Net;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The registrar's desk in a real browser: one credential, from the form to its withdrawal.</summary>
public sealed class DeskPageTests(GatewaysFixture gateways, Browser found)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = gateways.Issuer;

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task IssueOne_IsSeenFirst_ThenIssued_ThenRevoked(string language, int width)
    {
        string name = $"Sólveig {Guid.NewGuid().ToString("N")[..8]}";
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width, language);
        await DeskVisitor.ExamineAsync(page, $"desk-overview-{language}-{width}");
        await DeskVisitor.GoToAsync(page, "/desk/issue");
        await page.Locator("main form button").ClickAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-issue-{language}-{width}");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#email").FillAsync("not an address");
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#email-fault")).ToBeVisibleAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-issue-faulty-{language}-{width}");
        await page.Locator("#email").FillAsync($"{Guid.NewGuid().ToString("N")[..8]}@s.example");
        await page.Locator("#value").FillAsync("1,3");
        await page.Locator("main form button").ClickAsync();
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync(name);
        await DeskVisitor.ExamineAsync(page, $"desk-preview-{language}-{width}");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/credentials/**");
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync(language == "de" ? "In Kraft" : "In force");
        await DeskVisitor.ExamineAsync(page, $"desk-credential-{language}-{width}");
        await page.Locator("#revoke summary").ClickAsync();
        await page.Locator("#revoke select").SelectOptionAsync("issuedInError");
        await page.Locator("#revoke button").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync(
            language == "de" ? "Widerrufen" : "Revoked");
        await DeskVisitor.ExamineAsync(page, $"desk-revoked-{language}-{width}");
    }

    [Fact]
    public async Task IssueOne_ByKeyboardAlone_WithoutAScript_SendsItOnce()
    {
        string name = $"Keyboard Learner {Guid.NewGuid():N}";
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, script: false);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/issue?achievement=data-literacy");
        await page.Locator("#name").FocusAsync();
        await page.Keyboard.InsertTextAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync(name);
        await page.Locator("#issue").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Browser.ComesToAsync(page, "/desk/credentials/**");
        string issued = page.Url;

        // The same person again: told before anything is signed, and asked.
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/issue?achievement=data-literacy");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#name").PressAsync("Enter");
        await Assertions.Expect(page.Locator("main .note.warn")).ToContainTextAsync("has this award already");
        await page.Locator("main .note.warn a").ClickAsync();
        Assert.Equal(issued.Split('?')[0], page.Url.Split('?')[0]);
    }

    [Fact]
    public async Task Correction_IssuesAnother_AndTheOldOneIsRevoked_AndNamesIt()
    {
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("Aino Virtane"))["urn:uuid:".Length..];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/credentials/{id}");
        await page.Locator("#correct").ClickAsync();
        await Assertions.Expect(page.Locator("#name")).ToHaveValueAsync("Aino Virtane");
        await page.Locator("#name").FillAsync("Aino Virtanen");
        await page.Locator("#name").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#differences li")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, "desk-correction-en-1280");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/credentials/*now=corrected");
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Aino Virtanen");
        string replacement = new Uri(page.Url).AbsolutePath.Split('/')[^1];
        Assert.NotEqual(id, replacement);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/credentials/{id}");
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Revoked");
        await Assertions.Expect(page.Locator($".history a[href$='{replacement}']")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Erasure_AsksFirst_ThenTheDocumentIsGone()
    {
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("Erased At The Desk"))["urn:uuid:".Length..];
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, script: false);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/credentials/{id}");
        await page.Locator("#erase summary").ClickAsync();
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#erase button").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Its document was erased here");
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("Erased At The Desk");
        await Browser.ShootAsync(page, "desk-erased-en-360");
        using var gone = await _gateway.Registrar.GetAsync(
            $"/v1/credentials/{id}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task AuditLog_TellsWhatWasDone_WithoutABarrier(string language)
    {
        await _gateway.IssueAsync("Noted At The Desk");
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, width: 360, language);
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/audit?action=credential.issue");
        await Assertions.Expect(page.Locator("#entries")).ToContainTextAsync("credential.issue");
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("Noted At The Desk");
        await DeskVisitor.ExamineAsync(page, $"desk-audit-{language}-360");
    }

    [Fact]
    public async Task Desk_WithoutALogin_LeadsToTheSignIn_AndBackToThePageThatWasWanted()
    {
        using var visitor = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var answer = await visitor.GetAsync("/desk/issue?achievement=data-literacy");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(
            "/sign-in?returnUrl=%2Fdesk%2Fissue%3Fachievement%3Ddata-literacy", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Form_WithoutItsToken_OrFromElsewhere_DoesNothing()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway, script: false);
        var answer = await page.APIRequest.PostAsync($"{_gateway.Anyone.BaseAddress}desk/issue", new()
        {
            Form = page.APIRequest.CreateFormData().Set("achievement", "data-literacy").Set("name", "No Token"),
            Headers = new Dictionary<string, string> { ["Sec-Fetch-Site"] = "same-origin" },
        });
        Assert.Equal(403, answer.Status);
        Assert.Contains("Nothing was done", await answer.TextAsync(), StringComparison.Ordinal);
    }
}
