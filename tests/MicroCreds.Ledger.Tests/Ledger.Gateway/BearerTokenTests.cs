using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Access tokens of the institution's server, beside API keys; and what others are told.</summary>
public sealed class BearerTokenTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Token_WithARole_IsTaken_BesideApiKeys_AndOthersAreRefusedWithTheirReason()
    {
        await using var server = await OpenIdServer.StartAsync();
        await using var gateway = await SignOnTests.StartAsync(gateways, server);
        using var otherKey = System.Security.Cryptography.RSA.Create(2048);
        var stranger = new SigningCredentials(
            new RsaSecurityKey(otherKey) { KeyId = "test" }, SecurityAlgorithms.RsaSha256);

        // The public key taken for a shared secret, which is the classic way to be fooled.
        var confused = new SigningCredentials(
            new SymmetricSecurityKey(OpenIdServer.PublicKey()) { KeyId = "test" }, SecurityAlgorithms.HmacSha256);
        (string Token, HttpStatusCode Status, string Says)[] cases =
        [
            (server.Token(Claims()), HttpStatusCode.OK, "items"),
            (server.Token(Claims(), type: "JWT"), HttpStatusCode.OK, "items"),
            (GatewayHost.ApiKey, HttpStatusCode.OK, "items"),
            (server.Token(Claims(), age: Hour), HttpStatusCode.Unauthorized, "expired at"),
            (server.Token(Claims(), age: -Hour), HttpStatusCode.Unauthorized, "not valid before"),
            (server.Token(Claims(), audience: "other"), HttpStatusCode.Unauthorized, "another audience"),
            (server.Token(Claims(), audience: OpenIdServer.ClientId), HttpStatusCode.Unauthorized, "another audience"),
            (server.Token(Claims(), issuer: "https://evil.example/"), HttpStatusCode.Unauthorized, "another issuer"),
            (server.Token(Claims(), by: stranger), HttpStatusCode.Unauthorized, "not signed by a key"),
            (server.Token(Claims(), by: confused), HttpStatusCode.Unauthorized, "not signed by a key"),
            (Unsigned(server.Token(Claims()), "none"), HttpStatusCode.Unauthorized, "not signed by a key"),
            (Unsigned(server.Token(Claims()), "None"), HttpStatusCode.Unauthorized, "not signed by a key"),
            (server.Token(Claims(("at_hash", "x"))), HttpStatusCode.Unauthorized, "no access token"),
            (server.Token(Claims(("typ", "ID"))), HttpStatusCode.Unauthorized, "no access token"),
            (server.Token(Claims(), type: "logout+jwt"), HttpStatusCode.Unauthorized, "no access token"),
            (server.Token(new JsonObject { ["sub"] = "program" }), HttpStatusCode.Forbidden, "OidcRoles"),
            ("eyJ.eyJ.x", HttpStatusCode.Unauthorized, "cannot be read"),
        ];
        foreach (var (token, status, says) in cases)
        {
            using var client = gateway.With(token);
            using var answer = await client.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
            string said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            bool isAsExpected = answer.StatusCode == status && said.Contains(says, StringComparison.Ordinal);
            Assert.True(isAsExpected, $"{says}: {said}");
        }
    }

    [Fact]
    public async Task Token_WhileTheServerIsAway_IsToldToComeAgain()
    {
        await using var server = await OpenIdServer.StartAsync();
        string token = server.Token(Claims());
        await server.StopAsync();
        await using var gateway = await SignOnTests.StartAsync(gateways, server);
        using var client = gateway.With(token);
        using var answer = await client.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        string said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("sign-on-unavailable", said, StringComparison.Ordinal);
        Assert.DoesNotContain("not signed", said, StringComparison.Ordinal);

        // What needs no server is judged as ever.
        using var byKey = await gateway.Registrar.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
        using var broken = gateway.With("eyJ.eyJ.x");
        using var unread = await broken.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, unread.StatusCode);
    }

    [Fact]
    public async Task IdToken_OfARealSignOn_IsNoBearerToken_ItsAccessTokenIs()
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = SignOnTests.Registrar(null);
        await using var gateway = await SignOnTests.StartAsync(gateways, server);
        var (id, access) = await server.IssueAsync($"{gateway.Anyone.BaseAddress}sign-in/callback");
        using var byId = gateway.With(id);
        using var refused = await byId.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var byAccess = gateway.With(access);
        using var taken = await byAccess.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Token_WhereNoneAreTaken_IsToldSo()
    {
        using var client = gateways.Issuer.With("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
        using var answer = await client.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(
            "OidcAudience", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static JsonObject Claims(params (string Name, string Value)[] more)
    {
        var claims = SignOnTests.Registrar("A program");
        claims["sub"] = "program";
        foreach (var (name, value) in more)
            claims[name] = value;
        return claims;
    }

    private static string Unsigned(string token, string algorithm)
    {
        string header = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}"""));
        return $"{header}.{token.Split('.')[1]}.";
    }
}
