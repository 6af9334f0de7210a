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

        await Task.WhenAll(institutions
            .Where(institution => (string?)sample[institution.MspId]!["kind"] == "accreditor")
            .Select(accreditor => AccreditAsync(accreditor, institutions, sample, cancellation)));

        JsonNode Record(InstitutionEntry institution) => sample[institution.MspId]!["institution"]!;
    }

    /// <summary>
    /// Has the members admit an accreditor by a ballot like any, and it accredit the others for what the sample says.
    /// </summary>
    private static async Task AccreditAsync(
        InstitutionEntry accreditor, IReadOnlyList<InstitutionEntry> institutions, JsonObject sample,
        CancellationToken cancellation)
    {
        using (var http = new HttpClient { BaseAddress = new Uri(accreditor.GatewayUrl) })
        {
            var consortium = await http.GetFromJsonAsync<JsonObject>("/v1/consortium", cancellation);
            if (consortium!["accreditors"]!.AsArray().Any(term =>
                (string?)term!["mspId"] == accreditor.MspId && term["until"] is null))
                return;
        }

        string id = $"admit-{accreditor.MspId.ToLowerInvariant()}";
        var ballot = new JsonObject
        {
            ["id"] = id,
            ["action"] = "admitAccreditor",
            ["subject"] = accreditor.MspId,
        };
        await SendAllAsync(accreditor, HttpMethod.Post, "/v1/ballots", [ballot], cancellation);

        // One after the other: two votes in one block would be in each other's way. The last may find it decided.
        foreach (var member in institutions)
        {
            await SendAllAsync(
                member, HttpMethod.Post, $"/v1/ballots/{accreditor.MspId}.{id}/votes",
                [new JsonObject { ["approve"] = true }], cancellation);
        }

        var grants = sample[accreditor.MspId]!["accreditations"]?.AsArray() ?? [];
        await SendAllAsync(
            accreditor, HttpMethod.Post, "/v1/accreditations",
            grants.Where(grant => institutions.Any(one => one.MspId == (string?)grant!["mspId"])), cancellation);
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
            string said = await answer.Content.ReadAsStringAsync(cancellation);

            // A gateway registers its key by itself, and reads the ledger a moment behind the others.
            bool isEarly = answer.StatusCode == HttpStatusCode.ServiceUnavailable
                || said.Contains("problem:not-ready", StringComparison.Ordinal)
                || (answer.StatusCode == HttpStatusCode.NotFound && method == HttpMethod.Post);
            if (answer.IsSuccessStatusCode || (answer.StatusCode == HttpStatusCode.Conflict && !isEarly))
            {
                return;
            }

            if (!isEarly || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new OperatorException(
                    $"{method} {request.RequestUri} answered {(int)answer.StatusCode}: {said}");
            }
        }
    }
}
