using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// What a write does not know it refuses, at every address that the gateway has, and so does what is read of the API.
/// </summary>
public sealed class ParameterTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Refusal = ": is no parameter of this address: it takes ";

    /// <summary>What others' software asks, which finds the address in a credential or an identity document.</summary>
    private static readonly string[] AskedByStandards =
    [
        "v1/status-lists/1", "v1/institutions/1/did.json", "v1/institutions/1/jwks.json", "v1/achievements/1/1/1",
        "v1/pathways/1/1/1",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_WithAnUnknownParameter_IsRefused_EverywhereAndByName()
    {
        var routes = Routes().Where(route => route.Method is not ("GET" or "HEAD" or "OPTIONS")).ToList();
        Assert.True(routes.Count > 25, $"only {routes.Count} writes were found");
        foreach (var (method, pattern) in routes)
        {
            string address = AddressOf(pattern);
            var (status, text) = await SendAsync(method, $"{address}?tryRun=true");
            Assert.True(status == HttpStatusCode.BadRequest, $"{method} {address}: {status}");
            Assert.True(text.Contains("tryRun: is no parameter", StringComparison.Ordinal), $"{address}: {text}");
        }
    }

    [Fact]
    public async Task Read_OfTheApi_WithAnUnknownParameter_IsRefused_EverywhereButWhereStandardsAsk()
    {
        var addresses = ApiReads().Select(AddressOf).Distinct().ToList();
        Assert.True(addresses.Count > 50, $"only {addresses.Count} reads were found");
        Assert.Empty(AskedByStandards.Except(addresses));
        foreach (string address in addresses)
        {
            foreach (string name in (string[])["nmae", "limit", "cursor", "pageToken", "PageSize"])
            {
                var (status, text) = await SendAsync("GET", $"{address}?{name}=x");
                bool isRefused = text.Contains($"\"pointer\":\"{name}\"", StringComparison.Ordinal)
                    && text.Contains(name + Refusal, StringComparison.Ordinal);
                if (AskedByStandards.Contains(address))
                    Assert.False(isRefused, $"{address}: {text}");
                else
                    Assert.True(status == HttpStatusCode.BadRequest && isRefused, $"{address}: {status} {text}");
            }
        }
    }

    [Fact]
    public async Task Description_NamesWhatIsTaken_AtEveryReadOfTheApi()
    {
        var paths = JsonNode.Parse(await gateways.Issuer.Anyone.GetStringAsync("/openapi/v1.json", Cancellation))!
            ["paths"]!.AsObject();
        int described = 0;
        foreach (var pattern in ApiReads().Where(one => !AskedByStandards.Contains(AddressOf(one))))
        {
            string path = "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(
                segment.Parts.Select(part => part is RoutePatternLiteralPart text ? text.Content
                    : $"{{{((RoutePatternParameterPart)part).Name}}}"))));
            var operation = paths[path]!["get"]!;
            string[] names =
            [
                .. (operation["parameters"]?.AsArray() ?? []).Where(one => (string)one!["in"]! == "query")
                    .Select(one => (string)one!["name"]!),
            ];
            var (_, text) = await SendAsync("GET", AddressOf(pattern) + "?nmae=x");
            string told = (string)JsonNode.Parse(text)!["errors"]![0]!["reason"]!;
            string[] taken = told.Split("it takes ")[1].TrimEnd('.').Split(", ");
            Assert.True(names.Order().SequenceEqual(taken.Except(["none"]).Order()), $"{path}: {told}");
            Assert.True(operation["responses"]!["400"] is not null, path);
            described++;
        }

        Assert.True(described > 45, $"only {described} are described");
    }

    [Theory]
    [InlineData("/verify?utm_source=mail")]
    [InlineData("/.well-known/did.json?utm_source=mail")]
    [InlineData("/.well-known/openid-credential-issuer?limit=1")]
    [InlineData("/log/checkpoint?cursor=1")]
    public async Task Read_OfPagesAndOfStandards_TakesWhatCameAlong(string address)
    {
        using var answer = await gateways.Issuer.Anyone.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string AddressOf(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(
            part => part is RoutePatternLiteralPart text ? text.Content : "1"))));

    private IEnumerable<(string Method, RoutePattern Pattern)> Routes() =>
        gateways.Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => (method, route.RoutePattern)));

    private IEnumerable<RoutePattern> ApiReads() => Routes()
        .Where(route => route.Method == "GET" && AddressOf(route.Pattern).StartsWith("v1/", StringComparison.Ordinal))
        .Select(route => route.Pattern);

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string method, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/" + address);
        using var answer = await gateways.Issuer.Registrar.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        // A stream of events has no end.
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? "" : await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
