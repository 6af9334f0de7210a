using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Reads through one database connection, with prepared statements. Not thread-safe.</summary>
internal sealed class LedgerReader : IDisposable
{
    /// <summary>How many entries of a range or a history one query fetches.</summary>
    public const int PageEntries = 256;

    private const string PrivateWrites =
        "SELECT block, position, organization, chaincode, collection, bytes FROM private_writes ";

    /// <summary>Finds the keys of a part of the private state by their block.</summary>
    internal const string KeysUntil =
        $"SELECT key FROM state WHERE chaincode = $0 AND block <= $1 AND {LedgerDatabase.IsPrivate}";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public LedgerReader(SqliteConnection connection) => _connection = connection;

    /// <summary>Starts a transaction whose reads all see the same state, and returns its number of blocks.</summary>
    public ulong BeginSnapshot()
    {
        Command("BEGIN").ExecuteNonQuery();
        return ReadHeight();
    }

    public void EndSnapshot() => Command("COMMIT").ExecuteNonQuery();

    public ulong ReadHeight() =>
        Command("SELECT coalesce(max(number) + 1, 0) FROM block").ExecuteScalar() is long height ? (ulong)height : 0;

    public Block? ReadBlock(ulong number)
    {
        var command = Command("SELECT bytes FROM block WHERE number = $0", (long)number);
        return command.ExecuteScalar() is byte[] bytes ? Block.Parser.ParseFrom(bytes) : null;
    }

    public bool TryReadTransaction(string id, out TransactionPosition position)
    {
        using var reader = Command("SELECT block, position, code FROM tx WHERE id = $0", id).ExecuteReader();
        if (!reader.Read())
        {
            position = default;
            return false;
        }

        position = new TransactionPosition(
            (ulong)reader.GetInt64(0), reader.GetInt32(1), (TxValidationCode)reader.GetInt32(2));
        return true;
    }

    public VersionedValue? ReadState(string chaincode, string key)
    {
        using var reader = Command(
            "SELECT value, metadata, block, position FROM state WHERE chaincode = $0 AND key = $1",
            chaincode,
            Encoding.UTF8.GetBytes(key)).ExecuteReader();
        return !reader.Read()
            ? null
            : new VersionedValue(
                (byte[])reader.GetValue(0),
                reader.IsDBNull(1) ? null : (byte[])reader.GetValue(1),
                new KeyVersion((ulong)reader.GetInt64(2), (ulong)reader.GetInt64(3)));
    }

    public KeyVersion? ReadVersion(string chaincode, string key)
    {
        using var reader = Command(
            "SELECT block, position FROM state WHERE chaincode = $0 AND key = $1",
            chaincode,
            Encoding.UTF8.GetBytes(key)).ExecuteReader();
        return reader.Read() ? new KeyVersion((ulong)reader.GetInt64(0), (ulong)reader.GetInt64(1)) : null;
    }

    public byte[]? ReadMetadata(string chaincode, string key) =>
        Command(
            "SELECT metadata FROM state WHERE chaincode = $0 AND key = $1",
            chaincode,
            Encoding.UTF8.GetBytes(key)).ExecuteScalar() as byte[];

    /// <summary>Reads up to a page of a range in the order of keys.</summary>
    /// <param name="chaincode">The name space.</param>
    /// <param name="start">The first key; empty for the very first.</param>
    /// <param name="skipStart">Whether the range starts after <paramref name="start"/>.</param>
    /// <param name="end">The first key beyond the range; empty for none.</param>
    public List<VersionedEntry> ReadRange(string chaincode, string start, bool skipStart, string end)
    {
        string from = skipStart ? "key > $1" : "key >= $1";
        string to = end.Length == 0 ? "" : " AND key < $2";
        var command = Command(
            $"SELECT key, value, block, position FROM state WHERE chaincode = $0 AND {from}{to} "
                + $"ORDER BY key LIMIT {PageEntries}",
            chaincode,
            Encoding.UTF8.GetBytes(start),
            end.Length == 0 ? null : Encoding.UTF8.GetBytes(end));
        using var reader = command.ExecuteReader();
        var entries = new List<VersionedEntry>();
        while (reader.Read())
        {
            entries.Add(new VersionedEntry(
                Encoding.UTF8.GetString((byte[])reader.GetValue(0)),
                (byte[])reader.GetValue(1),
                new KeyVersion((ulong)reader.GetInt64(2), (ulong)reader.GetInt64(3))));
        }

        return entries;
    }

    /// <summary>Reads up to a page of a key's changes older than a version, newest first.</summary>
    public List<(KeyVersion Version, KeyModification Change)> ReadHistory(
        string chaincode, string key, KeyVersion before)
    {
        var command = Command(
            "SELECT block, position, tx, value, timestamp FROM history WHERE chaincode = $0 AND key = $1 "
                + "AND (block, position) < ($2, $3) ORDER BY block DESC, position DESC LIMIT " + PageEntries,
            chaincode,
            Encoding.UTF8.GetBytes(key),
            (long)Math.Min(before.Block, long.MaxValue),
            (long)Math.Min(before.Position, long.MaxValue));
        using var reader = command.ExecuteReader();
        var changes = new List<(KeyVersion, KeyModification)>();
        while (reader.Read())
        {
            var change = new KeyModification
            {
                TxId = reader.GetString(2),
                IsDelete = reader.IsDBNull(3),
                Timestamp = Timestamp.Parser.ParseFrom((byte[])reader.GetValue(4)),
            };
            if (!change.IsDelete)
            {
                change.Value = UnsafeByteOperations.UnsafeWrap((byte[])reader.GetValue(3));
            }

            changes.Add((new KeyVersion((ulong)reader.GetInt64(0), (ulong)reader.GetInt64(1)), change));
        }

        return changes;
    }

    /// <summary>Reads the keys of a part of the private state that were written in a block up to this one.</summary>
    public List<string> ReadKeysUntil(string part, ulong block)
    {
        using var reader = Command(KeysUntil, part, (long)block).ExecuteReader();
        var keys = new List<string>();
        while (reader.Read())
        {
            keys.Add(Encoding.UTF8.GetString((byte[])reader.GetValue(0)));
        }

        return keys;
    }

    /// <summary>Reads all private writes in a collection that are still kept.</summary>
    public List<KeyValuePair<PrivateWritesKey, ByteString>> ReadPrivateWrites(string chaincode, string collection) =>
        ReadPrivateWrites(Command(
            PrivateWrites + "WHERE chaincode = $0 AND collection = $1 ORDER BY block, position",
            chaincode,
            collection));

    /// <summary>Reads the private writes of a block that an organisation keeps.</summary>
    public List<KeyValuePair<PrivateWritesKey, ByteString>> ReadPrivateWrites(ulong block, string mspId) =>
        ReadPrivateWrites(Command(
            PrivateWrites + "WHERE block = $0 AND organization = $1 ORDER BY position, chaincode, collection",
            (long)block,
            mspId));

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static List<KeyValuePair<PrivateWritesKey, ByteString>> ReadPrivateWrites(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var writes = new List<KeyValuePair<PrivateWritesKey, ByteString>>();
        while (reader.Read())
        {
            var key = new PrivateWritesKey(
                (ulong)reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3),
                reader.GetString(4));
            writes.Add(new(key, UnsafeByteOperations.UnsafeWrap((byte[])reader.GetValue(5))));
        }

        return writes;
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(text, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = text;
            for (int i = 0; i < arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter($"${i}", null));
            }

            _commands[text] = command;
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }
}
