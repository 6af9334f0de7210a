using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>What is kept for wallets, and what ends: no more than has to be.</summary>
public sealed class WalletBoundsTests(WalletFixture wallets) : IClassFixture<WalletFixture>, IDisposable
{
    private readonly SampleWallet _wallet = new(wallets.Gateway.Anyone.BaseAddress!);

    public void Dispose() => _wallet.Dispose();

    [Fact]
    public async Task Code_ComingAgain_WithoutItsTransactionCode_EndsNothing()
    {
        var offer = await OfferAsync(new { transactionCode = true });
        string code = await _wallet.CodeOfAsync(offer);
        string right = (string)offer["transactionCode"]!;
        string token = (string)(await WithCodeAsync(code, right)).Body["access_token"]!;
        Refused("invalid_grant", await WithCodeAsync(code, right == "000000" ? "000001" : "000000"));
        Assert.Equal(200, (await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status);
        Refused("invalid_grant", await WithCodeAsync(code, right));
        Refused("invalid_token", await _wallet.CredentialAsync(token, await _wallet.ProofAsync()), 401);
    }

    [Fact]
    public async Task BoundProof_OfWhoHasNothingToGet_IsNotKept()
    {
        string good = await _wallet.CodeOfAsync(await OfferAsync());
        string bound = _wallet.Bound("/wallet/token");
        (string, string)[] Form(string code) =>
            [("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code)];
        Refused("invalid_grant", await _wallet.PostAsync("/wallet/token", Form(LearnerSecret.Draw()), bound));
        Assert.Equal(200, (await _wallet.PostAsync("/wallet/token", Form(good), bound)).Status);
        Refused("invalid_dpop_proof", await _wallet.PostAsync("/wallet/token", Form(good), bound));
    }

    [Fact]
    public async Task PushedRequests_AsManyAsMayWait_AreRefused_UntilTheyHaveEnded()
    {
        var authorizations = wallets.Gateway.Services.GetRequiredService<WalletAuthorizations>();
        var now = DateTimeOffset.UtcNow;
        var waiting = new WalletAuthorization
        {
            Client = "a flood",
            Redirect = SampleWallet.Redirect,
            Challenge = new string('A', 43),
            Forms = [SampleWallet.SdJwt],
            CreatedAt = now,
            ExpiresAt = now.AddMinutes(5),
        };
        await wallets.Gateway.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO wallet_authorization
                  VALUES ($0, NULL, 'x', 'x', NULL, 'x', 'x', 0, NULL, NULL, $1, $1, NULL, NULL)
                """, 2);
            for (int i = 0; i < WalletAuthorizations.MaxOpen; i++)
            {
                insert.With(LearnerSecret.HashOf($"{i}"), waiting.ExpiresAt.ToUnixTimeMilliseconds())
                    .ExecuteNonQuery();
            }
        });
        Refused("temporarily_unavailable", await _wallet.PushAsync(), 503);

        // The next one that comes after their end forgets them all.
        Assert.True(await authorizations.AddAsync(
            waiting with { CreatedAt = now.AddMinutes(6), ExpiresAt = now.AddMinutes(-1) }, LearnerSecret.Draw()));
        Assert.Equal(201, (await _wallet.PushAsync()).Status);
    }

    [Fact]
    public async Task Deferral_OfOneOfSeveral_IsOfThatOne()
    {
        var grants = wallets.Gateway.Services.GetRequiredService<WalletGrants>();
        string transaction = LearnerSecret.Draw();
        var credential = Guid.NewGuid();
        await grants.DeferAsync(
            new WalletDeferral("a grant", SampleWallet.SdJwt, ["a key"], DateTimeOffset.UtcNow, credential),
            transaction);
        Assert.Equal(credential, grants.FindDeferral("a grant", transaction)!.Credential);
    }

    [Fact]
    public async Task Deferrals_OfOneGrant_AreSoManyAndNoMore_AndTakeNothingFromOthers()
    {
        var grants = wallets.Gateway.Services.GetRequiredService<WalletGrants>();
        var now = DateTimeOffset.UtcNow;
        var deferral = new WalletDeferral("a greedy grant", SampleWallet.SdJwt, ["a key"], now);
        string first = LearnerSecret.Draw();
        Assert.True(await grants.DeferAsync(deferral, first));
        bool[] kept = await Task.WhenAll(Enumerable.Range(0, WalletGrants.MaxDeferrals).Select(
            _ => grants.DeferAsync(deferral, LearnerSecret.Draw())));
        Assert.Single(kept, one => !one);
        Assert.True(await grants.DeferAsync(deferral with { Grant = "a modest grant" }, LearnerSecret.Draw()));

        // What is fetched makes room.
        Assert.True(await grants.EndDeferralAsync(first, now));
        Assert.True(await grants.DeferAsync(deferral, LearnerSecret.Draw()));
    }

    private static void Refused(string code, (int Status, JsonNode Body) answer, int status = 400) =>
        WalletRefusalTests.Refused(code, answer, status);

    private async Task<JsonNode> OfferAsync(object? wanted = null) =>
        await wallets.OfferAsync(await wallets.IssueAsync($"Learner {Guid.NewGuid():N}"), wanted);

    private Task<(int Status, JsonNode Body)> WithCodeAsync(string code, string transactionCode) => _wallet.TokenAsync(
        ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code), ("tx_code", transactionCode));
}
