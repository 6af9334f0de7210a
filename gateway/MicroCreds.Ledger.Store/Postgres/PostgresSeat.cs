using System.Net.Sockets;
using Npgsql;

namespace MicroCreds.Ledger.Store.Postgres;

/// <summary>
/// An advisory lock of a session, on a connection of its own that nothing else uses: PostgreSQL takes the lock back as
/// soon as the session ends, however its process did.
/// </summary>
internal sealed class PostgresSeat : LeaderSeat
{
    /// <summary>How long an answer may take: whoever cannot know whether it leads does not.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private const string NamePrefix = "microcreds ";

    // PostgreSQL cuts longer names off.
    private const int MaxNameLength = 63;

    // "mcleader" as a number, in the halves that PostgreSQL shows of it.
    private const long LeaderLock = 0x6D63_6C65_6164_6572;

    // A machine that is gone without a word is noticed within three seconds, and whoever runs on it leads no more; nor
    // does a session that is there and asks nothing any more: nobody would lead as long as it is.
    private static readonly string Watchful =
        $"""
        SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2;
        SET tcp_user_timeout = 3000; SET idle_session_timeout = '{PostgresDatabase.SilenceSeconds}s'
        """;

    private static readonly string Holder =
        $"""
        SELECT l.pid = pg_backend_pid(), a.application_name
          FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
          WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND l.classid::bigint = {LeaderLock >> 32} AND l.objid::bigint = {LeaderLock & 0xFFFF_FFFF}
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    private readonly string _settings;
    private readonly string _instance;
    private NpgsqlConnection? _connection;

    public PostgresSeat(string settings, string instance)
    {
        _instance = instance;
        string name = NamePrefix + instance;
        _settings = new NpgsqlConnectionStringBuilder(settings)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
            Timeout = (int)AnswerTimeout.TotalSeconds,
            CommandTimeout = (int)AnswerTimeout.TotalSeconds,
            CancellationTimeout = -1,
            ApplicationName = name.Length <= MaxNameLength ? name : name[..MaxNameLength],
        }.ConnectionString;
    }

    public override async Task<Leading> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Npgsql's own cancelling can fail inside whoever cancels: who waits here goes, and the answer is let go.
            return await AskServerAsync().WaitAsync(AnswerTimeout, cancellationToken);
        }
        catch (Exception exception)
            when (exception is TimeoutException or NpgsqlException or SocketException or InvalidOperationException)
        {
            await DisposeAsync();
            throw new StoreUnavailableException(
                $"Who leads cannot be asked, the database is out of reach: {exception.Message}", exception);
        }
    }

    public override ValueTask DisposeAsync()
    {
        // A connection that answers no more may take long to say so: whoever waits for the lock need not wait for that.
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
            _ = Task.Run(() => CloseAsync(connection));
        return ValueTask.CompletedTask;
    }

    private async Task<Leading> AskServerAsync()
    {
        var connection = _connection;
        bool isNew = connection is null;
        if (connection is null) _connection = connection = new NpgsqlConnection(_settings);
        try
        {
            return await AskServerAsync(connection, isNew);
        }
        finally
        {
            // Whoever waited may have given up meanwhile. A connection that was still being opened cannot be closed
            // then, and would hold the lock from now on in nobody's name.
            if (!ReferenceEquals(_connection, connection)) await CloseAsync(connection);
        }
    }

    private async Task<Leading> AskServerAsync(NpgsqlConnection connection, bool isNew)
    {
        if (isNew)
        {
            await connection.OpenAsync();
            connection.Run(Watchful);
        }

        if (await ReadHolderAsync(connection) is { } found) return found;
        using var take = connection.Prepare("SELECT pg_try_advisory_lock($0)", 1);
        return await take.With(LeaderLock).ExecuteScalarAsync() is true
            ? new Leading(IsMine: true, _instance)
            : default;
    }

    private async Task<Leading?> ReadHolderAsync(NpgsqlConnection connection)
    {
        await using var select = new NpgsqlCommand(Holder, connection);
        await using var rows = await select.ExecuteReaderAsync();
        if (!await rows.ReadAsync()) return null;
        bool isMine = rows.GetBoolean(0);
        string? name = rows.IsDBNull(1) ? null : rows.GetString(1);
        bool isNamed = name?.StartsWith(NamePrefix, StringComparison.Ordinal) == true;
        return new Leading(isMine, isMine ? _instance : isNamed ? name![NamePrefix.Length..] : null);
    }

    private static async Task CloseAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException)
        {
            // It is gone, which is what was wanted.
            return;
        }
    }
}
