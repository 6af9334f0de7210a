using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A gateway that offers to wallets, and one at which everything is approved by a second person.</summary>
public sealed class WalletFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Gateway { get; private set; } = null!;

    /// <summary>One at which everything waits for approval; it also verifies what the first one issued.</summary>
    internal GatewayHost Strict { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Gateway = await GatewayHost.StartAsync(this[Aurora]);
        Strict = await GatewayHost.StartAsync(this[Linden], "Approval=all", "IssuerKeyAlgorithm=Ed25519");
        await Gateway.PrepareAsync();
        await Strict.PrepareAsync();
        await Gateway.SettleAsync();
        await Strict.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Strict is not null) await Strict.DisposeAsync();
        await DisposeAsync();
    }

    /// <summary>Issues a credential, and gives the UUID of its identifier.</summary>
    internal async Task<string> IssueAsync(string name) =>
        GatewayHost.IdOf(await Gateway.IssueAsync(name))["urn:uuid:".Length..];

    /// <summary>Has a browser take a credential over by a link.</summary>
    /// <returns>The browser, and where it holds the credential.</returns>
    internal async Task<(BrowserSession Browser, string Held)> ClaimAsync(string id)
    {
        using var made = await GatewayHost.OkAsync(
            await Gateway.Registrar.PostAsync($"/v1/credentials/{id}/claims", content: null));
        string link = (string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["url"]!;
        var browser = new BrowserSession(Gateway.Anyone.BaseAddress!);
        using var taken = await browser.PostFormAsync(link, []);
        return (browser, taken.Headers.Location!.ToString().Split('?')[0]);
    }

    /// <summary>What a browser sends along.</summary>
    internal string CookieOf(BrowserSession browser) => browser.Cookies.GetCookieHeader(Gateway.Anyone.BaseAddress!);

    /// <summary>Offers a credential as a portal does.</summary>
    internal async Task<JsonNode> OfferAsync(string id, object? wanted = null)
    {
        using var made = await GatewayHost.OkAsync(
            await Gateway.PostAsync($"/v1/credentials/{id}/wallet-offers", wanted ?? new { }));
        return (await made.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
