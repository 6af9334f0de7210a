using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// Processes are killed without a warning while registrars issue; what was acknowledged is there once and verifies.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class CrashTests(RunningConsortium consortium)
{
    private const int RegistrarsPerGateway = 4;
    private const int RequestsPerRegistrar = 6;

    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMilliseconds(1500);

    public static TheoryData<string> Victims =>
    [
        .. RunningConsortium.Engine == "embedded"
            ? (string[])["network"]
            : ["peer-AuroraMSP", "peer-LindenMSP", "orderer", "orderer2", "orderer3"],
        "gateway-AuroraMSP", "chaincode-AuroraMSP", "chaincode-LindenMSP", "any", "all",
    ];

    [Theory]
    [MemberData(nameof(Victims))]
    public async Task Issuing_ProcessesKilledMeanwhile_NothingAcknowledgedIsLostOrDoubled(string victim)
    {
        Assert.SkipUnless(consortium.OwnsProcesses, "Somebody else started the network: its processes are not ours.");
        int seed = Environment.GetEnvironmentVariable("TEST_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("TEST_SEED={0}", seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed}");
        var random = new Random(seed);

        var issuer = consortium[0];
        int before = await CountAsync(issuer);
        var requests = Enumerable.Range(0, RegistrarsPerGateway * RequestsPerRegistrar)
            .Select(i => Registrar.Request("data-literacy", $"Learner {seed} {victim} {i}")).ToList();
        var acknowledged = new ConcurrentDictionary<int, Issued>();

        var issuing = Task.WhenAll(Enumerable.Range(0, RegistrarsPerGateway).Select(registrar => Task.Run(async () =>
        {
            for (int i = 0; i < RequestsPerRegistrar; i++)
            {
                int number = (registrar * RequestsPerRegistrar) + i;
                acknowledged[number] = await IssueUntilAcknowledgedAsync(issuer, requests[number]);
            }
        })));
        await KillWhileAsync(issuing, victim, random);
        await issuing;

        var everywhere = consortium.Description.Institutions;
        foreach (var (number, issued) in acknowledged)
        {
            await everywhere[number % everywhere.Count].VerifyUntilAsync(issued.Document, "valid");
        }

        // Sent once more, each request finds its credential: nothing was issued twice on the way.
        for (int i = 0; i < requests.Count; i++)
        {
            var (_, body) = await issuer.SendAsync(HttpMethod.Post, "/v1/credentials", requests[i]);
            Assert.Equal(acknowledged[i].Id, (string?)body!["id"]);
        }

        Assert.Equal(before + requests.Count, await CountAsync(issuer));
    }

    private async Task KillWhileAsync(Task issuing, string victim, Random random)
    {
        var lifetime = TimeSpan.FromMilliseconds(random.Next((int)LongestLife.TotalMilliseconds));
        await Task.WhenAny(issuing, WaitAsync(lifetime));
        string[] names = [.. consortium.ProcessIds().Keys.Order(StringComparer.Ordinal)];
        foreach (string name in victim switch
        {
            "any" => [names[random.Next(names.Length)]],
            "all" => names,
            _ => [victim],
        })
        {
            consortium.Kill(name);
        }

        await consortium.HealAsync();
    }

    private static async Task WaitAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time + TimeSpan.FromMilliseconds(1));
        await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>As a registrar's program would: the same request again until it is acknowledged.</summary>
    private static async Task<Issued> IssueUntilAcknowledgedAsync(RunningInstitution issuer, JsonObject request)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < LongestOutage;)
        {
            try
            {
                using var http = issuer.Registrar();
                using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                    http, "/v1/credentials", request, TestContext.Current.CancellationToken);
                string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK)
                {
                    // What was issued although its answer was lost is there already: this person has this award.
                    string place = answer.Headers.Location!.ToString();
                    return new Issued(
                        answer.StatusCode == HttpStatusCode.Created
                            ? text
                            : await http.GetStringAsync(place, TestContext.Current.CancellationToken),
                        place);
                }

                Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}: {text}");
            }
            catch (HttpRequestException)
            {
                // The gateway is down; the request is sent again.
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException($"Not acknowledged within {LongestOutage}.");
    }

    /// <summary>Counts at the issuer's own peer, which has all that was acknowledged; others may be behind.</summary>
    private async Task<int> CountAsync(RunningInstitution institution)
    {
        using var user = new LedgerUser(consortium.Description, institution);
        return await user.CountCredentialsAsync(institution.MspId);
    }
}
