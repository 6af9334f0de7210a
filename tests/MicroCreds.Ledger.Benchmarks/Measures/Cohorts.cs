using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Operator;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Issues through an institution's REST API, and remembers how many, how fast and a sample of which.</summary>
internal sealed class Cohorts : IDisposable
{
    public const int Largest = 100_000;

    public const string SampleAchievement = "data-literacy";

    private const int SamplePages = 4;
    private const int SamplePageSize = 25;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly HttpClient _http;
    private readonly Dictionary<int, List<double>> _rates = [];
    private readonly List<string> _sample = [];
    private readonly Random _random = new(20261123);
    private readonly LearnerNames _names = new();

    public Cohorts(InstitutionEntry issuer)
    {
        _http = new HttpClient { BaseAddress = new Uri(issuer.GatewayUrl), Timeout = TimeSpan.FromMinutes(5) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.ApiKey);
    }

    /// <summary>How many credentials have been issued in batches.</summary>
    public int Issued { get; private set; }

    /// <summary>Some of them, from all cohorts.</summary>
    public IReadOnlyList<string> Sample => _sample;

    /// <summary>The credentials per second of each cohort of this size so far.</summary>
    public IReadOnlyList<double> RatesOf(int size) => _rates.GetValueOrDefault(size, []);

    /// <summary>Issues in cohorts until there are that many credentials.</summary>
    public async Task FillAsync(int total, int cohort)
    {
        while (Issued < total)
        {
            await IssueAsync(Math.Min(cohort, total - Issued));
        }
    }

    /// <summary>Issues one cohort, and fetches all its documents.</summary>
    public async Task<IReadOnlyList<string>> IssueAndFetchAsync(int size)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{await IssueAsync(size)}/credentials");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var answer = await _http.SendAsync(request);
        await ExpectAsync(answer, HttpStatusCode.OK);
        string documents = await answer.Content.ReadAsStringAsync();
        return documents.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Issues one cohort: accepted, anchored, and every document ready to be fetched.</summary>
    /// <returns>The batch's address.</returns>
    public async Task<string> IssueAsync(int size)
    {
        byte[] rows = Rows(size);
        long begin = Stopwatch.GetTimestamp();
        string location = await AcceptAsync(rows);
        using var timer = new PeriodicTimer(PollInterval);
        string state;
        do
        {
            await timer.WaitForNextTickAsync();
            state = (string)JsonNode.Parse(await _http.GetStringAsync(location))!["state"]!;
        }
        while (state is "accepted" or "ready");

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (state != "issued")
        {
            throw new BenchmarkException($"A batch of {size} was {state}: {await _http.GetStringAsync(location)}");
        }

        Issued += size;
        if (!_rates.TryGetValue(size, out var rates))
        {
            _rates[size] = rates = [];
        }

        rates.Add(size / seconds);
        await KeepSampleAsync(location, size);
        return location;
    }

    /// <summary>
    /// Issues by a request for each credential, so many of them at once, which are anchored together; returns
    /// credentials per second.
    /// </summary>
    public async Task<double> IssueSinglyAsync(int count, int inFlight) =>
        (await RequestSinglyAsync(count, inFlight, _ => SampleAchievement)).PerSecond;

    /// <summary>
    /// Issues by a request for each credential, so many of them at once, each of another achievement: so each has a
    /// transaction of its own.
    /// </summary>
    public Task<LoopResult> IssueApartAsync(int count, int inFlight) =>
        RequestSinglyAsync(count, inFlight, lane => NameOf(lane));

    /// <summary>Issues by a request for each credential.</summary>
    /// <param name="count">How many.</param>
    /// <param name="inFlight">How many at once.</param>
    /// <param name="achievementOf">What each of those in flight asks for.</param>
    public async Task<LoopResult> RequestSinglyAsync(int count, int inFlight, Func<int, string> achievementOf)
    {
        string[] learners = [.. Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetString(Rows(1)))];
        return await ClosedLoop.RunAsync(count, inFlight, async (n, lane) =>
        {
            string request = learners[n].Replace(SampleAchievement, achievementOf(lane), StringComparison.Ordinal);
            using var content = Content(Encoding.UTF8.GetBytes(request), "application/json");
            using var answer = await _http.PostAsync("/v1/credentials", content);
            await ExpectAsync(answer, HttpStatusCode.Created);
        });
    }

    /// <summary>Publishes what <see cref="IssueApartAsync"/> asks for.</summary>
    public async Task PublishAsync(int achievements)
    {
        for (int lane = 0; lane < achievements; lane++)
        {
            using var content = Content(
                Encoding.UTF8.GetBytes(new JsonObject
                {
                    ["id"] = NameOf(lane),
                    ["version"] = 1,
                    ["name"] = $"Measured Achievement {lane}",
                    ["description"] = "Reading and questioning data.",
                    ["criteria"] = "A portfolio.",
                    ["learningOutcomes"] = new JsonArray("Judges a data source"),
                    ["credits"] = 3,
                    ["language"] = "en",
                    ["assessment"] = "portfolio",
                    ["participation"] = "blended",
                    ["qualityAssurance"] = "internal",
                }.ToJsonString()),
                "application/json");
            using var answer = await _http.PostAsync("/v1/achievements", content);
            if (answer.StatusCode != HttpStatusCode.OK) await ExpectAsync(answer, HttpStatusCode.Created);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string NameOf(int lane) => $"measured-{lane}";

    private byte[] Rows(int count)
    {
        var rows = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            string learner = Guid.NewGuid().ToString("N");
            var request = new JsonObject
            {
                ["achievement"] = SampleAchievement,
                ["recipient"] = new JsonObject { ["name"] = _names.Next(), ["email"] = $"{learner}@learner.example" },
            };
            rows.Append(request.ToJsonString()).Append('\n');
        }

        return Encoding.UTF8.GetBytes(rows.ToString());
    }

    private static ByteArrayContent Content(byte[] body, string mediaType) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private async Task<string> AcceptAsync(byte[] rows)
    {
        using var content = Content(rows, "application/x-ndjson");
        using var answer = await _http.PostAsync("/v1/batches", content);
        await ExpectAsync(answer, HttpStatusCode.Accepted);
        return answer.Headers.Location!.ToString();
    }

    private static async Task ExpectAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        if (answer.StatusCode != expected)
        {
            throw new BenchmarkException(
                $"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: "
                + await answer.Content.ReadAsStringAsync());
        }
    }

    private async Task KeepSampleAsync(string location, int size)
    {
        for (int i = 0; i < SamplePages; i++)
        {
            string after = _random.Next(Math.Max(1, size - SamplePageSize)).ToString(CultureInfo.InvariantCulture);
            byte[] page = await _http.GetByteArrayAsync(
                $"{location}/credentials?pageSize={SamplePageSize}&after={after}");
            using var json = JsonDocument.Parse(page);
            _sample.AddRange(json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
        }
    }
}
