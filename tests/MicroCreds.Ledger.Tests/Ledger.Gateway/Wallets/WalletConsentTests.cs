using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>A wallet that asks its learner: what the page shows, what comes back, and what is refused.</summary>
public sealed partial class WalletConsentTests(WalletFixture wallets) : IClassFixture<WalletFixture>, IDisposable
{
    private readonly SampleWallet _wallet = new(wallets.Gateway.Anyone.BaseAddress!);

    public void Dispose() => _wallet.Dispose();

    [Fact]
    public async Task SeveralCredentials_AreChosen_AndFetchedByTheirIdentifiers()
    {
        string id = await wallets.IssueAsync("Several Held");
        var (browser, held) = await wallets.ClaimAsync(id);
        string details = new JsonArray(new JsonObject
        {
            ["type"] = "openid_credential",
            ["credential_configuration_id"] = SampleWallet.SdJwt,
        }).ToJsonString();
        var (_, pushed) = await _wallet.PushAsync(("authorization_details", details), ("scope", ""));
        string address = SampleWallet.AddressOf(pushed);
        using var page = await browser.GetAsync(address);
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("wallet.example", html, StringComparison.Ordinal);
        Assert.Contains("Data Literacy", html, StringComparison.Ordinal);
        Assert.Contains(
            "form-action 'self' https://wallet.example",
            page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        // Another site's page cannot consent for the learner.
        string request = RequestIn(html);
        (string, string)[] form = [("request", request), ("credential", held.Split('/')[^1]), ("answer", "allow")];
        using var foreign = await browser.PostFormAsync(
            "/wallet/authorization", form, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var allowed = await browser.PostFormAsync("/wallet/authorization", form);
        var back = allowed.Headers.Location!;
        Assert.StartsWith(SampleWallet.Redirect, back.ToString(), StringComparison.Ordinal);
        var answer = QueryHelpers.ParseQuery(back.Query);
        Assert.Equal(("a state", _wallet.Issuer), (answer["state"].ToString(), answer["iss"].ToString()));
        using var twice = await browser.PostFormAsync("/wallet/authorization", form);
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);

        string code = answer["code"].ToString();
        Refused("invalid_grant", await TokenAsync(code, "another-verifier-of-more-than-forty-three-letters"));
        Refused("invalid_grant", await TokenAsync(
            code, SampleWallet.Verifier, SampleWallet.Client, ("redirect_uri", SampleWallet.Redirect + "/x")));
        Refused("invalid_grant", await TokenAsync(code, SampleWallet.Verifier, client: "https://evil.example"));
        Refused("invalid_request", await TokenAsync(code, SampleWallet.Verifier, client: null));
        var (_, tokens) = await TokenAsync(code, SampleWallet.Verifier);
        string identifier = (string)tokens["authorization_details"]![0]!["credential_identifiers"]![0]!;
        var got = await _wallet.AskAsync("/wallet/credential", (string)tokens["access_token"]!, new JsonObject
        {
            ["credential_identifier"] = identifier,
            ["proofs"] = new JsonObject
            {
                ["jwt"] = new JsonArray(await _wallet.ProofAsync(claims: it => it["iss"] = SampleWallet.Client)),
            },
        });
        string credential = (string)got.Body["credentials"]![0]!["credential"]!;
        Assert.Equal("urn:uuid:" + id, (string?)SampleWallet.ClaimsOf(credential.Split('~')[0])["id"]);
        Refused("invalid_grant", await TokenAsync(code, SampleWallet.Verifier));
        browser.Dispose();
    }

    [Fact]
    public async Task Refused_OrNotHeld_GivesNoCode()
    {
        var (browser, _) = await wallets.ClaimAsync(await wallets.IssueAsync("Refusing Learner"));
        var (_, another) = await wallets.ClaimAsync(await wallets.IssueAsync("Another Learner"));
        var (_, pushed) = await _wallet.PushAsync();
        using var page = await browser.GetAsync(SampleWallet.AddressOf(pushed));
        string request = RequestIn(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var stolen = await browser.PostFormAsync(
            "/wallet/authorization",
            [("request", request), ("credential", another.Split('/')[^1]), ("answer", "allow")]);
        Assert.StartsWith("/wallet/authorization", stolen.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var refused = await browser.PostFormAsync(
            "/wallet/authorization", [("request", request), ("answer", "refuse")]);
        var answer = QueryHelpers.ParseQuery(refused.Headers.Location!.Query);
        Assert.Equal("access_denied", answer["error"].ToString());
        Assert.False(answer.ContainsKey("code"));
        browser.Dispose();
    }

    [Fact]
    public async Task Client_WithWordsOfItsOwn_IsCleanedAndSetApart()
    {
        var (browser, _) = await wallets.ClaimAsync(await wallets.IssueAsync("Told Words"));
        string client = "a\u202ewallet\n" + new string('x', 400);
        var (_, pushed) = await _wallet.PushAsync(("client_id", client));
        using var page = await browser.GetAsync(
            $"/wallet/authorization?client_id={Uri.EscapeDataString(client)}"
            + $"&request_uri={Uri.EscapeDataString((string)pushed["request_uri"]!)}");
        string html = System.Net.WebUtility.HtmlDecode(
            await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("\u2068awallet xxx", html, StringComparison.Ordinal);
        Assert.Contains("xxx…\u2069”", html, StringComparison.Ordinal);
        browser.Dispose();
    }

    [Theory]
    [InlineData("redirect_uri", "javascript:alert(1)", "invalid_request")]
    [InlineData("redirect_uri", "mailto:somebody@wallet.example", "invalid_request")]
    [InlineData("redirect_uri", "Intent://back/x", "invalid_request")]
    [InlineData("redirect_uri", "http://wallet.example/back", "invalid_request")]
    [InlineData("redirect_uri", "https://wallet.example/back#x", "invalid_request")]
    [InlineData("redirect_uri", "https://a@wallet.example/", "invalid_request")]
    [InlineData("redirect_uri", "https://wallet.example/;script-src *", "invalid_request")]
    [InlineData("redirect_uri", "/wallet/offers", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("scope", "openid", "invalid_scope")]
    [InlineData("authorization_details", "{}", "invalid_authorization_details")]
    [InlineData("authorization_details", "[{\"type\":\"x\"}]", "invalid_authorization_details")]
    [InlineData("dpop_jkt", "", null)]
    [InlineData("redirect_uri", "eu.example.wallet://back", null)]
    [InlineData("redirect_uri", "eudi-openid4ci://authorize", null)]
    public async Task PushedRequest_ThatIsNotGood_IsRefused(string name, string value, string? code)
    {
        var answer = await _wallet.PushAsync((name, value));
        if (code is not null) Refused(code, answer);
        else Assert.Equal(201, answer.Status);
    }

    private static void Refused(string code, (int Status, JsonNode Body) answer) =>
        WalletRefusalTests.Refused(code, answer);

    private Task<(int Status, JsonNode Body)> TokenAsync(
        string code, string verifier, string? client = SampleWallet.Client,
        params (string Name, string Value)[] more) => _wallet.TokenAsync(
            [
                ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), .. more,
                .. client is null ? [] : new[] { ("client_id", client) },
            ]);

    private static string RequestIn(string html) => RequestField().Match(html).Groups[1].Value;

    [GeneratedRegex("name=\"request\" value=\"([^\"]+)\"")]
    private static partial Regex RequestField();
}
