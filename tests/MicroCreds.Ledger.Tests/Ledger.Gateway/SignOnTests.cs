using System.Net;
using System.Text.Json.Nodes;
using System.Web;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Signing in at a real OpenID Connect server: authorization code with PKCE, as a browser does it.</summary>
public sealed class SignOnTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Rules =
        "registrar=realm_access.roles:microcreds-registrar; issuer=groups:0f8fad5b-d9cb-469f-a165-70867728950e; "
        + "registrar=\"resource_access.https://gateway.example/api.roles\":registrar; reader=roles:Credential.Read; "
        + "auditor=eduperson_entitlement:urn:mace:aurora.example:microcreds:auditor; "
        + "reader=eduperson_scoped_affiliation:staff@aurora.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Person_WithARole_IsSignedIn_AndOut()
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = Registrar("Ada <b>Lovelace</b>");
        await using var gateway = await StartAsync(server);
        using var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        string page = await (await browser.GetAsync("/sign-in?returnUrl=/verify")).Content
            .ReadAsStringAsync(Cancellation);
        Assert.Contains("/sign-in/start?returnUrl=%2Fverify", page, StringComparison.Ordinal);

        using var start = await browser.GetAsync("/sign-in/start?returnUrl=%2Fverify");
        var asked = HttpUtility.ParseQueryString(start.Headers.Location!.Query);
        Assert.Equal("code", asked["response_type"]);
        Assert.Equal("S256", asked["code_challenge_method"]);
        Assert.False(string.IsNullOrEmpty(asked["nonce"]));
        Assert.Equal($"{gateway.Anyone.BaseAddress}sign-in/callback", asked["redirect_uri"]);

        using var led = await browser.FollowAsync(start);
        using var entered = await browser.FollowAsync(led);
        Assert.Equal("/verify", entered.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/api-keys")).StatusCode);
        page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("Ada &lt;b&gt;Lovelace&lt;/b&gt;", page, StringComparison.Ordinal);

        // The code was used up; the answer cannot be played again.
        using var again = await browser.GetAsync(led.Headers.Location!.ToString());
        Assert.Equal("/sign-in?fault=failed", again.Headers.Location!.ToString());

        string stolen = browser.Session!.Value;
        using var left = await browser.PostFormAsync("/sign-out", []);
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInTests.StatusWithAsync(gateway, stolen));
        Assert.DoesNotContain(OpenIdServer.ClientSecret, gateway.Log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"realm_access":{"roles":["other","microcreds-registrar"]}}""", true)]
    [InlineData("""{"resource_access":{"https://gateway.example/api":{"roles":["registrar"]}}}""", true)]
    [InlineData("""{"groups":["0f8fad5b-d9cb-469f-a165-70867728950e"]}""", false)]
    [InlineData("""{"roles":["Credential.Read"]}""", false)]
    [InlineData("""{"eduperson_scoped_affiliation":["staff@aurora.example"]}""", false)]
    [InlineData("""{"eduperson_entitlement":"urn:mace:aurora.example:microcreds:auditor"}""", false)]
    public async Task Claims_OfEachKindOfServer_GiveTheirRole(string claims, bool isRegistrar)
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = (JsonObject)JsonNode.Parse(claims)!;
        await using var gateway = await StartAsync(server);
        using var browser = await SignInAsync(gateway);
        Assert.NotNull(browser.Session);
        using var keys = await browser.GetAsync("/v1/api-keys");
        Assert.Equal(isRegistrar ? HttpStatusCode.OK : HttpStatusCode.Forbidden, keys.StatusCode);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"realm_access":{"roles":["microcreds-registrar2"]}}""")]
    [InlineData("""{"realm_access.roles.x":["microcreds-registrar"]}""")]
    [InlineData("""{"eduperson_scoped_affiliation":["staff@aurora.example.evil.example"]}""")]
    public async Task Claims_ThatMeetNoRule_OpenNothing_AndThePageSaysSo(string claims)
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = (JsonObject)JsonNode.Parse(claims)!;
        await using var gateway = await StartAsync(server);
        using var browser = await SignInAsync(gateway, "/sign-in?fault=noRole");
        Assert.Null(browser.Session);
        string page = await (await browser.GetAsync("/sign-in?fault=noRole&lang=de")).Content
            .ReadAsStringAsync(Cancellation);
        Assert.Contains("hat hier keine Rolle", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OpenIdServer.Audience, true)]
    [InlineData("https://another.example/api", false)]
    public async Task Roles_InTheAccessTokenAlone_CountIfItIsForThisGateway(string audience, bool counts)
    {
        await using var server = await OpenIdServer.StartAsync();
        server.AccessClaims = Registrar(null);
        server.TokenAudience = audience;
        await using var gateway = await StartAsync(server);
        using var browser = await SignInAsync(gateway, counts ? "/desk" : "/sign-in?fault=noRole");
        Assert.Equal(counts, browser.Session is not null);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    public async Task Answer_ToAnotherQuestion_IsRefused(string altered)
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = Registrar(null);
        await using var gateway = await StartAsync(server);
        using var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var start = await browser.GetAsync("/sign-in/start");
        var asked = HttpUtility.ParseQueryString(start.Headers.Location!.Query);
        asked[altered] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        using var led = await browser.GetAsync($"{server.Address}/connect/authorize?{asked}");
        Assert.StartsWith("/sign-in/callback", led.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        await AssertRefusedAsync(browser, led.Headers.Location.ToString());
    }

    [Fact]
    public async Task Answer_WithAnotherState_OrInAnotherBrowser_IsRefused()
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = Registrar(null);
        await using var gateway = await StartAsync(server);
        using var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var start = await browser.GetAsync("/sign-in/start");
        using var led = await browser.FollowAsync(start);
        string answer = led.Headers.Location!.ToString();

        // A stranger's answer, opened here, must not sign this browser in as the stranger.
        using var victim = new BrowserSession(gateway.Anyone.BaseAddress!);
        await AssertRefusedAsync(victim, answer);
        var parameters = HttpUtility.ParseQueryString(led.Headers.Location.Query);
        parameters["state"] += "x";
        await AssertRefusedAsync(browser, $"/sign-in/callback?{parameters}");
        await AssertRefusedAsync(browser, "/sign-in/callback?error=access_denied&state=x");
        await AssertRefusedAsync(browser, "/sign-in/callback");
    }

    [Fact]
    public async Task Server_ThatIsOutOfReach_LeavesThePagesAndKeysAlone()
    {
        await using var server = await OpenIdServer.StartAsync();
        await using var gateway = await StartAsync(server);
        await server.StopAsync();
        Assert.Equal(HttpStatusCode.OK, (await gateway.Registrar.GetAsync("/v1/api-keys", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Anyone.GetAsync("/sign-in", Cancellation)).StatusCode);
        using var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var start = await browser.GetAsync("/sign-in/start");
        Assert.Equal("/sign-in?fault=failed", start.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Roles_AreJudgedByTheRulesInForce_AndLinksAreOff()
    {
        await using var server = await OpenIdServer.StartAsync();
        server.Claims = Registrar(null);
        await using var gateway = await StartAsync(server);
        using var browser = await SignInAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/api-keys")).StatusCode);
        using var link = await gateway.Registrar.PostAsync("/v1/sign-in-links", null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, link.StatusCode);

        // The session outlives a restart, and what it may do is what the rules say now.
        string[] others = ["OidcRoles=reader=realm_access.roles:microcreds-registrar"];
        gateway.More = [.. gateway.More, .. others];
        await gateway.RestartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/v1/api-keys")).StatusCode);
    }

    [Fact]
    public async Task LinksSession_IsOff_OnceSignOnIsSet()
    {
        await using var server = await OpenIdServer.StartAsync();
        string listen = FreePorts.TakeAddress();
        await using var gateway = await GatewayHost.StartAsync(
            gateways[GatewaysFixture.Meridian], $"Listen=http://{listen}");
        using var browser = await SignInTests.SignedInAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/api-keys")).StatusCode);
        gateway.More = SettingsOf(server, gateway, listen);
        await gateway.RestartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/api-keys")).StatusCode);
    }

    internal static JsonObject Registrar(string? name)
    {
        var claims = new JsonObject
        {
            ["realm_access"] = new JsonObject { ["roles"] = new JsonArray("microcreds-registrar") },
        };
        if (name is not null)
            claims["name"] = name;
        return claims;
    }

    internal async Task<GatewayHost> StartAsync(OpenIdServer server) => await StartAsync(gateways, server);

    internal static async Task<GatewayHost> StartAsync(GatewaysFixture gateways, OpenIdServer server)
    {
        string listen = FreePorts.TakeAddress();
        var gateway = GatewayHost.Prepare(gateways[GatewaysFixture.Meridian]);
        gateway.More = SettingsOf(server, gateway, listen);
        await gateway.StartAsync();
        return gateway;
    }

    private static string[] SettingsOf(OpenIdServer server, GatewayHost gateway, string listen)
    {
        string secret = Path.Combine(gateway.DataDirectory, "client-secret");
        File.WriteAllText(secret, OpenIdServer.ClientSecret + "\n");
        return
        [
            $"Listen=http://{listen}", $"PublicUrl=http://{listen}", $"OidcAuthority={server.Address}/",
            $"OidcClientId={OpenIdServer.ClientId}", $"OidcClientSecretFile={secret}",
            $"OidcAudience={OpenIdServer.Audience}",
            $"OidcRoles={Rules}",
        ];
    }

    private static async Task<BrowserSession> SignInAsync(GatewayHost gateway, string end = "/desk")
    {
        var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var start = await browser.GetAsync("/sign-in/start");
        using var led = await browser.FollowAsync(start);
        using var entered = await browser.FollowAsync(led);
        Assert.Equal(end, entered.Headers.Location!.ToString());
        return browser;
    }

    private static async Task AssertRefusedAsync(BrowserSession browser, string address)
    {
        using var answer = await browser.GetAsync(address);
        Assert.Equal("/sign-in?fault=failed", answer.Headers.Location?.ToString());
        Assert.Null(browser.Session);
    }
}
