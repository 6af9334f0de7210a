using System.Text;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Everything that one block adds to the database.</summary>
internal sealed record BlockWrites
{
    public required ulong Number { get; init; }

    public required byte[] Bytes { get; init; }

    public required IReadOnlyList<(string Id, int Position, TxValidationCode Code)> Transactions { get; init; }

    /// <summary>The keys' new values; null is a deletion.</summary>
    public required IEnumerable<KeyValuePair<(string Chaincode, string Key), VersionedValue?>> State { get; init; }

    public required IReadOnlyList<HistoryEntry> History { get; init; }

    /// <summary>What happens to the private writes that organisations keep. Default is nothing.</summary>
    public PrivateUpdates? Private { get; init; }
}

/// <summary>Writes blocks through the database's one writing connection. Not thread-safe.</summary>
internal sealed class LedgerWriter : IDisposable
{
    /// <summary>
    /// How large the log may grow before a commit waits for readers to let go of it: steady readers would keep the
    /// passive checkpoints from ever starting the log anew.
    /// </summary>
    public const long MaxLogBytes = 64 * 1024 * 1024;

    /// <summary>Forgets a collection's private writes up to a block.</summary>
    internal const string Expire =
        "DELETE FROM private_writes WHERE chaincode = $0 AND collection = $1 AND block <= $2";

    private const int CheckpointTimeoutMilliseconds = 500;

    private readonly SqliteConnection _connection;
    private readonly FileInfo _log;
    private readonly SqliteCommand _block;
    private readonly SqliteCommand _transaction;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _history;
    private readonly SqliteCommand _private;
    private readonly SqliteCommand _expire;
    private long _checkpointAtBytes = MaxLogBytes;

    public LedgerWriter(LedgerDatabase database)
    {
        _connection = database.Writer;
        _log = new FileInfo(database.File + "-wal");
        _block = Prepare("INSERT INTO block VALUES ($0, $1)", 2);

        // A transaction id is found where it was used first.
        _transaction = Prepare("INSERT INTO tx VALUES ($0, $1, $2, $3) ON CONFLICT DO NOTHING", 4);
        _put = Prepare(
            "INSERT INTO state VALUES ($0, $1, $2, $3, $4, $5) ON CONFLICT(chaincode, key) DO UPDATE SET "
                + "value = excluded.value, metadata = excluded.metadata, block = excluded.block, "
                + "position = excluded.position",
            6);
        _delete = Prepare("DELETE FROM state WHERE chaincode = $0 AND key = $1", 2);
        _history = Prepare("INSERT INTO history VALUES ($0, $1, $2, $3, $4, $5, $6)", 7);
        _private = Prepare("INSERT OR REPLACE INTO private_writes VALUES ($0, $1, $2, $3, $4, $5)", 6);
        _expire = Prepare(Expire, 3);
    }

    /// <summary>Commits a block; on return it is on disk.</summary>
    public void Write(BlockWrites writes)
    {
        using var transaction = _connection.BeginTransaction();
        Run(_block, transaction, (long)writes.Number, writes.Bytes);
        foreach (var (id, position, code) in writes.Transactions)
        {
            Run(_transaction, transaction, id, (long)writes.Number, position, (int)code);
        }

        foreach (var ((chaincode, key), value) in writes.State)
        {
            byte[] keyBytes = Encoding.UTF8.GetBytes(key);
            if (value is null)
            {
                Run(_delete, transaction, chaincode, keyBytes);
                continue;
            }

            Run(
                _put, transaction, chaincode, keyBytes, value.Value, value.Metadata,
                (long)value.Version.Block, (long)value.Version.Position);
        }

        foreach (var entry in writes.History)
        {
            Run(
                _history, transaction, entry.Chaincode, Encoding.UTF8.GetBytes(entry.Key), (long)writes.Number,
                entry.Position, entry.TransactionId, entry.Value, entry.Timestamp);
        }

        WritePrivate(writes.Private, transaction);
        transaction.Commit();
    }

    /// <summary>Starts the log anew if it has grown long; gives up after half a second of slow readers.</summary>
    public void TrimLog()
    {
        _log.Refresh();
        if (!_log.Exists || _log.Length < _checkpointAtBytes)
        {
            return;
        }

        _checkpointAtBytes = TryCheckpoint() ? MaxLogBytes : _log.Length + MaxLogBytes;
    }

    private void WritePrivate(PrivateUpdates? updates, SqliteTransaction transaction)
    {
        foreach (var (place, bytes) in updates?.Writes ?? [])
        {
            Run(
                _private, transaction, (long)place.Block, place.Position, place.MspId, place.Chaincode,
                place.Collection, bytes.ToByteArray());
        }

        foreach (var (chaincode, collection, lastBlock) in updates?.Expired ?? [])
        {
            Run(_expire, transaction, chaincode, collection, (long)lastBlock);
        }
    }

    private bool TryCheckpoint()
    {
        try
        {
            LedgerDatabase.Execute(_connection, $"PRAGMA busy_timeout={CheckpointTimeoutMilliseconds}");
            using var command = _connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            return command.ExecuteScalar() is not (long and not 0);
        }
        catch (SqliteException exception) when (LedgerDatabase.MayHaveRoomLater(exception))
        {
            // The block is in the log and durable: a full disk must not make a failure of it.
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)
            [_block, _transaction, _put, _delete, _history, _private, _expire])
        {
            command.Dispose();
        }
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        return command;
    }
}
