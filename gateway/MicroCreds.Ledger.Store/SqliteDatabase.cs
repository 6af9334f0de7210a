using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Store;

/// <summary>A SQLite file. Thread-safe.</summary>
public sealed class SqliteDatabase : Database
{
    /// <summary>The most connections that wait for their next reader.</summary>
    public const int MaxIdleReaders = 16;

    // Of sqlite3.h: the primary codes, and the extended ones of SQLITE_IOERR.
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotFlushed = InputOutput | (4 << 8);
    private const int FolderNotFlushed = InputOutput | (5 << 8);
    private const int NoRoomForIndex = InputOutput | (19 << 8);

    /// <summary>How many faults of a damaged file are told.</summary>
    private const int MostFaults = 10;

    private static readonly TimeSpan JournalPause = TimeSpan.FromMilliseconds(250);

    private readonly string _settings;
    private readonly string _synchronous;
    private readonly ConcurrentBag<ReadSession> _idle = [];

    private SqliteDatabase(string path, string synchronous)
    {
        (Path, _synchronous) = (path, synchronous);
        _settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override string Name => Path;

    // The data directory is locked: nobody else has the file.
    /// <inheritdoc/>
    public override bool IsShared => false;

    /// <summary>Says what a failure is, if it means that the disk is full or does not do what it should.</summary>
    internal static StoreUnavailableException? Unavailable(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Full or ReadOnly or InputOutput or CannotOpen } failure
            ? new StoreUnavailableException($"The database's disk takes no writes: {failure.Message}", failure)
            {
                IsFull = failure.SqliteErrorCode == Full || failure.SqliteExtendedErrorCode == NoRoomForIndex,
            }
            : null;

    internal override Exception Explain(Exception exception) => StoreDamagedException.IsDamage(exception)
        ? new StoreDamagedException(Path, exception)
        : Unavailable(exception) ?? exception;

    // What was written but not flushed may be found after a crash; any other failure comes before the last page.
    internal override bool MayHaveCommitted(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: NotFlushed or FolderNotFlushed };

    internal override string BeginAlone => "BEGIN IMMEDIATE";

    /// <summary>
    /// Opens the file, and creates it if it is not there. Only its owner may read a file that it creates.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="synchronous">
    /// <c>FULL</c> if what is committed must survive a loss of power, <c>NORMAL</c> if it can be had again.
    /// </param>
    /// <param name="prepare">What brings the file up to date.</param>
    /// <exception cref="StoreDamagedException">It is no database, or a damaged one.</exception>
    public static SqliteDatabase Open(string path, string synchronous, Action<DbConnection> prepare)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        PrivateFile.Open(path, FileMode.OpenOrCreate).Dispose();
        var database = new SqliteDatabase(path, synchronous);
        try
        {
            using var connection = database.OpenWriter();
            prepare(connection);
        }
        catch (SqliteException exception) when (StoreDamagedException.IsDamage(exception))
        {
            throw new StoreDamagedException(path, exception);
        }

        return database;
    }

    /// <summary>
    /// Brings all that was written into the file itself and empties the journal, which holds what was overwritten or
    /// deleted until then. It takes a moment in which nobody reads an older state, and is tried until there is one.
    /// </summary>
    /// <param name="cancellationToken">Ends trying.</param>
    public override async Task EmptyJournalAsync(CancellationToken cancellationToken)
    {
        await using var connection = OpenWriter();

        // Writers wait meanwhile, so it waits for readers a moment only.
        connection.Run("PRAGMA busy_timeout=100;");
        while (!IsJournalEmptied(connection)) await Task.Delay(JournalPause, cancellationToken);
    }

    private static bool IsJournalEmptied(DbConnection connection)
    {
        using var checkpoint = connection.Prepare("PRAGMA wal_checkpoint(TRUNCATE)", 0);
        using var row = checkpoint.ExecuteReader();
        return row.Read() && row.GetInt32(0) == 0;
    }

    internal override DbConnection OpenWriter()
    {
        var writer = new SqliteConnection(_settings);
        try
        {
            writer.Open();
            writer.Run($"PRAGMA journal_mode=WAL; PRAGMA synchronous={_synchronous}; PRAGMA busy_timeout=5000;");

            // Half of the journal's limit: what many commits change is written to the file itself once.
            writer.Run("PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=8192;");
            writer.Run("PRAGMA cache_size=-16384; PRAGMA foreign_keys=ON;");

            // What is deleted is personal data: its bytes are overwritten, not merely left out.
            writer.Run("PRAGMA secure_delete=ON;");
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private protected override IReadOnlyList<string> FindDamage(DbConnection connection)
    {
        try
        {
            using var check = connection.Prepare($"PRAGMA integrity_check({MostFaults})", 0);
            using var rows = check.ExecuteReader();
            var found = new List<string>();
            while (rows.Read() && rows.GetString(0) is not "ok" and var fault)
                found.Add($"The file {Path} is damaged: {fault.Trim()}.");
            return found;
        }
        catch (SqliteException exception) when (StoreDamagedException.IsDamage(exception))
        {
            return [new StoreDamagedException(Path, exception).Message];
        }
    }

    /// <inheritdoc/>
    public override LeaderSeat OpenSeat(string instance) => new SoleSeat(instance);

    private protected override ReadSession TakeReader()
    {
        if (_idle.TryTake(out var session))
            return session;
        var connection = new SqliteConnection(_settings);
        connection.Open();
        connection.Run(
            "PRAGMA query_only=ON; PRAGMA busy_timeout=5000; PRAGMA cache_size=-512; PRAGMA mmap_size=1073741824;");
        return new ReadSession(connection);
    }

    private protected override void Return(ReadSession session)
    {
        if (IsDisposed || _idle.Count >= MaxIdleReaders)
            session.Dispose();
        else
            _idle.Add(session);
    }

    private protected override ValueTask CloseAsync()
    {
        while (_idle.TryTake(out var session))
            session.Dispose();
        return ValueTask.CompletedTask;
    }
}
