using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The one-time link of the embedded default, and the session that it leads to.</summary>
public sealed class SignInTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_SignsInOnce_AsARegistrar()
    {
        string link = await NewLinkAsync(_gateway);
        using var browser = new BrowserSession(_gateway.Anyone.BaseAddress!);

        // Looking at it, as a preview or a HEAD does, uses nothing up.
        string secret = SecretOf(link);
        string page = await (await browser.GetAsync(link)).Content.ReadAsStringAsync(Cancellation);
        Assert.Contains($"value=\"{secret}\"", page, StringComparison.Ordinal);
        Assert.Null(browser.Session);

        using var entered = await browser.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        Assert.Equal("/desk", entered.Headers.Location!.ToString());
        string cookie = entered.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        using var keys = await browser.GetAsync("/v1/api-keys");
        Assert.Equal(HttpStatusCode.OK, keys.StatusCode);
        using var unmarked = await browser.GetAsync("/v1/consortium/policies");
        Assert.True(unmarked.Headers.CacheControl?.NoStore, "What a session is told may be kept by the browser.");
        Assert.Contains(
            "signed in as", await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);

        using var other = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var again = await other.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Null(other.Session);
    }

    [Fact]
    public async Task Link_UsedByManyAtOnce_LetsOneIn()
    {
        string secret = SecretOf(await NewLinkAsync(_gateway));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var browser = new BrowserSession(_gateway.Anyone.BaseAddress!);
            using var answer = await browser.PostFormAsync("/sign-in", [("link", secret)]);
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Link_TooOld_IsRefused_AndNoSecretIsKept()
    {
        string secret = SecretOf(await NewLinkAsync(_gateway));
        var store = _gateway.Services.GetRequiredService<GatewayStore>();
        string files = string.Concat(Directory.GetFiles(_gateway.DataDirectory, "store.db*").Select(ReadShared));
        Assert.DoesNotContain(secret, files, StringComparison.Ordinal);
        await store.Database.WriteAsync(connection =>
        {
            using var age = connection.Prepare("UPDATE sign_in_link SET expires_at = 1 WHERE hash = $0", 1);
            age.With(Sessions.HashOf(secret)).ExecuteNonQuery();
        });
        using var browser = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var answer = await browser.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Host", "gateway.evil.example")]
    public async Task Link_ThroughAProxyOrAnotherName_IsRefused_AndItsSession(string header, string value)
    {
        string secret = SecretOf(await NewLinkAsync(_gateway));
        using var browser = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var answer = await browser.PostFormAsync(
            "/sign-in", [("link", secret)], (header, value), ("Origin", null));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        using var entered = await browser.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        using var read = await browser.SendAsync(
            HttpMethod.Get, "/v1/api-keys", null, (header, value), ("Cookie", $"{browser.Session}"));
        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);

        using var made = await SendAsync(_gateway.Registrar, header, value);
        Assert.Equal(HttpStatusCode.Conflict, made.StatusCode);
    }

    [Fact]
    public void Link_WhereOthersReachTheGateway_IsNotMade()
    {
        var options = _gateway.Services.GetRequiredService<GatewayServiceOptions>();
        Assert.Null(new SignIn(options).WhyNoLinks());
        Assert.NotNull(new SignIn(options with { PublicUrl = "https://gateway.aurora.example" }).WhyNoLinks());
        Assert.NotNull(new SignIn(options with { Listen = "http://0.0.0.0:5101" }).WhyNoLinks());
        Assert.NotNull(new SignIn(options with { Listen = "http://127.evil.example:5101" }).WhyNoLinks());
    }

    [Theory]
    [InlineData("https://evil.example", "cross-site")]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData(null, "same-site")]
    [InlineData(null, "none")]
    [InlineData(null, null)]
    public async Task Write_ByCookieFromElsewhere_IsRefused(string? origin, string? site)
    {
        using var browser = await SignedInAsync(_gateway);
        foreach (string path in (string[])["/v1/api-keys", "/v1/batches", "/desk/agreements", "/sign-out", "/sign-in"])
        {
            using var content = GatewayHost.Json("""{"name":"Forged","roles":["registrar"]}""");
            using var answer = await browser.SendAsync(
                HttpMethod.Post, path, content, ("Origin", origin), ("Sec-Fetch-Site", site));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var form = new FormUrlEncodedContent([]);
        using var put = await browser.SendAsync(
            HttpMethod.Put, "/v1/institution", form, ("Origin", origin), ("Sec-Fetch-Site", site));
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        string keys = await (await browser.GetAsync("/v1/api-keys")).Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("Forged", keys, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ByCookieFromTheOwnPage_IsTaken()
    {
        using var browser = await SignedInAsync(_gateway);
        using var content = GatewayHost.Json("""{"name":"By session","roles":["reader"]}""");
        using var answer = await browser.SendAsync(HttpMethod.Post, "/v1/api-keys", content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task SignOut_EndsTheSessionForWhoeverHasTheCookie()
    {
        using var browser = await SignedInAsync(_gateway);
        string stolen = browser.Session!.Value;
        using var left = await browser.PostFormAsync("/sign-out", []);
        Assert.Equal(HttpStatusCode.SeeOther, left.StatusCode);
        Assert.Null(browser.Session);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusWithAsync(_gateway, stolen));
    }

    [Fact]
    public async Task SignIn_WithACookieOfSomebodysChoice_GetsAnother_AndEndsTheOld()
    {
        using var first = await SignedInAsync(_gateway);
        string old = first.Session!.Value;
        string secret = SecretOf(await NewLinkAsync(_gateway));
        using var entered = await first.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.NotEqual(old, first.Session!.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusWithAsync(_gateway, old));
        Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(_gateway, first.Session!.Value));
    }

    [Theory]
    [InlineData("seen_at = seen_at - 1800000")]
    [InlineData("began_at = began_at - 36000000")]
    public async Task Session_IdleOrOld_HasEnded(string change)
    {
        using var browser = await SignedInAsync(_gateway);
        string token = browser.Session!.Value;
        await _gateway.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var age = connection.Prepare($"UPDATE sign_in_session SET {change} WHERE hash = $0", 1);
            age.With(Sessions.HashOf(token)).ExecuteNonQuery();
        });
        using var answer = await browser.GetAsync("/v1/api-keys");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(
            "session has ended", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_OfAKeyThatIsWithdrawn_HasEnded()
    {
        string[] roles = ["registrar"];
        using var made = await GatewayHost.OkAsync(
            await _gateway.PostAsync("/v1/api-keys", new { name = "Makes a link", roles }));
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        using var maker = _gateway.With((string)key["key"]!);
        using var link = await GatewayHost.OkAsync(await maker.PostAsync("/v1/sign-in-links", null, Cancellation));
        using var browser = new BrowserSession(_gateway.Anyone.BaseAddress!);
        string secret = SecretOf((string)JsonNode.Parse(await link.Content.ReadAsStringAsync(Cancellation))!["url"]!);
        using var entered = await browser.PostFormAsync("/sign-in", [("link", secret)]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/api-keys")).StatusCode);
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/api-keys/{key["id"]}", Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/api-keys")).StatusCode);
    }

    [Theory]
    [InlineData("/registrar?agreement=a&lang=de", "/registrar?agreement=a&lang=de")]
    [InlineData("/", "/")]
    [InlineData("//evil.example", "/desk")]
    [InlineData("/\\evil.example", "/desk")]
    [InlineData("/\t/evil.example", "/desk")]
    [InlineData("https://evil.example", "/desk")]
    [InlineData("javascript:alert(1)", "/desk")]
    [InlineData("/x\r\nSet-Cookie: a=b", "/desk")]
    [InlineData(null, "/desk")]
    public void ReturnAddress_IsNeverElsewhere(string? wanted, string expected) =>
        Assert.Equal(expected, LocalAddress.Of(wanted));

    [Fact]
    public void SessionCookie_OfTwoInstitutionsOnOneMachine_AreApart() =>
        Assert.NotEqual(SessionCookie.MarkOf("AuroraMSP"), SessionCookie.MarkOf("LindenMSP"));

    internal static async Task<string> NewLinkAsync(GatewayHost gateway)
    {
        using var answer = await GatewayHost.OkAsync(
            await gateway.Registrar.PostAsync("/v1/sign-in-links", null, Cancellation));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["url"]!;
    }

    internal static async Task<BrowserSession> SignedInAsync(GatewayHost gateway)
    {
        var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var answer = await browser.PostFormAsync(
            "/sign-in", [("link", SecretOf(await NewLinkAsync(gateway)))]);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    internal static async Task<HttpStatusCode> StatusWithAsync(GatewayHost gateway, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/api-keys");
        request.Headers.Add("Cookie", $"microcreds-session-{SessionCookie.MarkOf(gateway.MspId)}={token}");
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false })
        {
            BaseAddress = gateway.Anyone.BaseAddress,
        };
        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sign-in-links");
        request.Headers.TryAddWithoutValidation(header, value);
        return await client.SendAsync(request, Cancellation);
    }

    private static string SecretOf(string link) => link[(link.IndexOf("?link=", StringComparison.Ordinal) + 6)..];

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
