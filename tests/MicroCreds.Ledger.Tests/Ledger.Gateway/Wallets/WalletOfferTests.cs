using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>What is offered to wallets, how people come to it, and what the copies are worth.</summary>
public sealed class WalletOfferTests(WalletFixture wallets, Browser found)
    : IClassFixture<WalletFixture>, IClassFixture<Browser>, IDisposable
{
    private readonly SampleWallet _wallet = new(wallets.Gateway.Anyone.BaseAddress!);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _wallet.Dispose();

    [Fact]
    public async Task Metadata_DescribeIssuerAndServer_InBothLanguages()
    {
        var issuer = await ReadAsync("/.well-known/openid-credential-issuer");
        Assert.Equal(_wallet.Issuer, (string?)issuer["credential_issuer"]);
        Assert.Equal(["en", "de"], issuer["display"]!.AsArray().Select(one => (string?)one!["locale"]));
        Assert.Equal(20, (int?)issuer["batch_credential_issuance"]!["batch_size"]);
        var forms = issuer["credential_configurations_supported"]!.AsObject();
        Assert.Equal(
            ["dc+sd-jwt", "jwt_vc_json", "ldp_vc"], forms.Select(one => (string?)one.Value!["format"]));
        foreach (var (name, form) in forms)
        {
            // OpenID4VCI 1.0, 12.2.4: both or neither.
            Assert.Equal(
                form!["cryptographic_binding_methods_supported"] is null, form["proof_types_supported"] is null);
            Assert.Equal(name, (string?)form["scope"]);
            Assert.Equal(2, form["credential_metadata"]!["display"]!.AsArray().Count);
            Assert.Contains(
                """{"path":["credentialSubject","name"],"display":[{"name":""",
                form["credential_metadata"]!["claims"]!.ToJsonString(), StringComparison.Ordinal);
        }

        var server = await ReadAsync("/.well-known/oauth-authorization-server");
        Assert.Equal(_wallet.Issuer, (string?)server["issuer"]);
        foreach (string endpoint in new[] { "token_endpoint", "pushed_authorization_request_endpoint" })
            Assert.StartsWith(_wallet.Issuer, (string?)server[endpoint], StringComparison.Ordinal);
        using var other = await wallets.Gateway.Anyone.GetAsync(
            "/.well-known/openid-credential-issuer/tenant", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Theory]
    [InlineData(null, "https://issuer.example", true)]
    [InlineData("badges/aurora", "https://issuer.example/badges/aurora", true)]
    [InlineData("badges", "https://issuer.example/badges/aurora", false)]
    [InlineData(null, "https://issuer.example/badges", false)]
    [InlineData("badges", "https://issuer.example", false)]
    public void Metadata_OfAnIssuerWithAPath_LieBehindTheWellKnownPart(string? rest, string issuer, bool isThere) =>
        Assert.Equal(isThere, OfferingAddresses.IsOfIssuer(rest, issuer));

    [Fact]
    public async Task Copy_BoundByItsToken_IsPresented_AndNobodyElseCanBindIt()
    {
        var key = IssuerPrivateKey.Generate();
        byte[] copy = await FetchAsync(await wallets.IssueAsync("Presenting Learner"), key);
        var request = new PresentationRequest("https://verifier.example", "n-1");
        var claims = new JsonObject
        {
            ["aud"] = request.Audience,
            ["nonce"] = request.Nonce,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        var verifier = wallets.Gateway.Services.GetRequiredService<CredentialVerifier>();
        var proven = await verifier.VerifyAsync(HolderKeys.Present(copy, key, claims), request, Cancellation);
        Assert.Equal(VerdictKind.Valid, proven.Kind);
        var holder = Assert.Single(proven.Checks, check => check.Code == CheckCodes.HolderProven);
        Assert.Contains("the ledger does not", holder.Detail, StringComparison.Ordinal);

        // Without the wallet's proof, and with another's, it does not do where one is asked for.
        Assert.NotEqual(VerdictKind.Valid, (await verifier.VerifyAsync(copy, request, Cancellation)).Kind);
        var thief = IssuerPrivateKey.Generate();
        var stolen = await verifier.VerifyAsync(HolderKeys.Present(copy, thief, claims), request, Cancellation);
        Assert.NotEqual(VerdictKind.Valid, stolen.Kind);
    }

    /// <summary>A wallet that asks by authorization_details is told by them, each time (OpenID4VCI 1.0, 6.2).</summary>
    [Fact]
    public async Task Token_AskedForByDetails_IsGoodForThem_AndSaysSoAfterEachRefresh()
    {
        var offer = await wallets.OfferAsync(await wallets.IssueAsync("Detailed Learner"));
        string code = await _wallet.CodeOfAsync(offer);
        string Details(string form) =>
            $$"""[{"type":"openid_credential","credential_configuration_id":"{{form}}"}]""";
        Task<(int Status, JsonNode Body)> AskAsync(string details) => _wallet.TokenAsync(
            ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code),
            ("authorization_details", details));
        WalletRefusalTests.Refused("invalid_authorization_details", await AskAsync("[]"));
        WalletRefusalTests.Refused("invalid_authorization_details", await AskAsync(Details("micro-credential-none")));
        var (_, tokens) = await AskAsync(Details(SampleWallet.SdJwt));
        string identifier = IdentifierIn(tokens);
        var (_, again) = await _wallet.TokenAsync(
            ("grant_type", "refresh_token"), ("refresh_token", (string)tokens["refresh_token"]!));
        Assert.Equal(identifier, IdentifierIn(again));
        var request = new JsonObject
        {
            ["credential_identifier"] = identifier,
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await _wallet.ProofAsync()) },
        };
        string token = (string)again["access_token"]!;
        var (status, body) = await _wallet.AskAsync("/wallet/credential", token, request);
        Assert.Equal(200, status);
        Assert.NotNull(body["credentials"]);
        request.Remove("credential_identifier");
        request["credential_configuration_id"] = "micro-credential-jwt";
        request["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await _wallet.ProofAsync()) };
        WalletRefusalTests.Refused(
            "invalid_credential_request", await _wallet.AskAsync("/wallet/credential", token, request));
    }

    private static string IdentifierIn(JsonNode tokens)
    {
        var details = Assert.Single(tokens["authorization_details"]!.AsArray())!;
        Assert.Equal(SampleWallet.SdJwt, (string?)details["credential_configuration_id"]);
        return (string)Assert.Single(details["credential_identifiers"]!.AsArray())!;
    }

    [Fact]
    public async Task Credential_IssuedToAKey_IsGivenToThatKeyAlone()
    {
        var row = GatewayHost.Row("Keyed Learner");
        row["recipient"]!["key"] = SampleWallet.JwkOf(_wallet.Key);
        using var issued = await GatewayHost.OkAsync(await wallets.Gateway.PostAsync("/v1/credentials", row));
        string id = GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation))["urn:uuid:".Length..];
        string token = await _wallet.AccessAsync(await wallets.OfferAsync(id));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WalletRefusalTests.Refused(
            "invalid_proof", await _wallet.CredentialAsync(token, await _wallet.ProofAsync(key: other)));
        var (_, body) = await _wallet.CredentialAsync(token, await _wallet.ProofAsync());
        string credential = (string)body["credentials"]![0]!["credential"]!;
        var claims = SampleWallet.ClaimsOf(credential.Split('~')[0]);
        Assert.NotNull(claims["cnf"]);
        Assert.Null(claims["boundBy"]);
        Assert.Equal("valid", await wallets.Strict.VerdictAsync(Encoding.ASCII.GetBytes(credential)));
    }

    [Fact]
    public async Task EveryForm_IsGivenAsItIsOffered_AndHolds()
    {
        string[] forms = ["micro-credential-sd-jwt", "micro-credential-jwt", "micro-credential-ldp"];
        string token = await _wallet.AccessAsync(
            await wallets.OfferAsync(await wallets.IssueAsync("Every Form"), new { forms }));
        foreach (string form in forms)
        {
            bool isBound = form != "micro-credential-ldp";
            var wanted = new JsonObject { ["credential_configuration_id"] = form };
            if (isBound) wanted["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await _wallet.ProofAsync()) };
            var (status, body) = await _wallet.AskAsync("/wallet/credential", token, wanted);
            Assert.True(status == 200, $"{form}: {body}");
            var credential = body["credentials"]![0]!["credential"]!;
            string text = isBound ? (string)credential! : credential.ToJsonString();
            Assert.Equal("valid", await wallets.Strict.VerdictAsync(Encoding.UTF8.GetBytes(text)));
            if (isBound) Assert.NotNull(SampleWallet.ClaimsOf(text.Split('~')[0])["cnf"]!["jwk"]);
        }

        using var unknown = await wallets.Gateway.PostAsync(
            $"/v1/credentials/{await wallets.IssueAsync("No Form")}/wallet-offers",
            new JsonObject { ["forms"] = new JsonArray("mdoc") });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Learner_ForWhomNoOfferCanBeMade_IsToldOnTheirPage()
    {
        string id = await wallets.IssueAsync("Too Late");
        var (browser, held) = await wallets.ClaimAsync(id);
        await GatewayHost.OkAsync(await wallets.Gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        string lead = "";
        await Until.TrueAsync(
            async () =>
            {
                using var asked = await browser.PostFormAsync(held + "/wallet-offers", []);
                lead = asked.Headers.Location!.ToString();
                return lead.EndsWith("?fault=wallet", StringComparison.Ordinal);
            },
            () => $"It led to {lead}.");
        using var page = await browser.GetAsync(lead);
        Assert.Contains(
            "Nothing was made for a wallet", await page.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
        browser.Dispose();
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Learner_ComesFromTheClaimLinkToACode_WhichAPhoneReads(string language, int width)
    {
        var browser = found.OrSkip();
        string id = await wallets.IssueAsync("Zoë Wallet");
        using var made = await GatewayHost.OkAsync(
            await wallets.Gateway.Registrar.PostAsync($"/v1/credentials/{id}/claims", content: null, Cancellation));
        string link = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["url"]!;
        var page = await browser.OpenAsync(link, width, language);
        await page.Locator("button[form='into-wallet']").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/wallet/offers/*");
        await DeskVisitor.ExamineAsync(page, $"wallet-offer-{language}-{width}");
        byte[] picture = await page.Locator("main svg").First.ScreenshotAsync();
        var code = Assert.Single(CarriedCredential.Find(picture).Contents);
        string read = Encoding.UTF8.GetString(code.Content);
        Assert.Equal(await page.Locator("#open").GetAttributeAsync("href"), read);
        Assert.StartsWith("openid-credential-offer://?credential_offer_uri=http", read, StringComparison.Ordinal);

        // The device holds it, too, and makes another offer from there, in another form.
        await page.GotoAsync($"{wallets.Gateway.Anyone.BaseAddress}me");
        await page.Locator(".cards a").ClickAsync();
        await page.Locator("#wallet details summary").ClickAsync();
        await page.Locator("#wallet-form").SelectOptionAsync("micro-credential-ldp");
        await DeskVisitor.ExamineAsync(page, $"wallet-held-{language}-{width}");
        await page.Locator("#wallet details button").ClickAsync();
        await Browser.ComesToAsync(page, "/wallet/offers/*");
        var offer = await ReadAsync(new Uri(page.Url).AbsolutePath);
        Assert.Equal("micro-credential-ldp", (string?)offer["credential_configuration_ids"]![0]);

        // A wallet that begins by itself leads here.
        var (_, pushed) = await _wallet.PushAsync();
        await page.GotoAsync(_wallet.Issuer + SampleWallet.AddressOf(pushed));
        await Assertions.Expect(page.Locator("main form input[name=credential]")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, $"wallet-consent-{language}-{width}");
    }

    [Fact]
    public async Task Desk_ShowsACode_AndTheTransactionCodeToTell()
    {
        string id = await wallets.IssueAsync("Desk Wallet");
        var desk = await DeskVisitor.SignInAsync(found.OrSkip(), wallets.Gateway);
        await desk.GotoAsync($"{wallets.Gateway.Anyone.BaseAddress}desk/credentials/{id}");
        await desk.Locator("#wallet summary").ClickAsync();
        await desk.Locator("#wallet button").ClickAsync();
        string told = await desk.Locator("#wallet-told").InnerTextAsync();
        await DeskVisitor.ExamineAsync(desk, "desk-wallet");
        string url = await desk.Locator("#wallet-offer .copy").InnerTextAsync();
        string code = await _wallet.CodeOfAsync(new JsonObject { ["url"] = url });
        var (status, _) = await _wallet.TokenAsync(
            ("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code), ("tx_code", told));
        Assert.Equal(200, status);
    }

    private async Task<byte[]> FetchAsync(string id, IssuerPrivateKey key)
    {
        string token = await _wallet.AccessAsync(await wallets.OfferAsync(id));
        string header = ForgedToken.Encode(new JsonObject
        {
            ["alg"] = "ES256",
            ["typ"] = "openid4vci-proof+jwt",
            ["kid"] = $"did:key:{key.PublicKeyMultibase}#{key.PublicKeyMultibase}",
        });
        string claims = ForgedToken.Encode(new JsonObject
        {
            ["aud"] = _wallet.Issuer,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["nonce"] = await _wallet.NonceAsync(),
        });
        byte[] signature = key.Sign(Encoding.ASCII.GetBytes($"{header}.{claims}"));
        var (_, body) = await _wallet.CredentialAsync(
            token, $"{header}.{claims}.{WebEncoders.Base64UrlEncode(signature)}");
        return Encoding.ASCII.GetBytes((string)body["credentials"]![0]!["credential"]!);
    }

    private async Task<JsonNode> ReadAsync(string address) =>
        (await wallets.Gateway.Anyone.GetFromJsonAsync<JsonNode>(address, Cancellation))!;
}
