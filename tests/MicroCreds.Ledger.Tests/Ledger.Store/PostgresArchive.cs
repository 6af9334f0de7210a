using MicroCreds.Ledger.Tests.EndToEnd;
using Npgsql;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// A PostgreSQL that archives its write-ahead log, as network/docs/operations.md says, and comes back as it was at a
/// moment.
/// </summary>
internal sealed class PostgresArchive : IAsyncDisposable
{
    private PostgresArchive(PostgresCluster cluster) => Cluster = cluster;

    public PostgresCluster Cluster { get; }

    private string Base => Path.Combine(Cluster.Folder, "base");

    public static async Task<PostgresArchive> StartAsync() => new(await PostgresCluster.StartAsync(ArchiveAsync));

    /// <summary>Takes a base backup of the running database.</summary>
    public async Task BackUpAsync()
    {
        var connection = new NpgsqlConnectionStringBuilder(Cluster.SettingOf("postgres"));
        await Cluster.RunProgramAsync(
            "pg_basebackup", "--pgdata", Base, "--host", connection.Host!, "--port", $"{connection.Port}",
            "--username", connection.Username!, "--checkpoint", "fast");
        await Cluster.RunProgramAsync("pg_verifybackup", Base);
    }

    /// <summary>The database's own clock.</summary>
    public async Task<DateTime> NowAsync() =>
        (DateTime)(await AskAsync("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))!;

    /// <summary>Waits until all that was written so far lies in the archive.</summary>
    public async Task FinishSegmentAsync()
    {
        string segment = (string)(await AskAsync("SELECT pg_walfile_name(pg_switch_wal())"))!;
        string file = Path.Combine(ArchiveOf(Cluster), segment);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(file)), () => $"{file} is not archived");
    }

    /// <summary>Loses the database, and has it again as it was at a moment.</summary>
    public async Task RecoverAsync(DateTime moment)
    {
        await Cluster.StopAsync();
        Directory.Delete(Cluster.Data, recursive: true);
        await Cluster.RunProgramAsync("/bin/cp", "--archive", Base, Cluster.Data);
        await File.AppendAllTextAsync(Path.Combine(Cluster.Data, "postgresql.auto.conf"), $"""
            restore_command = 'cp "{ArchiveOf(Cluster)}/%f" "%p"'
            recovery_target_time = '{moment:yyyy-MM-dd HH:mm:ss.ffffff}+00'
            recovery_target_action = 'promote'

            """);
        await Cluster.RunProgramAsync("/bin/touch", Path.Combine(Cluster.Data, "recovery.signal"));
        await Cluster.BringUpAsync();
        await Until.TrueAsync(
            async () => !(bool)(await AskAsync("SELECT pg_is_in_recovery()"))!, () => "PostgreSQL is still recovering");
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private static string ArchiveOf(PostgresCluster cluster) => Path.Combine(cluster.Folder, "archive");

    private static async Task ArchiveAsync(PostgresCluster cluster)
    {
        string archive = ArchiveOf(cluster);
        await cluster.RunProgramAsync("/bin/mkdir", archive);
        await File.AppendAllTextAsync(Path.Combine(cluster.Data, "postgresql.conf"), $"""

            wal_level = replica
            archive_mode = on
            archive_command = 'test ! -f "{archive}/%f" && cp "%p" "{archive}/%f"'

            """);
    }

    private async Task<object?> AskAsync(string question)
    {
        await using var connection = new NpgsqlConnection(Cluster.SettingOf("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = question;
        return await command.ExecuteScalarAsync();
    }
}
