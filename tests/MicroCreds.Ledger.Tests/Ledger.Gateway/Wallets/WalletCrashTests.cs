using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A gateway that is killed without a warning while a wallet is on its way through the protocol.</summary>
public sealed class WalletCrashTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_BetweenTheSteps_TheWalletGoesOn_AndWhatWasUsedStaysUsed()
    {
        await using (var first = await GatewayHost.StartAsync(ledger[LedgerFixture.Tejo])) await first.PrepareAsync();
        using var gateway = new GatewayProcess(
            [.. GatewayHost.SettingsOf(ledger[LedgerFixture.Tejo]), .. await TestStore.NewAsync()]);
        await gateway.StartAsync();
        using var issued = await GatewayHost.OkAsync(await gateway.Registrar.PostAsJsonAsync(
            "/v1/credentials", GatewayHost.Row("Patient Learner"), Cancellation));
        string id = GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation))["urn:uuid:".Length..];
        using var offered = await GatewayHost.OkAsync(await gateway.Registrar.PostAsJsonAsync(
            $"/v1/credentials/{id}/wallet-offers", new { }, Cancellation));
        var offer = (await offered.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        using var wallet = new SampleWallet(gateway.Anyone.BaseAddress!);

        string code = await wallet.CodeOfAsync(offer);
        await RestartAsync(gateway);
        var (_, tokens) = await wallet.TokenAsync(code);
        string token = (string)tokens["access_token"]!;
        string proof = await wallet.ProofAsync();
        await RestartAsync(gateway);
        var given = await wallet.CredentialAsync(token, proof);
        Assert.True(given.Status == 200, given.Body.ToJsonString());
        Assert.NotNull(given.Body["credentials"]![0]);

        // What was used before the second kill is used after it, and the wallet refreshes all the same.
        await RestartAsync(gateway);
        WalletRefusalTests.Refused("invalid_nonce", await wallet.CredentialAsync(token, proof));
        var (_, next) = await wallet.TokenAsync(
            ("grant_type", "refresh_token"), ("refresh_token", (string)tokens["refresh_token"]!));
        Assert.Equal(
            200, (await wallet.CredentialAsync((string)next["access_token"]!, await wallet.ProofAsync())).Status);
        WalletRefusalTests.Refused("invalid_grant", await wallet.TokenAsync(code));
    }

    private static Task RestartAsync(GatewayProcess gateway)
    {
        gateway.Kill();
        return gateway.StartAsync();
    }
}
