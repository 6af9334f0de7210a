using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Operator;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// The first status list that a gateway signs after a start on a mirror with a million status records, all of one list:
/// how long it takes, and how much memory. The records are put into the mirror's own file, as of a gateway that could
/// not read one of them, so that the first start makes the lists anew.
/// </summary>
internal static class RestartedLists
{
    private const int SuspendedShare = 10;
    private const string List = "bench-list";
    private const double TargetMilliseconds = 300;
    private const double TargetMebibytes = 64;
    private const string NotReadBefore = "INSERT INTO unreadable VALUES ($key, 'An earlier gateway did not read it.')";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        var cohorts = await bench.CohortsAsync();
        await cohorts.IssueAsync(1);
        var settings = new Dictionary<string, string>();
        var (process, entry) = await network.StartGatewayAsync("restarted", settings);
        using (process)
        {
            await Stores.RegisterAsync(entry);
            await UntilReadyAsync(entry);
        }

        int records = bench.Options.Count(1_000_000, 50_000);
        await FillAsync(Path.Combine(network.State, "beside", "restarted", "projection.db"), entry.MspId, records);
        var (first, grown) = (new List<double>(), new List<double>());
        for (int round = -1; round < bench.Options.Rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            (process, entry) = await network.StartGatewayAsync("restarted", settings);
            using var gateway = process;
            await UntilReadyAsync(entry);
            if (round < 0)
            {
                bench.Report.Add(new Row
                {
                    Name = $"start on a mirror of {records:N0} status records, listed for the first time",
                    Unit = "s",
                    Rounds = [Stopwatch.GetElapsedTime(begin).TotalSeconds],
                });
                continue;
            }

            double before = ProcessMemory.Of(gateway.Id).ResidentMiB;
            first.Add(await ReadAsync(entry));
            grown.Add(ProcessMemory.Of(gateway.Id).PeakMiB - before);
        }

        bench.Report.Add(new Row
        {
            Name = $"first status list after a restart, {records:N0} records",
            Unit = "ms",
            Rounds = first,
            Target = Target.AtMost(TargetMilliseconds),
        });
        bench.Report.Add(new Row
        {
            Name = "  memory that it took",
            Unit = "MiB",
            Rounds = grown,
            Target = Target.AtMost(TargetMebibytes),
        });
    }

    private static async Task<double> ReadAsync(InstitutionEntry entry)
    {
        using var http = new HttpClient();
        string address = new StatusListName(entry.MspId, List, StatusPurpose.Revocation).UrlAt(entry.GatewayUrl);
        long begin = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(address));
        byte[] list = await answer.Content.ReadAsByteArrayAsync();
        double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        return answer.StatusCode == HttpStatusCode.OK
            ? milliseconds
            : throw new BenchmarkException($"{address} answered {answer.StatusCode}: {Encoding.UTF8.GetString(list)}");
    }

    private static async Task UntilReadyAsync(InstitutionEntry entry)
    {
        using var http = new HttpClient { BaseAddress = new Uri(entry.GatewayUrl) };
        using var timer = new PeriodicTimer(PollInterval);
        while (true)
        {
            using var answer = await http.GetAsync("/readyz");
            var checks = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!.AsArray();
            if (checks.Where(check => (string)check!["check"]! is "projection" or "institution" or "key")
                .All(check => (bool)check!["ok"]!))
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task FillAsync(string file, string mspId, int records)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var transaction = connection.BeginTransaction();
        using var put = connection.CreateCommand();
        put.Transaction = transaction;
        put.CommandText = "INSERT OR REPLACE INTO record SELECT $key, $value, block, 0, time FROM checkpoint";
        var (key, value) = (put.Parameters.Add("$key", SqliteType.Blob), put.Parameters.Add("$value", SqliteType.Blob));
        string root = new('b', 64);
        var now = TimeProvider.System.GetUtcNow();
        void Put(RecordKey name, object record)
        {
            key.Value = Encoding.UTF8.GetBytes(CompositeKey.Create(name.ObjectType, name.Attributes));
            value.Value = JsonSerializer.SerializeToUtf8Bytes(record, LedgerJson.Options);
            put.ExecuteNonQuery();
        }

        Put(RecordKey.Issuance(mspId, root), IssuanceOf(mspId, root, records, now));
        for (int index = 0; index < records; index++)
            Put(RecordKey.Status(mspId, root, index), StatusOf(mspId, root, index, now));
        using var rest = connection.CreateCommand();
        rest.Transaction = transaction;
        rest.CommandText = $"INSERT OR IGNORE INTO status_list VALUES ($msp, '{List}'); {NotReadBefore}";
        rest.Parameters.AddWithValue("$msp", mspId);
        rest.Parameters.AddWithValue("$key", key.Value);
        await rest.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static Issuance IssuanceOf(string mspId, string root, int size, DateTimeOffset now) => new()
    {
        Statement = new IssuanceStatement
        {
            Ledger = "bench",
            MspId = mspId,
            Root = root,
            Size = size,
            Achievements = [new AchievementReference("data-literacy", 1)],
            StatusList = List,
            StatusOffset = 0,
            KeyId = "bench",
        },
        Signature = new string('A', 86),
        IssuedAt = now,
        TransactionId = root,
    };

    private static Model.Status StatusOf(string mspId, string root, int index, DateTimeOffset now)
    {
        bool isSuspended = index % SuspendedShare == 0;
        return new Model.Status
        {
            Statement = new StatusStatement
            {
                Ledger = "bench",
                MspId = mspId,
                Root = root,
                Index = index,
                Sequence = 1,
                State = isSuspended ? CredentialState.Suspended : CredentialState.Revoked,
                Reason = isSuspended ? StatusReason.UnderReview : StatusReason.Other,
                KeyId = "bench",
            },
            Signature = new string('A', 86),
            ChangedAt = now,
            TransactionId = root,
        };
    }
}
