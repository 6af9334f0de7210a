using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A gateway that issues, and another member's that asks wallets.</summary>
public sealed class PresentationFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Issuer { get; private set; } = null!;

    /// <summary>The one that asks.</summary>
    internal GatewayHost Verifier { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Issuer = await GatewayHost.StartAsync(this[Aurora]);
        await Issuer.PrepareAsync();
        Verifier = await GatewayHost.StartAsync(
            this[Linden], $"MemberGateways=AuroraMSP={Issuer.Anyone.BaseAddress!.ToString().TrimEnd('/')}");
        await Verifier.PrepareAsync();
        await Issuer.SettleAsync();
        await Verifier.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Issuer is not null) await Issuer.DisposeAsync();
        if (Verifier is not null) await Verifier.DisposeAsync();
        await DisposeAsync();
    }

    /// <summary>Issues a credential, and has a wallet fetch it.</summary>
    internal async Task<(SampleWallet Wallet, SamplePresenter Presenter, string Id)> HoldAsync(string name)
    {
        string id = GatewayHost.IdOf(await Issuer.IssueAsync(name))["urn:uuid:".Length..];
        var wallet = new SampleWallet(Issuer.Anyone.BaseAddress!);
        using var made = await GatewayHost.OkAsync(
            await Issuer.PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        var offer = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
        var (_, given) = await wallet.CredentialAsync(await wallet.AccessAsync(offer), await wallet.ProofAsync());
        string credential = (string)given["credentials"]![0]!["credential"]!;
        return (wallet, new SamplePresenter(credential, wallet.Key), id);
    }

    /// <summary>Asks by the API.</summary>
    internal async Task<JsonNode> AskAsync(JsonObject? wanted = null)
    {
        using var made = await GatewayHost.OkAsync(
            await Verifier.PostAsync("/v1/presentation-requests", wanted ?? []));
        return (await made.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>Reads what was answered.</summary>
    internal async Task<JsonNode> ReadAsync(JsonNode asked, string query = "")
    {
        using var read = await GatewayHost.OkAsync(
            await Verifier.Registrar.GetAsync($"/v1/presentation-requests/{asked["id"]}{query}"));
        return (await read.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>What reading answers where there is nothing to read.</summary>
    internal static async Task<HttpStatusCode> StatusAsync(JsonNode asked, HttpClient by, string query = "")
    {
        using var read = await by.GetAsync($"/v1/presentation-requests/{asked["id"]}{query}");
        return read.StatusCode;
    }

    /// <summary>A key that a thief has.</summary>
    internal static ECDsa AnotherKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);
}
