using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What somebody sees in a browser where an address is not answered; programs are told in JSON.</summary>
public sealed class ProblemPageTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Browsers = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private const string Problem = "application/problem+json";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/verfiy", "en", "<html lang=\"en\">", "There is no page at this address.")]
    [InlineData("/verfiy", "de-AT,de;q=0.9", "<html lang=\"de\">", "Unter dieser Adresse gibt es keine Seite.")]
    public async Task Browser_AtNoAddress_SeesAPage(string address, string language, string page, string words)
    {
        using var answer = await GetAsync(gateways.Issuer.Anyone, address, Browsers, language);
        string html = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(page, html, StringComparison.Ordinal);
        Assert.Contains(words, html, StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Content-Security-Policy"));
        Assert.Contains("Accept", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("/verfiy", "*/*")]
    [InlineData("/verfiy", "application/json")]
    [InlineData("/verfiy", null)]
    [InlineData("/v1/verfiy", Browsers)]
    public async Task Program_AtNoAddress_IsToldInJson(string address, string? accept)
    {
        using var answer = await GetAsync(gateways.Issuer.Anyone, address, accept, "en");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(Problem, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Browser_OverItsLimit_SeesAPageThatSaysWhenToComeBack()
    {
        await using var gateway = await GatewayHost.StartAsync(
            gateways.Issuer.Member, "LimitLoopback=true", "ClientUnitsPerSecond=1");
        HttpResponseMessage? refused = null;
        for (int sent = 0; sent < 1000 && refused is null; sent++)
        {
            var answer = await GetAsync(gateway.Anyone, "/verify", Browsers, "de");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) refused = answer;
            else answer.Dispose();
        }

        Assert.NotNull(refused);
        using (refused)
        {
            string html = await refused.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains("Warten Sie einen Moment", html, StringComparison.Ordinal);
            Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }
    }

    private static Task<HttpResponseMessage> GetAsync(
        HttpClient client, string address, string? accept, string language)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return client.SendAsync(request, Cancellation);
    }
}
