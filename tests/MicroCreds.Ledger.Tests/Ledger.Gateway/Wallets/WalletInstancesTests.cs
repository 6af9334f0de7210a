using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>One wallet at two gateways of one institution: it never knows which of them answers.</summary>
public sealed class WalletInstancesTests(InstancesFixture instances) : IClassFixture<InstancesFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachStepAtAnother_IsOneWay_AndWhatWasUsedAtOneIsUsedAtTheOther()
    {
        await using var two = await instances.StartTwoAsync();
        const string Issuer = "https://credentials.aurora.example";
        using var first = new SampleWallet(two.All[0].Anyone.BaseAddress!, Issuer);
        using var second = new SampleWallet(two.All[1].Anyone.BaseAddress!, Issuer);
        string id = GatewayHost.IdOf(await two.All[0].IssueAsync("Balanced Learner"))["urn:uuid:".Length..];
        using var offered = await GatewayHost.OkAsync(
            await two.All[1].PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        var offer = (await offered.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;

        string code = await first.CodeOfAsync(offer);
        var tokens = await Task.WhenAll(
            first.TokenAsync(code), second.TokenAsync(code), first.TokenAsync(code), second.TokenAsync(code));
        Assert.True(tokens.Count(answer => answer.Status == 200) <= 1);

        // Who used it a second time ended it: another offer, in turns.
        using var again = await GatewayHost.OkAsync(
            await two.All[0].PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        code = await second.CodeOfAsync((await again.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!);
        string token = (string)(await first.TokenAsync(code)).Body["access_token"]!;
        string proof = await first.ProofAsync(key: second.Key);
        var both = await Task.WhenAll(
            first.CredentialAsync(token, proof), second.CredentialAsync(token, proof),
            first.CredentialAsync(token, proof), second.CredentialAsync(token, proof));
        Assert.Single(both, answer => answer.Status == 200);
        Assert.All(
            both.Where(answer => answer.Status != 200),
            answer => WalletRefusalTests.Refused("invalid_nonce", answer));
    }
}
