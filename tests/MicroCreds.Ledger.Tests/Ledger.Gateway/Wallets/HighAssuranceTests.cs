using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Wallets;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A gateway of the High Assurance Interoperability Profile (HAIP 1.0), as issuer and as verifier.</summary>
[Collection(HighAssuranceGateways.Name)]
public sealed class HighAssuranceTests(HighAssuranceFixture haip)
{
    private const string Token = "/wallet/token";
    private const string Pushed = "/wallet/pushed-requests";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verifier_IsKnownByItsCertificate_AndTakesEncryptedSdJwtAlone()
    {
        string credential = await haip.FetchAsync("High Assured");
        using var presenter = new SamplePresenter(credential, haip.Wallet.Key);
        using var made = await GatewayHost.OkAsync(
            await haip.Gateway.PostAsync("/v1/presentation-requests", new { }));
        var asked = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        string link = (string)asked["link"]!;
        Assert.StartsWith("haip-vp://?client_id=x509_hash%3A", link, StringComparison.Ordinal);
        var request = await presenter.FetchAsync(link);
        byte[] leaf = Convert.FromBase64String((string)request.Header["x5c"]!.AsArray().Single()!);
        Assert.Equal("x509_hash:" + WebEncoders.Base64UrlEncode(SHA256.HashData(leaf)), request.Client);
        Assert.Equal(("ES256", "direct_post.jwt"), ((string?)request.Header["alg"], request.Mode));
        Assert.Equal(200, (await presenter.AnswerAsync(request, presenter.Present(request))).Status);
        string read = await haip.Gateway.Registrar.GetStringAsync(
            $"/v1/presentation-requests/{asked["id"]}", Cancellation);
        Assert.Equal("valid", (string?)JsonNode.Parse(read)!["credentials"]![0]!["verdict"]!["verdict"]);
        foreach (object wanted in (object[])[new { responseMode = "direct_post" }, new { format = "ldp_vc" }])
        {
            using var refused = await haip.Gateway.PostAsync("/v1/presentation-requests", wanted);
            Assert.Equal(400, (int)refused.StatusCode);
        }
    }

    [Fact]
    public async Task Issuer_AsksForAnAttestation_AndForABoundToken()
    {
        (string, string)[] form =
        [
            ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", await haip.CodeAsync("Attested")),
        ];
        Refused("OAuth-Client-Attestation", await haip.PostAsync(Token, form, null, null, haip.Wallet.Bound(Token)));
        string bound = haip.Wallet.Bound(Token);
        string good = haip.Attest();
        foreach (var (attestation, proof, said) in (IEnumerable<(string, string, string)>)
        [
            (haip.Attest(by: PresentationFixture.AnotherKey()), haip.Prove(), "not signed"),
            (haip.Attest(it => it["exp"] = 1), haip.Prove(), "has ended"),
            (haip.Attest(it => it.Remove("sub")), haip.Prove(), "sub"),
            (haip.Attest(it => it.Remove("cnf")), haip.Prove(), "cnf"),
            (haip.Attest(chain: HighAssuranceFixture.Stranger()), haip.Prove(), "No authority"),
            (haip.Attest(chain: []), haip.Prove(), "x5c"),
            (good, haip.Prove(by: PresentationFixture.AnotherKey()), "not signed"),
            (good, haip.Prove(it => it["aud"] = "https://elsewhere.example"), "aud"),
            (good, haip.Prove(it => it["iat"] = 1), "iat"),
            (good, haip.Prove(it => it.Remove("jti")), "jti"),
        ])
        {
            var answer = await haip.PostAsync(Token, form, attestation, proof, bound);
            Refused(said, answer);
        }

        Assert.Equal("invalid_dpop_proof", (string?)(await haip.PostAsync(
            Token, form, good, haip.Prove(), bound: null)).Body["error"]);
        string proven = haip.Prove();
        Assert.Equal("invalid_client", (string?)(await haip.PostAsync(
            Token, [.. form, ("client_id", "https://another.example")], good, proven, bound)).Body["error"]);
        var (status, tokens) = await haip.PostAsync(Token, form, good, haip.Prove(), haip.Wallet.Bound(Token));
        Assert.True(status == 200, tokens.ToJsonString());
        Assert.Equal("DPoP", (string?)tokens["token_type"]);

        // A proof is good once, whatever it is for.
        string once = haip.Prove();
        Assert.Equal(201, (await haip.PostAsync(Pushed, HighAssuranceFixture.Push(), good, once, bound: null)).Status);
        Refused("jti", await haip.PostAsync(Pushed, HighAssuranceFixture.Push(), good, once, bound: null));
    }

    [Fact]
    public async Task Token_OfOneInstanceOfAWallet_IsNoneOfAnothersOfTheSameProvider()
    {
        (string, string)[] form =
        [
            ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", await haip.CodeAsync("One Instance")),
        ];
        var (_, tokens) = await haip.PostAsync(
            Token, form, haip.Attest(), haip.Prove(), haip.Wallet.Bound(Token));
        (string, string)[] refresh =
            [("grant_type", "refresh_token"), ("refresh_token", (string)tokens["refresh_token"]!)];
        using var other = PresentationFixture.AnotherKey();
        string attested = haip.Attest(it => it["cnf"] = new JsonObject { ["jwk"] = SampleWallet.JwkOf(other) });
        var refused = await haip.PostAsync(
            Token, refresh, attested, haip.Prove(by: other), haip.Wallet.Bound(Token));
        WalletRefusalTests.Refused("invalid_grant", refused);
        Assert.Contains("another instance", (string)refused.Body["error_description"]!, StringComparison.Ordinal);
        var (status, _) = await haip.PostAsync(
            Token, refresh, haip.Attest(), haip.Prove(), haip.Wallet.Bound(Token));
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task Token_OfBeforeTheProfile_GivesNothing()
    {
        string id = GatewayHost.IdOf(await haip.Gateway.IssueAsync("Of Before"))["urn:uuid:".Length..];
        string secret = LearnerSecret.Draw();
        var now = DateTimeOffset.UtcNow;
        var offers = haip.Gateway.Services.GetRequiredService<WalletOffers>();
        await offers.AddAsync(
            new WalletOffer
            {
                Id = Guid.NewGuid().ToString("N"),
                Credential = Guid.Parse(id),
                Forms = ["micro-credential-jwt"],
                CreatedAt = now,
                ExpiresAt = now.AddHours(1),
            },
            secret, transactionCode: null);
        var grant = new WalletGrant
        {
            Id = Guid.NewGuid().ToString("N"),
            Credentials = [Guid.Parse(id)],
            Forms = ["micro-credential-jwt"],
            AccessEnds = now.AddHours(1),
            RefreshEnds = now.AddHours(1),
            CreatedAt = now,
        };
        var bearer = WalletTokens.Draw(grant.Id);
        Assert.Equal(
            WalletOfferUse.Taken, await offers.UseAsync(WalletOffers.CodeOf(secret), null, now, grant, bearer));
        WalletRefusalTests.Refused(
            "invalid_token",
            await haip.Wallet.AskAsync("/wallet/credential", bearer.Access, new JsonObject()), 401);
        using var form = await haip.Gateway.PostAsync(
            $"/v1/credentials/{id}/wallet-offers", new { forms = (string[])["micro-credential-jwt"] });
        Assert.Equal(400, (int)form.StatusCode);
    }

    [Fact]
    public async Task Metadata_SayTheProfile_AndAreSignedIfAWalletLikesThat()
    {
        var server = JsonNode.Parse(await haip.Gateway.Anyone.GetStringAsync(
            "/.well-known/oauth-authorization-server", Cancellation))!;
        Assert.Equal(
            "attest_jwt_client_auth", (string?)server["token_endpoint_auth_methods_supported"]!.AsArray().Single());
        Assert.True((bool)server["require_pushed_authorization_requests"]!);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-credential-issuer");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/jwt"));
        using var answer = await GatewayHost.OkAsync(await haip.Gateway.Anyone.SendAsync(request, Cancellation));
        string token = await answer.Content.ReadAsStringAsync(Cancellation);
        var header = JsonNode.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[0]))!;
        Assert.Equal("openidvci-issuer-metadata+jwt", (string?)header["typ"]);
        Assert.Single(header["x5c"]!.AsArray());
        var claims = SampleWallet.ClaimsOf(token);
        Assert.Equal((string?)claims["credential_issuer"], (string?)claims["sub"]);
        Assert.Equal(
            ["micro-credential-sd-jwt"],
            claims["credential_configurations_supported"]!.AsObject().Select(one => one.Key));
    }

    [Fact]
    public async Task Answer_IsEncrypted_IfTheRequestIs_AndForNobodyElse()
    {
        string token = await haip.AccessAsync("Encrypted");
        var metadata = JsonNode.Parse(await haip.Gateway.Anyone.GetStringAsync(
            "/.well-known/openid-credential-issuer", Cancellation))!;
        var key = metadata["credential_request_encryption"]!["jwks"]!["keys"]![0]!;
        var mine = EncryptionKey.Derive(RandomNumberGenerator.GetBytes(32), "wallet", "mine");
        async Task<JsonObject> WantedAsync(string way = "A256GCM") => new()
        {
            ["credential_configuration_id"] = SampleWallet.SdJwt,
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await haip.Wallet.ProofAsync()) },
            ["credential_response_encryption"] = new JsonObject { ["jwk"] = mine.Jwk, ["enc"] = way },
        };

        // In the open, whoever is on the way could put in a key of their own.
        const string Code = "invalid_encryption_parameters";
        Assert.Equal(Code, await ErrorAsync((await WantedAsync()).ToJsonString(), "application/json"));
        Assert.Equal(Code, await ErrorAsync(Seal(key, await WantedAsync("A128CBC-HS256"))));
        var zipped = await WantedAsync();
        zipped["credential_response_encryption"]!["zip"] = "DEF";
        Assert.Equal(Code, await ErrorAsync(Seal(key, zipped)));
        Assert.Equal(Code, await ErrorAsync(Seal(mine.Jwk, await WantedAsync())));
        using var given = await haip.SendAsync(
            "/wallet/credential", token, Seal(key, await WantedAsync()), "application/jwt");
        Assert.Equal("application/jwt", given.Content.Headers.ContentType!.MediaType);
        var answer = JsonNode.Parse(mine.Open(await given.Content.ReadAsStringAsync(Cancellation)))!;
        string credential = (string)answer["credentials"]![0]!["credential"]!;
        Assert.Equal("valid", await haip.Gateway.VerdictAsync(Encoding.ASCII.GetBytes(credential)));
        Assert.NotNull(JsonNode.Parse(WebEncoders.Base64UrlDecode(credential.Split('.')[0]))!["x5c"]);

        async Task<string?> ErrorAsync(string body, string type = "application/jwt")
        {
            using var refused = await haip.SendAsync("/wallet/credential", token, body, type);
            return (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancellation))!["error"];
        }
    }

    private static string Seal(JsonNode key, JsonObject wanted) => EncryptionKey.Seal(
        Encoding.UTF8.GetBytes(wanted.ToJsonString()), JsonSerializer.SerializeToElement(key), "A128GCM");

    private static void Refused(string said, (int Status, JsonNode Body) answer)
    {
        WalletRefusalTests.Refused("invalid_client", answer, 401);
        Assert.Contains(said, (string)answer.Body["error_description"]!, StringComparison.Ordinal);
    }
}
