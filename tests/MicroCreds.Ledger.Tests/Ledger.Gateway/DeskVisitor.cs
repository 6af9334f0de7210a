using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A registrar who has come to the desk by a one-time link, in a real browser.</summary>
internal static partial class DeskVisitor
{
    private static readonly ConcurrentDictionary<(string Name, ColorScheme Scheme), bool> Seen = [];

    /// <summary>Signs in and stands at the desk.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="gateway">Whose desk it is.</param>
    /// <param name="width">The window's width.</param>
    /// <param name="language">What the browser asks for.</param>
    /// <param name="script">Whether scripts run.</param>
    /// <param name="as">Who makes the link. Default is the holder of the first key.</param>
    public static async Task<IPage> SignInAsync(
        Browser browser, GatewayHost gateway, int width = 1280, string language = "en", bool script = true,
        HttpClient? @as = null)
    {
        browser.OrSkip();
        using var made = await GatewayHost.OkAsync(
            await (@as ?? gateway.Registrar).PostAsync("/v1/sign-in-links", content: null));
        string link = (string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["url"]!;
        var page = await browser.OpenAsync(link, width, language, script);
        await page.Locator("main form button").Last.ClickAsync();
        await Browser.ComesToAsync(page, "/desk");
        return page;
    }

    /// <summary>Signs in with an API key, as a partner without an account does, and stands where was wanted.</summary>
    public static async Task<IPage> SignInWithKeyAsync(
        Browser browser, GatewayHost gateway, string address, int width = 1280, string language = "en",
        bool script = true)
    {
        var page = await browser.OrSkip().OpenAsync(
            $"{gateway.Anyone.BaseAddress}sign-in?returnUrl={Uri.EscapeDataString(address)}", width, language, script);
        await page.Locator("#key").FillAsync(GatewayHost.ApiKey);
        await page.Locator("#key").PressAsync("Enter");
        await Browser.ComesToAsync(page, address);
        return page;
    }

    /// <summary>Goes to another place of the desk by its menu, which has to be opened on a narrow window.</summary>
    public static async Task GoToAsync(IPage page, string address)
    {
        await LoadAsync(page);
        var menu = page.Locator(".places summary");
        if (await menu.IsVisibleAsync()) await menu.ClickAsync();
        await page.Locator($".places a[href='{address}']").ClickAsync();
        await Browser.ComesToAsync(page, address);
    }

    // A page is there before its style sheet is, and then shows what that hides.
    // The browser itself may not wait for a script's word: the page forbids that words become scripts.
    private static Task LoadAsync(IPage page) => Until.TrueAsync(
        () => page.EvaluateAsync<bool>("document.readyState === 'complete'"), () => $"{page.Url} does not load");

    /// <summary>Looks for barriers and for what sticks out, in light and in dark, and takes pictures.</summary>
    public static async Task ExamineAsync(IPage page, string name)
    {
        await LoadAsync(page);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            // Colours are the same in each language and width: they are looked at once.
            bool isDark = scheme == ColorScheme.Dark;
            bool isColourKnown = !Seen.TryAdd((LanguageAndWidth().Replace(name, ""), scheme), true);
            if (isDark && isColourKnown && !Browser.KeepsPictures) continue;
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await Browser.AssertFitsAsync(page);
            await Browser.AssertAccessibleAsync(page, isRecoloured: isDark, isColourKnown && !isDark);
            await Browser.ShootAsync(page, $"{name}-{(isDark ? "dark" : "light")}");
        }
    }

    [GeneratedRegex("-(en|de)\\b|-[0-9]{3,4}\\b")]
    private static partial Regex LanguageAndWidth();
}
