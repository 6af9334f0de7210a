using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Every address that a running gateway has, as its own routing lists them, with each of its methods, with and without
/// a login: JSON is never sniffed, and what a login gets, or holds a secret, is never stored.
/// </summary>
public sealed partial class CarefulAnswersTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    /// <summary>How much must succeed, or the test says little.</summary>
    private const int MinSucceeded = 25;

    private static readonly string[] Readers = ["reader"];

    private readonly List<string> _faults = [];
    private readonly HashSet<string> _secretsAt = [];
    private int _succeeded;
    private int _asked;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryEndpoint_WithAndWithoutALogin_IsCareful()
    {
        await using var gateway = await GatewayHost.StartAsync(
            gateways[GatewaysFixture.Tejo], "WebhookNetworks=127.0.0.0/8", "WebhookHttp=true");
        await gateway.PrepareAsync();
        var known = await MakeAsync(gateway);
        var examples = await ReadExamplesAsync(gateway);
        var endpoints = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => MethodsOf(endpoint).Select(method => (Endpoint: endpoint, Method: method)))
            .OrderBy(one => one.Method switch { "GET" or "HEAD" => 0, "DELETE" => 2, _ => 1 }).ToList();
        Assert.NotEmpty(endpoints);
        using var anyone = ClientOf(gateway, apiKey: null);
        using var registrar = ClientOf(gateway, GatewayHost.ApiKey);
        foreach (var (endpoint, method) in endpoints)
        {
            // What would change the ledger of all these tests is refused for want of it, and that is an answer, too.
            gateway.Wire.IsCut = method is not ("GET" or "HEAD");
            string address = AddressOf(endpoint, known);
            string? body = examples.GetValueOrDefault($"{method} {PatternOf(endpoint)}");
            await AskAsync(anyone, endpoint, method, address, body, isKnown: false);
            await AskAsync(registrar, endpoint, method, address, body, isKnown: true);
        }

        gateway.Wire.IsCut = false;
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
        Assert.True(_succeeded >= MinSucceeded, $"Of {_asked} requests {_succeeded} succeeded.");
        Assert.Contains("POST /v1/api-keys", _secretsAt);
        Assert.Contains("POST /v1/webhooks", _secretsAt);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_asked} requests to {endpoints.Count} endpoints, {_succeeded} succeeded; secrets at: "
            + string.Join(", ", _secretsAt));
    }

    private async Task AskAsync(
        HttpClient client, RouteEndpoint endpoint, string method, string address, string? body, bool isKnown)
    {
        string what = $"{method} {PatternOf(endpoint)}";
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (method is not ("GET" or "HEAD" or "DELETE"))
            request.Content = new StringContent(body ?? "{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        _asked++;
        if (answer.IsSuccessStatusCode)
            _succeeded++;
        string told = $"{what} ({(isKnown ? "with a login" : "without")}, {(int)answer.StatusCode})";
        string type = answer.Content.Headers.ContentType?.MediaType ?? "";
        bool isKept = answer.Headers.CacheControl is not { NoStore: true };
        if (type.Contains("json", StringComparison.Ordinal) && !IsNosniff(answer))
            _faults.Add($"{told}: JSON without nosniff");
        if (isKnown && isKept && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null)
            _faults.Add($"{told}: what a login gets may be stored: {answer.Headers.CacheControl}");

        // A stream of events has no end to read up to.
        if (type == "text/event-stream" || method == "HEAD")
            return;
        string said = await answer.Content.ReadAsStringAsync(Cancellation) + answer.Headers.Location;
        if (!Secret().IsMatch(said))
            return;
        _secretsAt.Add(what);
        if (isKept)
            _faults.Add($"{told}: a secret may be stored: {answer.Headers.CacheControl}");
    }

    private static async Task<Dictionary<string, string>> MakeAsync(GatewayHost gateway)
    {
        string credential = GatewayHost.IdOf(await gateway.IssueAsync("Careful Learner"));
        using var batch = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/batches", new[] { GatewayHost.Row("Careful Row") }));
        using var key = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/api-keys", new { name = "Read", roles = Readers }));
        string text = await key.Content.ReadAsStringAsync(Cancellation);
        return new(StringComparer.Ordinal)
        {
            ["credentials"] = credential,
            ["batches"] = batch.Headers.Location!.ToString().Split('/')[^1],
            ["api-keys"] = (string)JsonNode.Parse(text)!["id"]!,
            ["institutions"] = gateway.MspId,
            ["achievements"] = "data-literacy",
            ["mspId"] = gateway.MspId,
            ["version"] = "1",
        };
    }

    /// <summary>What the gateway's own description shows as the body of each request.</summary>
    private static async Task<Dictionary<string, string>> ReadExamplesAsync(GatewayHost gateway)
    {
        var examples = new Dictionary<string, string>(StringComparer.Ordinal);
        var described = JsonNode.Parse(await gateway.Anyone.GetStringAsync("/openapi/v1.json", Cancellation))!;
        foreach (var (path, methods) in described["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var content = operation?["requestBody"]?["content"]?["application/json"];
                var example = content?["example"] ?? content?["examples"]?.AsObject().FirstOrDefault().Value?["value"];
                if (example is not null)
                    examples[$"{method.ToUpperInvariant()} {path}"] = example.ToJsonString();
            }
        }

        return examples;
    }

    /// <summary>An address of the pattern: of things that are there, where one is known.</summary>
    private static string AddressOf(RouteEndpoint endpoint, Dictionary<string, string> known)
    {
        string before = "";
        var parts = new List<string>();
        foreach (string part in PatternOf(endpoint).Split('/'))
        {
            string name = Parameter().Match(part).Groups["name"].Value;
            parts.Add(
                name.Length == 0 ? part : known.GetValueOrDefault(before) ?? known.GetValueOrDefault(name) ?? "x");
            before = part;
        }

        return string.Join('/', parts);
    }

    private static string PatternOf(RouteEndpoint endpoint)
    {
        string pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
        return pattern.Length > 1 ? pattern.TrimEnd('/') : pattern;
    }

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods
            ? methods
            : ["GET", "POST"];

    private static HttpClient ClientOf(GatewayHost gateway, string? apiKey)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = gateway.Anyone.BaseAddress,
            Timeout = gateway.Anyone.Timeout,
        };
        if (apiKey is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }

    private static bool IsNosniff(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("X-Content-Type-Options", out var values) && values.Single() == "nosniff";

    /// <summary>API keys, webhooks' secrets, links that sign in, and learners' links.</summary>
    [GeneratedRegex("""
        \bmck?_[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9+/=]{20,}|/sign-in[?]link=[A-Za-z0-9_-]{16,}|/c/[A-Za-z0-9_-]{16,}
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Secret();

    [GeneratedRegex(@"^\{\*{0,2}(?<name>[A-Za-z]+)[^}]*\}$")]
    private static partial Regex Parameter();
}
