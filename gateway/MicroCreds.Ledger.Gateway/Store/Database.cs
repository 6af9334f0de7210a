using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// A SQLite file with one writer and any number of readers. Writes are queued and committed together, as many as wait:
/// a lone one is durable after one flush to disk, and a thousand at once do not need a thousand flushes. Thread-safe.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The most connections that wait for their next reader.</summary>
    public const int MaxIdleReaders = 16;

    private const string BusyTimeout = "PRAGMA busy_timeout=5000;";

    private static readonly TimeSpan JournalPause = TimeSpan.FromMilliseconds(250);

    private readonly string _readerSettings;
    private readonly ConcurrentBag<ReadSession> _idle = [];
    private readonly WriteQueue _queue;
    private volatile bool _disposed;

    private Database(string path, SqliteConnection writer)
    {
        Path = path;
        _readerSettings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
        }.ToString();
        _queue = new WriteQueue(writer);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// Opens the file, and creates it if it is not there. Only its owner may read a file that it creates.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="synchronous">
    /// <c>FULL</c> if what is committed must survive a loss of power, <c>NORMAL</c> if it can be had again.
    /// </param>
    /// <param name="schema">The statements that create what is not there yet.</param>
    /// <param name="fill">What brings a file of an earlier version up to date, in one transaction.</param>
    public static Database Open(
        string path, string synchronous, string schema, Action<SqliteConnection>? fill = null)
    {
        PrivateFile.Open(path, FileMode.OpenOrCreate).Dispose();
        var writer = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            writer.Open();
            writer.Run($"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; {BusyTimeout}");

            // Half of the journal's limit: what many commits change is written to the file itself once.
            writer.Run("PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=8192;");
            writer.Run("PRAGMA cache_size=-16384; PRAGMA foreign_keys=ON;");

            // What is deleted is personal data: its bytes are overwritten, not merely left out.
            writer.Run("PRAGMA secure_delete=ON;");
            writer.Run(schema);
            if (fill is not null)
            {
                writer.Run("BEGIN");
                fill(writer);
                writer.Run("COMMIT");
            }

            return new Database(path, writer);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Runs work inside the writer's transaction, and returns once that is committed and durable.</summary>
    /// <exception cref="SqliteException">The work failed and was undone; what was queued beside it was not.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work) => _queue.EnqueueAsync(work);

    /// <summary>Runs work inside the writer's transaction, and returns once that is committed and durable.</summary>
    public Task WriteAsync(Action<SqliteConnection> work) => WriteAsync(connection =>
    {
        work(connection);
        return true;
    });

    /// <summary>
    /// Brings all that was written into the file itself and empties the journal, which holds what was overwritten or
    /// deleted until then. It takes a moment in which nobody reads an older state.
    /// </summary>
    /// <param name="cancellationToken">Ends trying.</param>
    public async Task EmptyJournalAsync(CancellationToken cancellationToken)
    {
        while (!await _queue.EnqueueAloneAsync(IsJournalEmptied))
            await Task.Delay(JournalPause, cancellationToken);
    }

    private static bool IsJournalEmptied(SqliteConnection writer)
    {
        // Writers wait meanwhile, so it waits for readers a moment only.
        writer.Run("PRAGMA busy_timeout=100;");
        try
        {
            using var checkpoint = writer.Prepare("PRAGMA wal_checkpoint(TRUNCATE)", 0);
            using var row = checkpoint.ExecuteReader();
            return row.Read() && row.GetInt32(0) == 0;
        }
        finally
        {
            writer.Run(BusyTimeout);
        }
    }

    /// <summary>Takes a connection to read with. Dispose what you get, soon.</summary>
    public Reader Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_idle.TryTake(out var session))
            return new Reader(this, session);
        var connection = new SqliteConnection(_readerSettings);
        connection.Open();
        connection.Run($"PRAGMA query_only=ON; {BusyTimeout} PRAGMA cache_size=-512; PRAGMA mmap_size=1073741824;");
        return new Reader(this, new ReadSession(connection));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _queue.DisposeAsync();
        while (_idle.TryTake(out var session))
            session.Dispose();
    }

    private void Return(ReadSession session)
    {
        if (_disposed || _idle.Count >= MaxIdleReaders)
            session.Dispose();
        else
            _idle.Add(session);
    }

    /// <summary>A connection on loan.</summary>
    public readonly struct Reader : IDisposable
    {
        private readonly Database _owner;
        private readonly ReadSession _session;

        internal Reader(Database owner, ReadSession session) => (_owner, _session) = (owner, session);

        /// <summary>
        /// Gives a statement with parameters <c>$0</c>, <c>$1</c>…, prepared once for this connection.
        /// </summary>
        public SqliteCommand Prepare(string sql, int parameters) => _session.Prepare(sql, parameters);

        public void Dispose() => _owner.Return(_session);
    }

    /// <summary>A connection with the statements that it has prepared.</summary>
    internal sealed class ReadSession(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

        public SqliteCommand Prepare(string sql, int parameters)
        {
            if (!_prepared.TryGetValue(sql, out var command))
                _prepared[sql] = command = connection.Prepare(sql, parameters);
            return command;
        }

        public void Dispose()
        {
            foreach (var command in _prepared.Values)
                command.Dispose();
            connection.Dispose();
        }
    }
}
