using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>The SQLite file that holds blocks, state, history, private writes and the index of transactions.</summary>
/// <remarks>
/// One block is one database transaction, on disk (WAL, synchronous=FULL) before anyone is told of it. Opening readers
/// is thread-safe; the writer serves one thread.
/// </remarks>
internal sealed class LedgerDatabase : IDisposable
{
    /// <summary>What holds of the rows of state that are of private data, and of no others.</summary>
    internal const string IsPrivate = "instr(chaincode, '$$') > 0";

    // The last two are for what expires: each block looks for it, however long the chain is.
    private const string Schema = $"""
        CREATE TABLE IF NOT EXISTS ledger(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS block(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS tx(
          id TEXT PRIMARY KEY, block INTEGER NOT NULL, position INTEGER NOT NULL, code INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS state(
          chaincode TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, metadata BLOB,
          block INTEGER NOT NULL, position INTEGER NOT NULL, UNIQUE(chaincode, key));
        CREATE TABLE IF NOT EXISTS history(
          chaincode TEXT NOT NULL, key BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL,
          tx TEXT NOT NULL, value BLOB, timestamp BLOB NOT NULL, UNIQUE(chaincode, key, block, position));
        CREATE TABLE IF NOT EXISTS private_writes(
          block INTEGER NOT NULL, position INTEGER NOT NULL, organization TEXT NOT NULL, chaincode TEXT NOT NULL,
          collection TEXT NOT NULL, bytes BLOB NOT NULL,
          PRIMARY KEY(block, position, organization, chaincode, collection)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS private_writes_by_collection ON private_writes(chaincode, collection, block);
        CREATE INDEX IF NOT EXISTS private_state_by_block ON state(chaincode, block) WHERE {IsPrivate};
        """;

    private const string FormatVersion = "1";

    private readonly string _connectionString;

    private LedgerDatabase(string file, bool durable)
    {
        File = file;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString();
        Writer = Open();
        Execute(Writer, "PRAGMA journal_mode=WAL");
        Execute(Writer, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
        Execute(Writer, "PRAGMA wal_autocheckpoint=4000");
        Execute(Writer, "PRAGMA cache_size=-32768");
        Execute(Writer, Schema);
    }

    public string File { get; }

    /// <summary>The only connection that writes.</summary>
    public SqliteConnection Writer { get; }

    /// <summary>Opens or makes a ledger.</summary>
    /// <param name="file">The path of the database.</param>
    /// <param name="identity">What the ledger was made for, for instance the channel: name to value.</param>
    /// <param name="durable">Whether a commit waits for the disk.</param>
    /// <exception cref="DevNetworkException">The file is no ledger, or was made for something else.</exception>
    public static LedgerDatabase Open(string file, IReadOnlyDictionary<string, string> identity, bool durable)
    {
        LedgerDatabase? database = null;
        try
        {
            database = new LedgerDatabase(file, durable);
            database.CheckIdentity(identity);
            return database;
        }
        catch (SqliteException exception)
        {
            database?.Dispose();
            throw new DevNetworkException(
                $"The ledger {file} cannot be opened: {exception.Message}. Restore it from a copy, or remove the state "
                    + "directory to start a new network.",
                exception);
        }
        catch (DevNetworkException)
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Whether a write failed for want of room, or of an answer of the disk: it may succeed later.</summary>
    public static bool MayHaveRoomLater(SqliteException exception) =>
        exception.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN;

    /// <summary>Opens a connection for reading.</summary>
    public LedgerReader OpenReader()
    {
        var connection = Open();
        Execute(connection, "PRAGMA query_only=1");
        Execute(connection, "PRAGMA cache_size=-512");
        Execute(connection, "PRAGMA mmap_size=268435456");
        return new LedgerReader(connection);
    }

    public void Dispose() => Writer.Dispose();

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private void CheckIdentity(IReadOnlyDictionary<string, string> identity)
    {
        var faults = new StringBuilder();
        foreach (var (name, value) in identity.Append(new("format", FormatVersion)))
        {
            using var insert = Writer.CreateCommand();
            insert.CommandText = "INSERT INTO ledger VALUES ($0, $1) ON CONFLICT DO NOTHING";
            insert.Parameters.AddWithValue("$0", name);
            insert.Parameters.AddWithValue("$1", value);
            insert.ExecuteNonQuery();
            using var select = Writer.CreateCommand();
            select.CommandText = "SELECT value FROM ledger WHERE name = $0";
            select.Parameters.AddWithValue("$0", name);
            string? found = select.ExecuteScalar() as string;
            if (found != value)
            {
                faults.Append($" Its {name} is '{found}', not '{value}'.");
            }
        }

        if (faults.Length > 0)
        {
            throw new DevNetworkException(
                $"The ledger {File} was made for another network.{faults} Give another state directory, or remove this "
                    + "one to start a new network.");
        }
    }
}
