using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two gateways as processes on one PostgreSQL, of which leader, follower and database are killed under load in an
/// order that <c>TEST_SEED</c> repeats, <c>TEST_KILLS</c> times.
/// </summary>
/// <param name="settings">What both gateways are started with.</param>
/// <param name="cluster">The database's server.</param>
/// <param name="database">The database.</param>
/// <param name="listIssuances">Reads what the institution issued from its peer.</param>
internal sealed class InstanceDrill(
    string[] settings, PostgresCluster cluster, string database,
    Func<Task<IReadOnlyList<IssuanceStatement>>> listIssuances)
{
    private const int DefaultKills = 6;
    private const int Clients = 4;
    private const int RowsPerBatch = 5;
    private const int LoneOnesPerBatch = 10;
    private const int MaxIssuedBetween = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly ConcurrentDictionary<string, byte[]> _documents = [];
    private readonly ConcurrentDictionary<string, bool> _batches = [];
    private readonly List<TimeSpan> _takeovers = [];
    private int _asked;

    /// <summary>Kills, and sees that what was acknowledged is on the ledger, once, and nothing is unfinished.</summary>
    public async Task RunAsync()
    {
        int seed = Read("TEST_SEED") ?? Random.Shared.Next();
        int kills = Read("TEST_KILLS") ?? DefaultKills;
        TestContext.Current.SendDiagnosticMessage("TEST_SEED={0}", seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed}");
        int before = (await listIssuances()).Sum(one => one.Size);
        using var one = new GatewayProcess(settings);
        using var other = new GatewayProcess(settings);
        GatewayProcess[] both = [one, other];
        await Task.WhenAll(both.Select(gateway => gateway.StartAsync()));

        using var isOver = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(client => Task.Run(() => IssueAsync(both, seed + client, isOver.Token))).ToArray();
        try
        {
            await KillAsync(both, clients, new Random(seed), kills);
        }
        finally
        {
            await isOver.CancelAsync();
            await cluster.BringUpAsync();
        }

        await Task.WhenAll(clients);
        TellTakeovers();
        await IsFinishedAsync();
        await IsOnLedgerOnceAsync(one, before);
    }

    private async Task KillAsync(GatewayProcess[] both, Task[] clients, Random random, int kills)
    {
        for (int kill = 1; kill <= kills; kill++)
        {
            int wanted = _documents.Count + 1 + random.Next(MaxIssuedBetween);
            await Until.TrueAsync(
                () => Task.FromResult(_documents.Count >= wanted || clients.Any(client => client.IsCompleted)),
                () => $"nothing was issued any more after {kill - 1} kills:\n{both[0].Words}\n---\n{both[1].Words}");
            Assert.DoesNotContain(clients, client => client.IsCompleted);
            bool firstLeads = await both[0].LeadsAsync();
            var (leader, follower) = firstLeads ? (both[0], both[1]) : (both[1], both[0]);
            switch (random.Next(3))
            {
                case 0:
                    long killed = Stopwatch.GetTimestamp();
                    leader.Kill();
                    await FinishLedWorkAsync(follower, kill);
                    _takeovers.Add(Stopwatch.GetElapsedTime(killed));
                    await leader.StartAsync();
                    break;
                case 1:
                    follower.Kill();
                    await follower.StartAsync();
                    break;
                default:
                    await cluster.StopAsync();
                    await cluster.BringUpAsync();
                    break;
            }

            if (kill % 10 == 0)
                TestContext.Current.SendDiagnosticMessage("{0} kills, {1} issued", kill, _documents.Count);
        }
    }

    /// <summary>Gives the other what only a leader finishes, and waits until it has.</summary>
    private async Task FinishLedWorkAsync(GatewayProcess follower, int kill)
    {
        string key = Guid.NewGuid().ToString();
        var rows = Enumerable.Range(0, RowsPerBatch).Select(i => GatewayHost.Row($"Led {i}")).ToArray();
        string place = "";
        await Until.TrueAsync(
            async () =>
            {
                var (taken, _) = await TryAsync(follower, "/v1/batches", rows, key);
                place = taken?.Place ?? "";
                return taken is not null;
            },
            () => $"the other takes no batch after kill {kill}:\n{follower.Words}");
        _batches[place] = true;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await follower.Registrar.GetAsync(place, Cancellation);
                return answer.IsSuccessStatusCode
                    && (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["state"]
                        == IssuanceState.Issued;
            },
            () => $"nobody leads after kill {kill}:\n{follower.Words}");
    }

    private void TellTakeovers()
    {
        if (_takeovers.Count == 0) return;
        TimeSpan[] sorted = [.. _takeovers.Order()];
        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"From killing the leader to what the next one finished first, of {sorted.Length}: min "
            + $"{sorted[0].TotalSeconds:F2} s, median {sorted[sorted.Length / 2].TotalSeconds:F2} s, max "
            + $"{sorted[^1].TotalSeconds:F2} s");
        TestContext.Current.SendDiagnosticMessage("{0}", told);
        TestContext.Current.TestOutputHelper?.WriteLine(told);
    }

    /// <summary>As a program behind a balancer does: the same request to either until it is acknowledged.</summary>
    private async Task IssueAsync(GatewayProcess[] both, int seed, CancellationToken isOver)
    {
        var random = new Random(seed);
        while (!isOver.IsCancellationRequested)
        {
            string key = Guid.NewGuid().ToString();
            if (random.Next(LoneOnesPerBatch) == 0)
            {
                var rows = Enumerable.Range(0, RowsPerBatch).Select(i => GatewayHost.Row($"Row {i}")).ToArray();
                _batches[(await UntilTakenAsync("/v1/batches", rows)).Place] = true;
            }
            else
            {
                var (place, body) = await UntilTakenAsync("/v1/credentials", GatewayHost.Row("Under Load"));
                Assert.True(_documents.TryAdd(place, body), $"{place} was the answer to two requests");
            }

            async Task<(string Place, byte[] Body)> UntilTakenAsync(string address, object request)
            {
                (string, byte[])? taken = null;
                string said = "";
                await Until.TrueAsync(
                    async () =>
                    {
                        var gateway = both[random.Next(both.Length)];
                        (taken, said) = await TryAsync(gateway, address, request, key);
                        return taken is not null;
                    },
                    () => $"not acknowledged: {said}\n{both[0].Words}\n---\n{both[1].Words}");
                return taken!.Value;
            }
        }
    }

    private async Task<((string Place, byte[] Body)? Taken, string Said)> TryAsync(
        GatewayProcess gateway, string address, object body, string key)
    {
        Interlocked.Increment(ref _asked);
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(body),
            Headers = { { "Idempotency-Key", key } },
        };
        try
        {
            using var answer = await gateway.Registrar.SendAsync(request, Cancellation);
            byte[] said = await answer.Content.ReadAsByteArrayAsync(Cancellation);
            if (answer.IsSuccessStatusCode)
                return ((answer.Headers.Location!.ToString(), said), "");
            string text = System.Text.Encoding.UTF8.GetString(said);
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}: {text}");
            return (null, text);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // Killed, or not there yet.
            return (null, exception.Message);
        }
    }

    private async Task IsFinishedAsync()
    {
        await using var store = await GatewayStore.OpenAsync(new StorePlace(Directory: null, database));
        var issuances = new IssuanceStore(store);
        await Until.TrueAsync(
            () => Task.FromResult(issuances.FindUnfinished().Count == 0),
            () => "unfinished: " + string.Join(
                ", ", issuances.FindUnfinished().Select(left => $"{left.Number} {left.State} {left.Waits}")));
    }

    private async Task IsOnLedgerOnceAsync(GatewayProcess gateway, int before)
    {
        var onLedger = await listIssuances();
        await using var store = await GatewayStore.OpenAsync(new StorePlace(Directory: null, database));
        var (documents, issuances) = (new DocumentStore(store), new IssuanceStore(store));
        var roots = onLedger.Select(one => one.Root).ToHashSet(StringComparer.Ordinal);
        foreach (var (place, body) in _documents)
        {
            string id = place.Split('/')[^1];
            var document = documents.Find(Guid.Parse(id))!;
            Assert.Equal(IssuanceState.Issued, document.State);
            Assert.Contains(document.Root!, roots);
            using var content = new ByteArrayContent(body);
            using var answer = await gateway.Anyone.PostAsync("/v1/verifications", content, Cancellation);
            var verdict = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
            Assert.Equal("valid", (string?)verdict!["verdict"]);
        }

        foreach (string place in _batches.Keys)
        {
            var batch = issuances.Find(place.Split('/')[^1])!;
            Assert.Equal((IssuanceState.Issued, RowsPerBatch), (batch.State, documents.Count(batch.Number)));
            Assert.Contains(batch.Root!, roots);
        }

        // As many as requests, none more: nothing was issued twice on the way.
        Assert.Equal(
            _documents.Count + (_batches.Count * RowsPerBatch), onLedger.Sum(one => one.Size) - before);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_documents.Count} credentials and {_batches.Count} batches, asked for {_asked} times");
    }

    private static int? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : null;
}
