using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// What a hostile wallet tries, each refused with the code that OpenID4VCI 1.0, RFC 6749 or RFC 9449 has for it, and
/// with words that say what is wrong.
/// </summary>
public sealed class WalletRefusalTests(WalletFixture wallets) : IClassFixture<WalletFixture>, IDisposable
{
    private readonly SampleWallet _wallet = new(wallets.Gateway.Anyone.BaseAddress!);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _wallet.Dispose();

    [Fact]
    public async Task Code_UsedTwice_IsRefused_AndEndsWhatWasGotByIt()
    {
        var offer = await OfferAsync();
        string code = await _wallet.CodeOfAsync(offer);
        string token = (string)(await _wallet.TokenAsync(code)).Body["access_token"]!;
        Refused("invalid_grant", await _wallet.TokenAsync(code));
        Refused("invalid_token", await _wallet.CredentialAsync(token, await _wallet.ProofAsync()), 401);

        // The offer itself is gone with it.
        using var gone = await wallets.Gateway.Anyone.GetAsync((string)offer["url"]!, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Code_UsedByManyAtOnce_IsUsedByOne()
    {
        string code = await _wallet.CodeOfAsync(await OfferAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _wallet.TokenAsync(code)));
        var first = Assert.Single(answers, answer => answer.Status == 200);

        // The others show that somebody else has it: what the first one got is ended, whoever came in between.
        Refused("invalid_token", await _wallet.CredentialAsync(
            (string)first.Body["access_token"]!, await _wallet.ProofAsync()), 401);
    }

    [Fact]
    public async Task Offer_ThatHasEnded_OrIsNone_IsRefused()
    {
        string id = await wallets.IssueAsync("Late Learner");
        string secret = LearnerSecret.Draw();
        var now = DateTimeOffset.UtcNow;
        await wallets.Gateway.Services.GetRequiredService<WalletOffers>().AddAsync(
            new WalletOffer
            {
                Id = "late",
                Credential = Guid.Parse(id),
                Forms = [SampleWallet.SdJwt],
                CreatedAt = now.AddHours(-2),
                ExpiresAt = now.AddHours(-1),
            },
            secret, transactionCode: null);
        Refused("invalid_grant", await _wallet.TokenAsync(WalletOffers.CodeOf(secret)));
        Refused("invalid_grant", await _wallet.TokenAsync(LearnerSecret.Draw()));
        Refused("invalid_grant", await _wallet.TokenAsync("no code at all"));
        Refused("unsupported_grant_type", await _wallet.TokenAsync(("grant_type", "password")));
        Refused("invalid_request", await _wallet.TokenAsync(("code", "x")));
        Refused("invalid_request", await _wallet.TokenAsync(("grant_type", "a"), ("grant_type", "b")));
    }

    [Fact]
    public async Task TransactionCode_Guessed_LocksTheOffer_AndIsAskedForOnlyWhereItIs()
    {
        var offer = await OfferAsync(new { transactionCode = true });
        string code = await _wallet.CodeOfAsync(offer);
        string right = (string)offer["transactionCode"]!;
        string wrong = right == "000000" ? "000001" : "000000";
        Assert.Equal(6, right.Length);
        Refused("invalid_request", await _wallet.TokenAsync(code));
        for (int i = 0; i < WalletOffers.MaxAttempts; i++)
            Refused("invalid_grant", await WithCodeAsync(code, wrong));
        Refused("invalid_grant", await WithCodeAsync(code, right));

        string plain = await _wallet.CodeOfAsync(await OfferAsync());
        Refused("invalid_request", await WithCodeAsync(plain, right));
        Assert.Equal(200, (await _wallet.TokenAsync(plain)).Status);
    }

    // What a proof is not to be, and the code that it is refused with.
    public static TheoryData<string, string> BadProofs => new()
    {
        { "aud", "invalid_proof" }, { "no aud", "invalid_proof" }, { "iat", "invalid_proof" },
        { "no iat", "invalid_proof" }, { "typ", "invalid_proof" }, { "alg none", "invalid_proof" },
        { "HS256", "invalid_proof" }, { "private key", "invalid_proof" }, { "two keys", "invalid_proof" },
        { "no key", "invalid_proof" }, { "x5c", "invalid_proof" }, { "other did", "invalid_proof" },
        { "crit", "invalid_proof" }, { "another's signature", "invalid_proof" }, { "no nonce", "invalid_proof" },
        { "iss", "invalid_proof" }, { "made up nonce", "invalid_nonce" },
    };

    [Theory]
    [MemberData(nameof(BadProofs))]
    public async Task Proof_ThatIsNotGood_IsRefused(string fault, string code)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Action<JsonObject>? header = fault switch
        {
            "typ" => it => it["typ"] = "JWT",
            "alg none" => it => it["alg"] = "none",
            "HS256" => it => it["alg"] = "HS256",
            "private key" => it => it["jwk"]!["d"] = "AAAA",
            "two keys" => it => it["kid"] = "did:key:z6Mk",
            "no key" => it => it.Remove("jwk"),
            "x5c" => it => (it["x5c"], it["jwk"]) = (new JsonArray("MII="), null),
            "other did" => it =>
            {
                it.Remove("jwk");
                it["kid"] = "did:web:evil.example#key";
            }
            ,
            "crit" => it => it["crit"] = new JsonArray("b64"),
            "another's signature" => it => it["jwk"] = SampleWallet.JwkOf(other),
            _ => null,
        };
        Action<JsonObject>? claims = fault switch
        {
            "aud" => it => it["aud"] = "https://another.example",
            "no aud" => it => it.Remove("aud"),
            "iat" => it => it["iat"] = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds(),
            "no iat" => it => it.Remove("iat"),
            "no nonce" => it => it.Remove("nonce"),
            "iss" => it => it["iss"] = "https://a-client.example",
            "made up nonce" => it => it["nonce"] = "made-up",
            _ => null,
        };
        string token = await _wallet.AccessAsync(await OfferAsync());
        Refused(code, await _wallet.CredentialAsync(token, await _wallet.ProofAsync(header, claims)));

        // The token stays good for one who does it right.
        Assert.Equal(200, (await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status);
    }

    [Fact]
    public async Task Proof_Replayed_IsRefused_ByTheSameTokenAndByAnother()
    {
        string token = await _wallet.AccessAsync(await OfferAsync());
        string another = await _wallet.AccessAsync(await OfferAsync());
        string proof = await _wallet.ProofAsync();
        Assert.Equal(200, (await _wallet.CredentialAsync(token, proof)).Status);
        Refused("invalid_nonce", await _wallet.CredentialAsync(token, proof));
        Refused("invalid_nonce", await _wallet.CredentialAsync(another, proof));

        // Spelt otherwise it is the same.
        string used = await _wallet.NonceAsync();
        string once = await _wallet.ProofAsync(claims: it => it["nonce"] = used);
        Assert.Equal(200, (await _wallet.CredentialAsync(token, once)).Status);
        string changed = used.Replace('-', '+').Replace('_', '/');
        foreach (string respelt in (string[])[used + " ", " " + used, used.Insert(10, "\n"), changed, used + "="])
        {
            Refused("invalid_nonce", await _wallet.CredentialAsync(
                token, await _wallet.ProofAsync(claims: it => it["nonce"] = respelt)));
        }

        // Several in one request share their nonce, and each has a key of its own.
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string nonce = await _wallet.NonceAsync();
        string[] two =
        [
            await _wallet.ProofAsync(claims: it => it["nonce"] = nonce),
            await _wallet.ProofAsync(claims: it => it["nonce"] = nonce, key: other),
        ];
        Refused("invalid_proof", await _wallet.CredentialAsync(token, two[0], two[0]));
        Refused("invalid_proof", await _wallet.CredentialAsync(token, two[0], await _wallet.ProofAsync()));
        Refused("invalid_credential_request", await _wallet.CredentialAsync(token, [.. Enumerable.Repeat(two[0], 21)]));
        Assert.Equal(2, (await _wallet.CredentialAsync(token, two)).Body["credentials"]!.AsArray().Count);
    }

    [Fact]
    public async Task Request_ForWhatTheTokenIsNotFor_OrThatIsNone_IsRefused()
    {
        string token = await _wallet.AccessAsync(await OfferAsync());
        JsonObject Named(string name, string value) => new() { [name] = value };
        Refused("unknown_credential_configuration", await AskAsync(Named("credential_configuration_id", "other")));
        Refused("invalid_credential_request", await AskAsync(
            Named("credential_configuration_id", "micro-credential-ldp")));
        Refused("unknown_credential_identifier", await AskAsync(
            Named("credential_identifier", $"{SampleWallet.SdJwt}:{Guid.NewGuid()}")));
        Refused("invalid_credential_request", await AskAsync(new JsonObject()));
        var both = Named("credential_identifier", "x");
        both["credential_configuration_id"] = SampleWallet.SdJwt;
        Refused("invalid_credential_request", await AskAsync(both));
        var encrypted = Named("credential_configuration_id", SampleWallet.SdJwt);
        encrypted["credential_response_encryption"] = new JsonObject();
        Refused("invalid_encryption_parameters", await AskAsync(encrypted));
        Refused("invalid_proof", await AskAsync(Named("credential_configuration_id", SampleWallet.SdJwt)));
        Refused("invalid_credential_request", await AskAsync(new JsonArray()));
        var huge = Named("credential_configuration_id", new string('x', 300_000));
        Refused("invalid_request", await AskAsync(huge), 413);
        Refused("invalid_request", await _wallet.TokenAsync(("grant_type", new string('x', 20_000))), 413);
        Refused("invalid_token", await _wallet.CredentialAsync("made-up", await _wallet.ProofAsync()), 401);
        Refused("invalid_transaction_id", await _wallet.AskAsync(
            "/wallet/deferred-credential", token, Named("transaction_id", LearnerSecret.Draw())));

        // A token in the address would stand in logs, and is none.
        Assert.Equal(400, (await _wallet.AskAsync(
            $"/wallet/credential?access_token={token}", token, new JsonObject())).Status);

        Task<(int Status, JsonNode Body)> AskAsync(JsonNode body) =>
            _wallet.AskAsync("/wallet/credential", token, body);
    }

    [Fact]
    public async Task BoundToken_IsNoUseToWhoHasNotItsKey()
    {
        string code = await _wallet.CodeOfAsync(await OfferAsync());
        (string, string)[] form = [("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code)];
        string replayed = _wallet.Bound("/wallet/token", claims: it => it["htm"] = "GET");
        Refused("invalid_dpop_proof", await _wallet.PostAsync("/wallet/token", form, replayed));
        Refused("invalid_dpop_proof", await _wallet.PostAsync("/wallet/token", form, _wallet.Bound("/wallet/nonce")));
        string good = _wallet.Bound("/wallet/token");
        var (_, body) = await _wallet.PostAsync("/wallet/token", form, good);
        Assert.Equal("DPoP", (string?)body["token_type"]);
        string token = (string)body["access_token"]!;
        string refresh = (string)body["refresh_token"]!;
        (string, string)[] again = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        Refused("invalid_dpop_proof", await _wallet.PostAsync("/wallet/token", again, good));
        Refused("invalid_grant", await _wallet.PostAsync("/wallet/token", again, bound: null));

        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        const string Address = "/wallet/credential";
        var wanted = await WantedAsync();
        Refused("invalid_token", await _wallet.AskAsync(Address, token, wanted.DeepClone()), 401);
        Refused("invalid_token", await _wallet.AskAsync(
            Address, token, wanted.DeepClone(), _wallet.Bound(Address, token, key: thief)), 401);
        Refused("invalid_dpop_proof", await _wallet.AskAsync(
            Address, token, wanted.DeepClone(), _wallet.Bound(Address)), 401);
        Refused("invalid_dpop_proof", await _wallet.AskAsync(
            Address, token, wanted.DeepClone(), _wallet.Bound(Address, token, it => it["iat"] = 1)), 401);
        string once = _wallet.Bound(Address, token);
        Assert.Equal(200, (await _wallet.AskAsync(Address, token, wanted, once)).Status);
        Refused("invalid_dpop_proof", await _wallet.AskAsync(Address, token, await WantedAsync(), once), 401);

        async Task<JsonNode> WantedAsync() => new JsonObject
        {
            ["credential_configuration_id"] = SampleWallet.SdJwt,
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await _wallet.ProofAsync()) },
        };
    }

    [Fact]
    public async Task RefreshToken_UsedTwice_EndsWhatWasGotByIt()
    {
        var (_, body) = await _wallet.TokenAsync(await _wallet.CodeOfAsync(await OfferAsync()));
        var (_, next) = await RefreshAsync((string)body["refresh_token"]!);
        var (_, third) = await RefreshAsync((string)next["refresh_token"]!);
        Refused("invalid_token", await _wallet.CredentialAsync(
            (string)body["access_token"]!, await _wallet.ProofAsync()), 401);
        string token = (string)third["access_token"]!;
        Assert.Equal(200, (await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status);

        // Made up ones end nothing.
        Refused("invalid_grant", await RefreshAsync(LearnerSecret.Draw()));
        Refused("invalid_grant", await RefreshAsync($"{Guid.NewGuid():N}.{LearnerSecret.Draw()}"));
        Assert.Equal(200, (await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status);
        Refused("invalid_grant", await RefreshAsync((string)body["refresh_token"]!));
        Refused("invalid_token", await _wallet.CredentialAsync(token, await _wallet.ProofAsync()), 401);
        Refused("invalid_grant", await RefreshAsync((string)third["refresh_token"]!));

        Task<(int Status, JsonNode Body)> RefreshAsync(string refresh) =>
            _wallet.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh));
    }

    [Fact]
    public async Task RefreshToken_BoundToAKey_StaysForWhoGotNoAnswer()
    {
        string code = await _wallet.CodeOfAsync(await OfferAsync());
        (string, string)[] form = [("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code)];
        var (_, body) = await _wallet.PostAsync("/wallet/token", form, _wallet.Bound("/wallet/token"));
        string refresh = (string)body["refresh_token"]!;
        (string, string)[] again = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        for (int i = 0; i < 2; i++)
        {
            var (status, next) = await _wallet.PostAsync("/wallet/token", again, _wallet.Bound("/wallet/token"));
            Assert.Equal((200, refresh), (status, (string?)next["refresh_token"]));
        }
    }

    [Fact]
    public async Task Request_WithoutAnyToken_IsToldNoErrorCode()
    {
        using var answer = await wallets.Gateway.Anyone.PostAsync(
            "/wallet/credential", new StringContent("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.All(answer.Headers.WwwAuthenticate, challenge =>
            Assert.DoesNotContain("error", challenge.ToString(), StringComparison.Ordinal));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Null(body["error"]);
        Assert.Contains("Authorization", (string)body["error_description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasRevokedOrErased_IsFetchedNoMore()
    {
        string id = await wallets.IssueAsync("Revoked Later");
        string token = await _wallet.AccessAsync(await wallets.OfferAsync(id));
        await GatewayHost.OkAsync(await wallets.Gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        (int Status, JsonNode Body) answer = default;
        await Until.TrueAsync(
            async () => (answer = await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status == 400,
            () => "It is still given out.");
        Refused("credential_request_denied", answer);
        using var offered = await wallets.Gateway.PostAsync($"/v1/credentials/{id}/wallet-offers", new { });
        Assert.Equal(HttpStatusCode.Conflict, offered.StatusCode);
        await GatewayHost.OkAsync(await wallets.Gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation));
        Refused("credential_request_denied", await _wallet.CredentialAsync(token, await _wallet.ProofAsync()));
    }

    [Fact]
    public async Task Notification_IsTakenOfWhatWasGiven_AndOfNothingElse()
    {
        const string Address = "/wallet/notification";
        string token = await _wallet.AccessAsync(await OfferAsync());
        var (_, given) = await _wallet.CredentialAsync(token, await _wallet.ProofAsync());
        JsonObject Said(string id, string happened) => new() { ["notification_id"] = id, ["event"] = happened };
        string notice = (string)given["notification_id"]!;
        Refused("invalid_notification_id", await _wallet.AskAsync(
            Address, token, Said(LearnerSecret.Draw(), "credential_accepted")));
        Refused("invalid_notification_request", await _wallet.AskAsync(
            Address, token, Said(notice, "credential_eaten")));
        Refused("invalid_notification_request", await _wallet.AskAsync(Address, token, new JsonObject()));
        string another = await _wallet.AccessAsync(await OfferAsync());
        Refused("invalid_notification_id", await _wallet.AskAsync(
            Address, another, Said(notice, "credential_accepted")));
        Assert.Equal(204, (await _wallet.AskAsync(Address, token, Said(notice, "credential_deleted"))).Status);
    }

    [Fact]
    public async Task SlowRequests_HoldNobodyUp()
    {
        var address = wallets.Gateway.Anyone.BaseAddress!;
        var slow = new List<TcpClient>();
        foreach (string place in (string[])["token", "credential", "pushed-requests", "notification"])
        {
            for (int i = 0; i < 10; i++)
            {
                slow.Add(new TcpClient());
                await slow[^1].ConnectAsync(address.Host, address.Port, Cancellation);
                string begun = $"POST /wallet/{place} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 1000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=";
                await slow[^1].GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun), Cancellation);
            }
        }

        string token = await _wallet.AccessAsync(await OfferAsync());
        Assert.Equal(200, (await _wallet.CredentialAsync(token, await _wallet.ProofAsync())).Status);
        slow.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task Log_HoldsNoSecretOfAnyWallet()
    {
        var offer = await OfferAsync(new { transactionCode = true });
        string code = await _wallet.CodeOfAsync(offer);
        var (_, body) = await WithCodeAsync(code, (string)offer["transactionCode"]!);
        string proof = await _wallet.ProofAsync();
        string token = (string)body["access_token"]!;
        await _wallet.CredentialAsync(token, proof);
        string log = wallets.Gateway.Log.Text;
        string[] secrets =
        [
            code, ((string)offer["url"]!).Split('/')[^1], token, (string)body["refresh_token"]!, proof,
        ];
        foreach (string secret in secrets) Assert.DoesNotContain(secret, log, StringComparison.Ordinal);

        // Nor has the store any of them.
        using var reader = wallets.Gateway.Services.GetRequiredService<GatewayStore>().Database.Read();
        using var rows = reader.Prepare("SELECT access, refresh FROM wallet_grant", 0).ExecuteReader();
        while (rows.Read())
            Assert.Equal(SHA256.HashSizeInBytes, rows.GetFieldValue<byte[]>(0).Length);
    }

    internal static void Refused(string code, (int Status, JsonNode Body) answer, int status = 400)
    {
        Assert.Equal((status, code), (answer.Status, (string?)answer.Body["error"]));
        string description = (string)answer.Body["error_description"]!;
        Assert.True(description.Length > 10 && description.All(letter => letter is >= ' ' and <= '~'), description);
    }

    private async Task<JsonNode> OfferAsync(object? wanted = null) =>
        await wallets.OfferAsync(await wallets.IssueAsync($"Learner {Guid.NewGuid():N}"), wanted);

    private Task<(int Status, JsonNode Body)> WithCodeAsync(string code, string transactionCode) => _wallet.TokenAsync(
        ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code), ("tx_code", transactionCode));
}
