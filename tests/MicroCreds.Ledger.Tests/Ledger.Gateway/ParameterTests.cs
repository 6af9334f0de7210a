using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What an address does not know it refuses, at every address of the API and wherever something is written.
/// </summary>
public sealed class ParameterTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    // What others' software fetches, by an address that stands in a credential or a metadata document.
    private static readonly string[] Fetched =
    [
        "accreditations/", "achievements/", "agreements/", "badges/", "ballots/", "consortium/", "contexts/",
        "credentials/", "institutions/", "log/", "pathways/", "schemas/", "shapes/", "status-lists/", "vct/",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_WithAnUnknownParameter_IsRefused_EverywhereAndByName()
    {
        var routes = Routes(method => method is not ("GET" or "HEAD" or "OPTIONS"));
        Assert.True(routes.Count > 25, $"only {routes.Count} writes were found");
        foreach (var (method, route) in routes)
            Assert.True(await IsRefusedAsync(method, route), $"{method} {route.RoutePattern.RawText}");
    }

    [Fact]
    public async Task Reading_WithAnUnknownParameter_IsRefused_ButForWhatOthersFetch()
    {
        var routes = Routes(method => method is "GET")
            .Where(one => one.Route.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal)).ToList();
        var taken = new List<string>();
        foreach (var (method, route) in routes)
        {
            if (!await IsRefusedAsync(method, route)) taken.Add(route.RoutePattern.RawText!["/v1/".Length..]);
        }

        Assert.True(routes.Count - taken.Count > 40, $"only {routes.Count - taken.Count} were refused");
        Assert.All(taken, one => Assert.Contains(
            Fetched, place => one.StartsWith(place, StringComparison.Ordinal) && one.Contains('{', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/v1/credentials/export?nmae=Aino", "nmae: is no parameter of this address: it takes ")]
    [InlineData("/v1/credentials?limit=5", "pageSize, after")]
    [InlineData("/v1/achievements?pageToken=x", "pageSize, after")]
    [InlineData("/v1/audit?Actor=x", "actor")]
    [InlineData("/v1/institution?x=1", "it takes none")]
    public async Task Mistyped_IsNamed_AndWhatIsKnownToo(string address, string said)
    {
        using var answer = await gateways.Issuer.Registrar.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private List<(string Method, RouteEndpoint Route)> Routes(Func<string, bool> isMeant) =>
    [
        .. gateways.Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Where(isMeant).Select(method => (method, route))),
    ];

    private async Task<bool> IsRefusedAsync(string method, RouteEndpoint route)
    {
        string address = string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(
            segment.Parts.Select(part => part is RoutePatternLiteralPart text ? text.Content : "1"))));
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/{address}?tryRun=true");
        using var answer = await gateways.Issuer.Registrar.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        if (answer.StatusCode != HttpStatusCode.BadRequest) return false;
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        return text.Contains("tryRun: is no parameter", StringComparison.Ordinal);
    }
}
