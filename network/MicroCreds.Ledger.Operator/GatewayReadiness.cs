using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>What a gateway says of itself at /readyz.</summary>
/// <param name="Summary">In a few words.</param>
/// <param name="Faults">What keeps it from its work, each with the cause and the mend.</param>
/// <param name="Reservations">What should be looked into although it works.</param>
internal sealed record GatewayReadiness(
    string Summary, IReadOnlyList<string> Faults, IReadOnlyList<string> Reservations)
{
    /// <summary>Whether it answered as a gateway does. Default is yes.</summary>
    public bool Answers { get; private init; } = true;

    // A store may have to be compared with a long ledger before the gateway is ready, and a moment after.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Asks a gateway that has just started what it has found: it may need a while to be ready.</summary>
    public static async Task<GatewayReadiness> AskOnceSettledAsync(
        InstitutionEntry institution, CancellationToken cancellation)
    {
        var said = await AskUntilReadyAsync(institution, SettlingTime, cancellation);
        if (said.Faults.Count > 0)
        {
            return said;
        }

        await Task.Delay(Moment, cancellation);
        return await AskUntilReadyAsync(institution, TimeSpan.Zero, cancellation);
    }

    /// <summary>Asks a gateway until it is ready, or does not answer, or has not become ready for so long.</summary>
    public static async Task<GatewayReadiness> AskUntilReadyAsync(
        InstitutionEntry institution, TimeSpan patience, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = AnswerTimeout };
        for (long begin = Stopwatch.GetTimestamp(); ; await Task.Delay(PollInterval, cancellation))
        {
            var said = await AskAsync(http, institution, cancellation);
            if (!said.Answers || said.Faults.Count == 0 || Stopwatch.GetElapsedTime(begin) >= patience)
            {
                return said;
            }
        }
    }

    /// <summary>Asks a gateway; one that does not answer, or not as a gateway does, is a fault.</summary>
    public static async Task<GatewayReadiness> AskAsync(
        HttpClient http, InstitutionEntry institution, CancellationToken cancellation)
    {
        string address = $"{institution.OperationsUrl ?? institution.GatewayUrl}/readyz";
        try
        {
            using var answer = await http.GetAsync(new Uri(address), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return Failed(
                    "does not tell whether it is ready",
                    $"it does not tell whether it is ready at {address}: its operators' port is another one; name that "
                    + "as gatewayOperations in consortium.json.");
            }

            return Read(await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation))
                ?? NoGateway(address);
        }
        catch (JsonException)
        {
            return NoGateway(address);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException
            && !cancellation.IsCancellationRequested)
        {
            return Failed(
                "does not answer",
                $"it does not answer at {address}: scripts/up.sh starts it again, scripts/logs.sh gateway shows why it "
                + "ended.");
        }
    }

    private static GatewayReadiness NoGateway(string address) => Failed(
        "does not answer as a gateway does", $"what answers at {address} is no gateway: what runs there?");

    private static GatewayReadiness Failed(string summary, string fault) =>
        new(summary, [fault], []) { Answers = false };

    private static GatewayReadiness? Read(JsonObject? said)
    {
        if (said?["checks"] is not JsonArray checks)
        {
            return null;
        }

        var missing = checks.OfType<JsonObject>().Where(check => !(bool)check["ok"]!).ToList();
        string[] reservations =
            [.. said["shortcomings"]?.AsArray().Select(one => (string)one!) ?? []];
        string[] names = [.. missing.Select(check => (string)check["check"]!)];
        return new GatewayReadiness(
            missing.Count > 0 ? $"not ready ({string.Join(", ", names)})"
                : reservations.Length > 0 ? "degraded" : "ready",
            [.. missing.Select(check => $"not ready: {check["check"]}: {check["detail"]}")],
            reservations);
    }
}
