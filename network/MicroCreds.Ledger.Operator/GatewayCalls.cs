using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>What the operator asks of institutions' own gateways, as their registrars would.</summary>
internal static class GatewayCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends bodies to one address, one after the other.</summary>
    public static async Task SendAllAsync(
        InstitutionEntry institution, HttpMethod method, string path, IEnumerable<JsonNode?> bodies,
        CancellationToken cancellation)
    {
        using var http = Open(institution);
        foreach (var body in bodies)
        {
            await SendAsync(http, method, path, body, cancellation);
        }
    }

    /// <summary>Sends one request; the answer, or nothing where it says that this was done before.</summary>
    public static async Task<JsonNode?> SendAsync(
        InstitutionEntry institution, HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var http = Open(institution);
        return await SendAsync(http, method, path, body, cancellation);
    }

    /// <summary>Reads; nothing where there is nothing.</summary>
    public static async Task<JsonNode?> FindAsync(
        InstitutionEntry institution, string path, CancellationToken cancellation)
    {
        using var http = Open(institution);
        using var answer = await http.GetAsync(path, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        string said = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(said)
            : throw new OperatorException($"GET {answer.RequestMessage!.RequestUri} answered "
                + $"{(int)answer.StatusCode}: {said}");
    }

    private static HttpClient Open(InstitutionEntry institution)
    {
        var http = new HttpClient { BaseAddress = new Uri(institution.GatewayUrl) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", institution.ApiKey);
        return http;
    }

    /// <summary>Sends until the ledger is within reach: a peer's first call to a chaincode takes a while.</summary>
    private static async Task<JsonNode?> SendAsync(
        HttpClient http, HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(RetryInterval);
        for (long begin = Stopwatch.GetTimestamp(); ; await timer.WaitForNextTickAsync(cancellation))
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = JsonContent.Create(body);
            }

            using var answer = await http.SendAsync(request, cancellation);
            string said = await answer.Content.ReadAsStringAsync(cancellation);

            // A gateway registers its key by itself, and reads the ledger a moment behind the others.
            bool isEarly = answer.StatusCode == HttpStatusCode.ServiceUnavailable
                || said.Contains("problem:not-ready", StringComparison.Ordinal)
                || answer.StatusCode == HttpStatusCode.NotFound;
            if (answer.IsSuccessStatusCode)
            {
                return said.Length == 0 ? null : JsonNode.Parse(said);
            }

            if (answer.StatusCode == HttpStatusCode.Conflict && !isEarly)
            {
                return null;
            }

            if (!isEarly || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new OperatorException(
                    $"{method} {request.RequestUri} answered {(int)answer.StatusCode}: {said}");
            }
        }
    }
}
