using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A partner who has no more than an API key comes to the desk with it, as long as the key counts.</summary>
public sealed class SignInWithKeyTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_BeginsASession_ThatMayWhatTheKeyMay_AndEndsWithIt()
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/api-keys",
            new JsonObject { ["name"] = "Partner office", ["roles"] = new JsonArray("recognitionOfficer") }));
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        using var session = await DeskSession.OpenAsync(_gateway, (string)key["key"]!);
        string page = await session.ReadAsync("/desk/agreements");
        Assert.Contains("Partner office", page, StringComparison.Ordinal);
        Assert.Contains("\"/desk/agreements/new\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain((string)key["key"]!, page + _gateway.Log + session.Cookie, StringComparison.Ordinal);
        using var forbidden = await session.GetAsync("/desk/find");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/api-keys/{key["id"]}", Cancellation));
        using var over = await session.GetAsync("/desk/agreements/new");
        Assert.Equal(HttpStatusCode.Redirect, over.StatusCode);
        Assert.StartsWith("/sign-in?returnUrl=", over.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mc_guessed", "same-origin", HttpStatusCode.Unauthorized)]
    [InlineData(GatewayHost.ApiKey, "cross-site", HttpStatusCode.Forbidden)]
    public async Task Key_ThatIsNotKnown_OrIsSentFromElsewhere_SignsNobodyIn(
        string key, string site, HttpStatusCode status)
    {
        using var visitor = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var answer = await visitor.PostFormAsync(
            "/sign-in", [("key", key), ("returnUrl", "/desk")], ("Sec-Fetch-Site", site));
        Assert.Equal(status, answer.StatusCode);
        Assert.Null(visitor.Session);
        Assert.DoesNotContain(
            GatewayHost.ApiKey, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data", "x", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "key=%00", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "key=mc_a%00b", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "link=%00", HttpStatusCode.BadRequest)]
    public async Task Body_ThatIsNoForm_IsRefused(string type, string body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await _gateway.Anyone.SendAsync(request, Cancellation);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Key_IsNamedByTheAuditLog_AsWhoSigned()
    {
        using var session = await DeskSession.OpenAsync(_gateway);
        using var refused = await session.SendAsync(
            "/desk/ballots/new", "/desk/ballots/no.such/votes", ("read", "yes"), ("approve", "yes"), ("digest", "x"));
        Assert.NotEqual(HttpStatusCode.SeeOther, refused.StatusCode);
        var log = JsonNode.Parse(await _gateway.Registrar.GetStringAsync(
            "/v1/audit?action=ballot.vote", Cancellation))!["items"]!.AsArray();
        Assert.All(log, entry => Assert.Equal(
            ("ballot:no.such", "key"),
            ((string?)entry!["entry"]!["subject"], (string?)entry["entry"]!["actor"]!["kind"])));
        Assert.Equal(2, log.Count);
    }
}
