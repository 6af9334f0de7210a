using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a write does not know it refuses, at every address that the gateway has.</summary>
public sealed class ParameterTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    [Fact]
    public async Task Write_WithAnUnknownParameter_IsRefused_EverywhereAndByName()
    {
        var routes = gateways.Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(method => method is not ("GET" or "HEAD" or "OPTIONS"))
                .Select(method => (Method: method, route.RoutePattern)))
            .ToList();
        Assert.True(routes.Count > 25, $"only {routes.Count} writes were found");
        foreach (var (method, pattern) in routes)
        {
            string address = string.Join('/', pattern.PathSegments.Select(segment => string.Concat(
                segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart text
                    ? text.Content : "1"))));
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/{address}?tryRun=true");
            using var answer = await gateways.Issuer.Registrar.SendAsync(
                request, TestContext.Current.CancellationToken);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{method} {address}: {answer.StatusCode}");
            Assert.True(text.Contains("tryRun: is no parameter", StringComparison.Ordinal), $"{address}: {text}");
        }
    }
}
