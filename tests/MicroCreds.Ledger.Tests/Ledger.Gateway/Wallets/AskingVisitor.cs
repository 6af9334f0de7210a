using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A browser without a script that asks a wallet on /verify.</summary>
internal sealed partial class AskingVisitor(GatewayHost verifier) : IDisposable
{
    private readonly BrowserSession _browser = new(verifier.Anyone.BaseAddress!);

    /// <summary>Where the browser waits.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What leads a wallet on another device to the request.</summary>
    public string Across { get; private set; } = "";

    /// <summary>What leads one on the same device there.</summary>
    public string Same { get; private set; } = "";

    /// <summary>What the browser itself would be asked, as JSON.</summary>
    public string Request { get; private set; } = "";

    /// <summary>Asks, and comes to the page that waits.</summary>
    public async Task AskAsync()
    {
        using var made = await _browser.PostFormAsync("/verify/wallet", [("shown", "name"), ("lang", "en")]);
        Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
        Address = made.Headers.Location!.ToString();
        string page = await LookAsync();
        Across = WebUtility.HtmlDecode(AcrossLink().Match(page).Groups[1].Value);
        Same = WebUtility.HtmlDecode(SameLink().Match(page).Groups[1].Value);
        Request = WebUtility.HtmlDecode(BrowserRequest().Match(page).Groups[1].Value);
    }

    /// <summary>Asks once more, and gives what leads a wallet on the same device there.</summary>
    public async Task<string> SameOfAnotherAsync()
    {
        var (address, across) = (Address, Across);
        await AskAsync();
        (Address, Across) = (address, across);
        return Same;
    }

    /// <summary>Looks at the page, or where a wallet leads.</summary>
    public async Task<string> LookAsync(string? address = null)
    {
        using var page = await _browser.GetAsync(address ?? Address);
        return await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Brings what the browser gave.</summary>
    public Task<HttpResponseMessage> BringAsync(string answer, params (string Name, string? Value)[] headers) =>
        _browser.PostFormAsync(Address.Split('?')[0] + "/answer", [("answer", answer), ("lang", "en")], headers);

    public void Dispose() => _browser.Dispose();

    [GeneratedRegex("<p class=\"copy\">([^<]+)</p>")]
    private static partial Regex AcrossLink();

    [GeneratedRegex("id=\"same\" href=\"([^\"]+)\"")]
    private static partial Regex SameLink();

    [GeneratedRegex("data-request=\"([^\"]+)\"")]
    private static partial Regex BrowserRequest();
}
