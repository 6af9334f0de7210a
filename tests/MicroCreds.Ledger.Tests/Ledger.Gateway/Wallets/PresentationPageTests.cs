using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>Asking a wallet on /verify: on another device, on the same one, and by the browser itself.</summary>
public sealed class PresentationPageTests(PresentationFixture presenting, Browser browser)
    : IClassFixture<PresentationFixture>, IClassFixture<Browser>
{
    private const string Valid = "<h2 id=\"verdict-title\">Valid</h2>";
    private const string Gone = "This browser has asked no wallet by this link";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Across_AnsweredOnAPhone_IsShownInTheBrowserThatAsked_AndInNoOther()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Aino Virtanen");
        using var visitor = new AskingVisitor(presenting.Verifier);
        await visitor.AskAsync();
        Assert.Contains("Has it answered?", await visitor.LookAsync(), StringComparison.Ordinal);
        var request = await presenter.FetchAsync(visitor.Across);
        var (status, body) = await presenter.AnswerAsync(request, presenter.Present(request));
        Assert.Equal((200, 0), (status, body.AsObject().Count));
        string page = await visitor.LookAsync();
        Assert.Contains(Valid, page, StringComparison.Ordinal);
        Assert.Contains("Aino Virtanen", page, StringComparison.Ordinal);
        Assert.Contains("is forgotten at", page, StringComparison.Ordinal);
        Assert.Contains(
            "\"waits\":false", await visitor.LookAsync(visitor.Address.Split('?')[0] + "/state"),
            StringComparison.Ordinal);

        // Whoever has the address alone, be it the one who sent the link, sees nothing.
        using var another = new AskingVisitor(presenting.Verifier);
        Assert.Contains(Gone, await another.LookAsync(visitor.Address), StringComparison.Ordinal);
        await another.AskAsync();
        Assert.Contains(
            "has ended, or is forgotten by now", await another.LookAsync(visitor.Address), StringComparison.Ordinal);
        Assert.DoesNotContain("Aino", await another.LookAsync(visitor.Address), StringComparison.Ordinal);
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Same_LedBackByTheWallet_IsShownWithTheCode_AndASentLinkLeadsNowhere()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Led Back");
        using var visitor = new AskingVisitor(presenting.Verifier);
        await visitor.AskAsync();
        var request = await presenter.FetchAsync(visitor.Same);
        var (_, body) = await presenter.AnswerAsync(request, presenter.Present(request));
        string back = (string)body["redirect_uri"]!;

        // Who sent the link to a victim has the request's browser, and not the code that came to the victim's.
        // It is told that, and not of a thief: mostly it is the window beside the one that the wallet opened.
        const string Elsewhere = "led on to another window of this browser";
        Assert.Contains(Elsewhere, await visitor.LookAsync(), StringComparison.Ordinal);
        Assert.Contains(
            Elsewhere,
            await visitor.LookAsync(visitor.Address.Split('?')[0] + "?response_code=AAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Led Back", await visitor.LookAsync(), StringComparison.Ordinal);

        // The victim's browser has the code, and not the request.
        using var victim = new AskingVisitor(presenting.Verifier);
        Assert.Contains(Gone, await victim.LookAsync(back), StringComparison.Ordinal);
        Assert.Contains(Valid, await visitor.LookAsync(back), StringComparison.Ordinal);
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Browser_Brings_WhatIsForThisSiteAlone_FromItsOwnPageAlone()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("By The Browser");
        using var visitor = new AskingVisitor(presenting.Verifier);
        await visitor.AskAsync();
        var asked = RequestIn(visitor.Request);
        Assert.Equal("dc_api.jwt", asked.Mode);
        Assert.Null(asked.Claims["response_uri"]);
        string origin = (string)asked.Claims["expected_origins"]!.AsArray().Single()!;
        Assert.Equal(presenting.Verifier.Anyone.BaseAddress!.GetLeftPart(UriPartial.Authority), origin);

        string good = Answer(presenter, asked, $"origin:{origin}");
        using var elsewhere = await visitor.BringAsync(Answer(presenter, asked, "origin:https://evil.example"));
        Assert.EndsWith("fault=1", elsewhere.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var asClient = await visitor.BringAsync(Answer(presenter, asked, asked.Client));
        Assert.EndsWith("fault=1", asClient.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "is no answer to this request", await visitor.LookAsync(asClient.Headers.Location!.ToString()),
            StringComparison.Ordinal);
        using var foreign = await visitor.BringAsync(
            good, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var nothing = await visitor.BringAsync("no JSON");
        Assert.EndsWith("fault=1", nothing.Headers.Location!.ToString(), StringComparison.Ordinal);

        // What a wallet posts elsewhere is another proof: a code that was scanned gives nothing to a page.
        using var taken = await visitor.BringAsync(good);
        Assert.DoesNotContain("fault", taken.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains(Valid, await visitor.LookAsync(), StringComparison.Ordinal);
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Refused_IsSaid()
    {
        using var presenter = new SamplePresenter("", PresentationFixture.AnotherKey());
        using var visitor = new AskingVisitor(presenting.Verifier);
        await visitor.AskAsync();
        var request = await presenter.FetchAsync(visitor.Across);
        await presenter.PostAsync(request.ResponseUri, ("error", "access_denied"), ("state", request.State));
        Assert.Contains(
            "The wallet refused, or has no such credential.", await visitor.LookAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 390)]
    public async Task Page_WaitsForAPhone_AndShowsTheVerdictByItself(string language, int width)
    {
        browser.OrSkip();
        var (wallet, presenter, _) = await presenting.HoldAsync("Waited For");
        var page = await AskAsync(language, width, known: null);
        await DeskVisitor.ExamineAsync(page, $"verify-wallet-{language}-{width}");
        string link = WebUtility.HtmlDecode(await page.Locator(".copy").TextContentAsync() ?? "");
        var request = await presenter.FetchAsync(link.Trim());
        Assert.Equal(200, (await presenter.AnswerAsync(request, presenter.Present(request))).Status);
        await ComesAsync(page, "#verdict-title");
        await DeskVisitor.ExamineAsync(page, $"verify-wallet-shown-{language}-{width}");
        await page.CloseAsync();
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Browser_ThatKnowsWallets_HandsTheRequestOver()
    {
        // No browser here has wallets: what it would do, a stub of its interface does.
        browser.OrSkip();
        var (wallet, presenter, _) = await presenting.HoldAsync("Handed Over");
        var page = await AskAsync("en", 1280, request =>
        {
            var asked = RequestIn(request);
            return Answer(presenter, asked, $"origin:{asked.Claims["expected_origins"]![0]}");
        });
        await page.Locator("#browser").ClickAsync();
        await ComesAsync(page, "#verdict-title");
        Assert.Equal("Valid", await page.Locator("#verdict-title").TextContentAsync());
        await page.CloseAsync();
        wallet.Dispose();
        presenter.Dispose();
    }

    private async Task<IPage> AskAsync(string language, int width, Func<string, string>? known)
    {
        var page = await browser.OpenAsync($"{presenting.Verifier.Anyone.BaseAddress}verify", width, language);
        if (known is not null)
        {
            await page.ExposeFunctionAsync("presentByWallet", known);
            await page.AddInitScriptAsync(
                """
                window.DigitalCredential = class {};
                navigator.credentials.get = async options => (
                  { data: JSON.parse(await window.presentByWallet(JSON.stringify(options))) });
                """);
        }

        await page.Locator("#ask-wallet button").ClickAsync();
        await ComesAsync(page, "#asking");
        return page;
    }

    private static Task ComesAsync(IPage page, string selector) => Assertions.Expect(page.Locator(selector))
        .ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions
        {
            Timeout = (float)Until.Patience.TotalMilliseconds,
        });

    /// <summary>The signed request in what a page hands to its browser.</summary>
    private static AskedRequest RequestIn(string options)
    {
        var signed = JsonNode.Parse(options)!["digital"]!["requests"]!.AsArray()
            .Single(one => (string?)one!["protocol"] == "openid4vp-v1-signed")!;
        string token = (string)signed["data"]!["request"]!;
        return new AskedRequest(token, new JsonObject(), SampleWallet.ClaimsOf(token), "");
    }

    private static string Answer(SamplePresenter presenter, AskedRequest asked, string audience) => new JsonObject
    {
        ["response"] = SamplePresenter.Seal(asked, new JsonObject
        {
            ["vp_token"] = new JsonObject
            {
                ["credential"] = new JsonArray(presenter.Present(audience, asked.Nonce)),
            },
        }),
    }.ToJsonString();
}
