using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>No answer repeats the host that a request claims to be for: anybody can write that.</summary>
public sealed class ForeignHostTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private const string Public = "https://credentials.aurora.example/creds";
    private const string Foreign = "evil.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_OfAnother_IsInNoAnswer()
    {
        await using var host = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora], $"PublicUrl={Public}");
        await host.PrepareAsync();
        string id = GatewayHost.IdOf(await host.IssueAsync("Host Header"))["urn:uuid:".Length..];
        var addresses = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(route => AddressOf(route.RoutePattern)).Where(address => address != "/v1/events")
            .Append("/openapi/v1.json").Append($"/v1/credentials/{id}").Append($"/desk/credentials/{id}").Distinct()
            .ToList();
        Assert.True(addresses.Count > 150, $"only {addresses.Count} addresses were found");
        foreach (string address in addresses)
        {
            foreach (var client in (HttpClient[])[host.Anyone, host.Registrar])
            {
                using var answer = await SendAsync(client, address, Foreign);
                string said = $"{answer.Headers} {await answer.Content.ReadAsStringAsync(Cancellation)}";
                Assert.False(said.Contains(Foreign, StringComparison.OrdinalIgnoreCase), $"{address}: {said}");
            }
        }
    }

    [Theory]
    [InlineData(Foreign, Public)]
    [InlineData("credentials.aurora.example", Public)]
    [InlineData("127.0.0.1:5101", "http://127.0.0.1:5101")]
    public async Task Description_NamesThePublicAddress_OrThisMachine(string asked, string named)
    {
        await using var host = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora], $"PublicUrl={Public}");
        using var answer = await SendAsync(host.Anyone, "/openapi/v1.json", asked);
        var document = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(named, (string?)document["servers"]![0]!["url"]);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string address, string asked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = asked } };
        return await client.SendAsync(request, Cancellation);
    }

    private static string AddressOf(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(
            part => part is RoutePatternLiteralPart text ? text.Content : "1"))));
}
