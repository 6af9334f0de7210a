using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What problems say: once where it is, and of changes to those alone who would change something.</summary>
public sealed class ProblemWordsTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/institutions?pageSize=0", "pageSize: must be")]
    [InlineData("/v1/events?from=-1", "from: is no parameter of this address: it takes after.")]
    [InlineData("/v1/events?after=-1", "after: must be the id of an event")]
    public async Task Reading_IsToldWhatIsWrong_AndNothingOfChanges(string address, string beginning)
    {
        using var answer = await _issuer.Anyone.GetAsync(address, Cancellation);
        string detail = await DetailAsync(answer);
        Assert.StartsWith(beginning, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writing_IsToldThePlaceOnce_AndThatNothingWasChanged()
    {
        using var key = await _issuer.PostAsync("/v1/api-keys", new { name = " ", roles = (string[])["reader"] });
        string detail = await DetailAsync(key);
        Assert.StartsWith("/name must not be empty.", detail, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://[::ffff:127.0.0.1]/hooks", "/url cannot be told: it is not a public address.")]
    [InlineData("https://[::1]/hooks", "/url cannot be told: it is not a public address.")]
    [InlineData("http://[2606:4700:4700::1111]/hooks", "/url cannot be told: only https is.")]
    [InlineData("https://[2606:4700:4700::1111]/hooks", "/url cannot be told: name the machine")]
    public async Task Webhook_AtAnAddressOfIPv6_IsRefusedForWhatItIs(string url, string beginning)
    {
        using var answer = await _issuer.PostAsync("/v1/webhooks", new { url });
        Assert.StartsWith(beginning, await DetailAsync(answer), StringComparison.Ordinal);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["detail"]!;
    }
}
