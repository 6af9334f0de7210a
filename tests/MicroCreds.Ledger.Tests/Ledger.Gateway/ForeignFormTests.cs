using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Another site's page sends a form without the learner's cookie, and must not have the browser keep another one.
/// </summary>
public sealed class ForeignFormTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    [Theory]
    [InlineData("Origin", "https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.SeeOther)]
    public async Task Claim_SentByAPage_IsTakenFromThisGatewaysOwnAlone(
        string header, string value, HttpStatusCode expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var issuer = gateways.Issuer;
        var document = JsonNode.Parse(await issuer.IssueAsync("Jo of the Form"))!;
        using var made = await GatewayHost.OkAsync(await issuer.Registrar.PostAsync(
            $"/v1/credentials/{document["id"]}/claims", content: null, cancellation));
        string url = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(cancellation))!["url"]!;
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var form = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent([]) };
        form.Headers.Add(header, value);
        using var answer = await browser.SendAsync(form, cancellation);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.SeeOther, answer.Headers.Contains("Set-Cookie"));
    }
}
