using System.Data.Common;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Operator;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// The same work at a gateway on PostgreSQL and at one on SQLite, both of one institution, in turn; and at two gateways
/// on one database beside one.
/// </summary>
internal static class Stores
{
    private const int Cohort = 10_000;
    private const int Registrars = 32;
    private const int Connections = 32;
    private const double BytesTarget = 600;
    private const string Valid = "\"verdict\":\"valid\"";
    private const string Beside = "on SQLite";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static async Task MeasureAsync(Bench bench)
    {
        if (bench.Options.Database is not { } database)
        {
            bench.Report.Skip("a gateway on PostgreSQL beside one on SQLite", "needs --database: skipped");
            return;
        }

        var network = await bench.NetworkAsync();
        string keyFile = Path.Combine(bench.Options.State, "issuer.pem");
        using (var key = IssuerPrivateKey.Generate(KeyAlgorithm.P256))
            await File.WriteAllTextAsync(keyFile, key.ToPem());
        var (process, entry) = await network.StartGatewayAsync("first", database, keyFile);
        using var first = process;
        await RegisterAsync(entry);
        using var onPostgres = new Cohorts(entry);
        await MeasureIssuingAsync(bench, onPostgres, await bench.CohortsAsync());
        await MeasureBytesAsync(bench, network, onPostgres, await bench.CohortsAsync(), database);

        var (another, other) = await network.StartGatewayAsync("second", database, keyFile);
        using var second = another;
        await MeasureTwoAsync(bench, onPostgres.Sample, (entry, first), (other, second));
    }

    private static async Task MeasureIssuingAsync(Bench bench, Cohorts onPostgres, Cohorts onSqlite)
    {
        int singles = bench.Options.Count(50, 20);
        int cohort = bench.Options.Count(Cohort, 1_000);
        foreach (var warm in new[] { onPostgres, onSqlite })
        {
            await warm.IssueSinglyAsync(singles, inFlight: 1);
            await warm.IssueAsync(cohort);
        }

        await ContestAsync("credentials/s one by one, on PostgreSQL", at => at.IssueSinglyAsync(singles, 1));
        await ContestAsync(
            $"credentials/s, {Registrars} at once, on PostgreSQL",
            at => at.IssueSinglyAsync(singles * Registrars, Registrars));
        await ContestAsync($"credentials/s in batches of {cohort:N0}, on PostgreSQL", async at =>
        {
            await at.IssueAsync(cohort);
            return at.RatesOf(cohort)[^1];
        });

        async Task ContestAsync(string name, Func<Cohorts, Task<double>> measureAsync)
        {
            var (ours, theirs) = await Contest.RunAsync(
                bench.Options.Rounds, () => measureAsync(onPostgres), () => measureAsync(onSqlite));
            Contest.Report(bench.Report, name, "/s", ours, theirs, rate => rate, ratio: null, Beside);
        }
    }

    private static async Task MeasureBytesAsync(
        Bench bench, BenchNetwork network, Cohorts onPostgres, Cohorts onSqlite, string database)
    {
        int cohort = bench.Options.Count(Cohorts.Largest, Cohort);
        await using var server = new NpgsqlConnection(database);
        await server.OpenAsync();
        await UntilNamedAsync(server);
        double before = await SizeAsync(server);
        await onPostgres.IssueAsync(cohort);
        await UntilNamedAsync(server);
        double postgres = (await SizeAsync(server) - before) / cohort;

        await using var store = new SqliteConnection($"Data Source={network.StoreFile};Mode=ReadOnly;Pooling=False");
        await store.OpenAsync();
        await UntilNamedAsync(store);
        double file = network.StoreBytes();
        await onSqlite.IssueAsync(cohort);
        await UntilNamedAsync(store);
        double sqlite = (network.StoreBytes() - file) / cohort;
        bench.Report.Add(new Row
        {
            Name = $"bytes of store per credential, {cohort:N0} in a batch, on PostgreSQL, names to be found included",
            Unit = "B",
            Rounds = [postgres],
            Target = Target.AtMost(BytesTarget),
        });
        bench.Report.Add(new Row { Name = $"  {Beside} (with its journal)", Unit = "B", Rounds = [sqlite] });
    }

    /// <summary>Waits until all that was issued can be found by its names: that index is made behind the
    /// issuing.</summary>
    private static async Task UntilNamedAsync(DbConnection connection)
    {
        using var timer = new PeriodicTimer(PollInterval);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM issuance WHERE state = 'issued' AND named < size";
        while (Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0)
            await timer.WaitForNextTickAsync();
    }

    private static async Task MeasureTwoAsync(
        Bench bench, IReadOnlyList<string> documents, (InstitutionEntry Entry, WorkerProcess Process) one,
        (InstitutionEntry Entry, WorkerProcess Process) other)
    {
        int calls = bench.Options.Count(20_000, 3_000);
        using var atOne = new HttpLoad(one.Entry.GatewayUrl, Verifications.Resource, documents, Connections, Valid);
        using var atOther = new HttpLoad(
            other.Entry.GatewayUrl, Verifications.Resource, documents, Connections / 2, Valid);
        await UntilFollowedAsync(other.Entry, documents[^1]);
        await atOne.RunAsync(calls);
        await atOther.RunAsync(calls);
        var (two, alone) = await Contest.RunAsync(
            bench.Options.Rounds,
            () => CostAsync(() => Task.WhenAll(atOne.RunAsync(calls / 2), atOther.RunAsync(calls / 2))),
            () => CostAsync(() => atOne.RunAsync(calls)));
        Contest.Report(
            bench.Report, "gateways' CPU per verification, two on one database", "ms", two, alone, cost => cost,
            ratio: null, "one alone");

        async Task<double> CostAsync(Func<Task> runAsync)
        {
            var before = one.Process.ProcessorTime + other.Process.ProcessorTime;
            await runAsync();
            return (one.Process.ProcessorTime + other.Process.ProcessorTime - before).TotalMilliseconds / calls;
        }
    }

    /// <summary>Waits until the gateway is ready, and registers its key.</summary>
    public static async Task RegisterAsync(InstitutionEntry entry)
    {
        using var http = new HttpClient { BaseAddress = new Uri(entry.GatewayUrl) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", entry.ApiKey);
        using var timer = new PeriodicTimer(PollInterval);
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("/v1/institution/keys", new { });
            if (answer.IsSuccessStatusCode) return;
            if ((int)answer.StatusCode < 500)
            {
                throw new BenchmarkException(
                    $"The key could not be registered: {await answer.Content.ReadAsStringAsync()}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task UntilFollowedAsync(InstitutionEntry entry, string document)
    {
        using var http = new HttpClient { BaseAddress = new Uri(entry.GatewayUrl) };
        using var timer = new PeriodicTimer(PollInterval);
        while (true)
        {
            using var content = new StringContent(document);
            using var answer = await http.PostAsync(Verifications.Resource, content);
            if ((await answer.Content.ReadAsStringAsync()).Contains(Valid, StringComparison.Ordinal)) return;
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<double> SizeAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();

        // What autovacuum does within a minute: the rows of a batch that is issued are gone.
        command.CommandText = "VACUUM issuance";
        await command.ExecuteNonQueryAsync();
        command.CommandText = "SELECT pg_database_size(current_database())";
        return Convert.ToDouble(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
