using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Writes the sample institutions, achievements and pathways through their own gateways, as registrars would.
/// </summary>
internal static class Seed
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private static readonly string SampleFile = Path.Combine(Programs.Root, "network", "sample.json");

    public static async Task RunAsync(NetworkFile network, CancellationToken cancellation)
    {
        if (!File.Exists(SampleFile))
        {
            throw new OperatorException($"{SampleFile} is not there: restore it, or start with --no-seed.");
        }

        var sample = JsonNode.Parse(await File.ReadAllBytesAsync(SampleFile, cancellation))!.AsObject();
        var institutions = network.Institutions.Where(institution => sample.ContainsKey(institution.MspId)).ToList();
        await Task.WhenAll(institutions.Select(institution =>
            SendAllAsync(institution, HttpMethod.Put, "/v1/institution", [Record(institution)], cancellation)));

        // Once more, now that all members are known: a record written before asks for too few endorsements.
        await Task.WhenAll(institutions.Select(async institution =>
        {
            await SendAllAsync(institution, HttpMethod.Put, "/v1/institution", [Record(institution)], cancellation);
            await SendAllAsync(
                institution, HttpMethod.Post, "/v1/achievements", sample[institution.MspId]!["achievements"]!.AsArray(),
                cancellation);
            await SendAllAsync(
                institution, HttpMethod.Post, "/v1/pathways",
                sample[institution.MspId]!["pathways"]?.AsArray() ?? [], cancellation);
        }));

        JsonNode Record(InstitutionEntry institution) => sample[institution.MspId]!["institution"]!;
    }

    private static async Task SendAllAsync(
        InstitutionEntry institution, HttpMethod method, string path, IEnumerable<JsonNode?> bodies,
        CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(institution.GatewayUrl) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", institution.ApiKey);
        foreach (var body in bodies)
        {
            await SendAsync(http, method, path, body!, cancellation);
        }
    }

    /// <summary>Sends until the ledger is within reach: a peer's first call to a chaincode takes a while.</summary>
    private static async Task SendAsync(
        HttpClient http, HttpMethod method, string path, JsonNode body, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(RetryInterval);
        for (long begin = Stopwatch.GetTimestamp(); ; await timer.WaitForNextTickAsync(cancellation))
        {
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            using var answer = await http.SendAsync(request, cancellation);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict)
            {
                return;
            }

            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new OperatorException(
                    $"{method} {request.RequestUri} answered {(int)answer.StatusCode}: "
                    + await answer.Content.ReadAsStringAsync(cancellation));
            }
        }
    }
}
