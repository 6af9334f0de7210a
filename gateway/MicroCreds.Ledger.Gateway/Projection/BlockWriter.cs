using System.Data.Common;
using System.Text;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>Writes a block, what is counted of it, and the checkpoint behind it: all or nothing, and once.</summary>
internal static class BlockWriter
{
    public static readonly string Schema = $"""
        CREATE TABLE IF NOT EXISTS checkpoint (
          only INTEGER PRIMARY KEY CHECK (only = 1), ledger TEXT NOT NULL, block INTEGER NOT NULL,
          time INTEGER NOT NULL, hash BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS record (
          key BLOB PRIMARY KEY, value BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL,
          time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS unreadable (key BLOB PRIMARY KEY, fault TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS status_by_block ON record (block) WHERE {OfStatuses};
        CREATE TABLE IF NOT EXISTS event (
          block INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, transaction_id TEXT NOT NULL,
          time INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (block, position)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS status_list (
          msp_id TEXT NOT NULL, list TEXT NOT NULL, PRIMARY KEY (msp_id, list)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS statement (
          signature TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS passed_over (key BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS own_keys (msp_id TEXT PRIMARY KEY, known BLOB NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>The condition that a record is a status, in the words that the index on them was made with.</summary>
    public static string OfStatuses =>
        $"key > X'{Hex(CompositeKey.Create(RecordKey.StatusType))}' AND "
        + $"key < X'{Hex(CompositeKey.Range(RecordKey.StatusType).End)}'";

    // A projection before this version had no members among what stands, which is made from the blocks themselves.
    private const long Version = 8;

    /// <summary>
    /// Empties a projection that an earlier version made, so that it grows again from the peer's blocks; and reads
    /// again what could not be read so far, for the gateway may know more since.
    /// </summary>
    public static void BringUpToDate(DbConnection connection, RecordReader read)
    {
        using var version = connection.Prepare("PRAGMA user_version", 0);
        if (version.ExecuteScalar() is not Version)
        {
            connection.Run(
                "DELETE FROM checkpoint; DELETE FROM record; DELETE FROM unreadable; DELETE FROM event; "
                + "DELETE FROM status_list; DELETE FROM statement; DELETE FROM own_keys; DELETE FROM passed_over; "
                + $"DELETE FROM tally; DELETE FROM version_tally; {StatusListing.Clear} {LogTables.Clear} "
                + $"PRAGMA user_version = {Version};");
            return;
        }

        ReadAgain(connection, read);
    }

    /// <returns>False if it was written before.</returns>
    public static bool Write(
        DbConnection connection, string ledger, VettedBlock vetted, LedgerMoment head, ChangedBeside beside)
    {
        var block = vetted.Block;
        // Whether a block was taken in is known here for certain, also after a failure behind the commit.
        using var taken = connection.Prepare("SELECT 1 FROM checkpoint WHERE block >= $0", 1);
        if (taken.With((long)block.Number).ExecuteScalar() is not null) return false;

        WriteRecords(connection, (long)block.Number, TimeOf(head), vetted.Writes);
        WriteBeside(connection, vetted, beside);
        LogTables.Write(connection, beside.Log);
        using var announce = connection.Prepare("INSERT OR REPLACE INTO event VALUES ($0, $1, $2, $3, $4, $5)", 6);
        foreach (var transaction in block.Transactions)
        {
            if (transaction.Event is not { } raised) continue;
            announce.With(
                (long)block.Number, transaction.Position, raised.Name, transaction.Id,
                transaction.Time ?? TimeOf(head), raised.Payload).ExecuteNonQuery();
        }

        using var checkpoint = connection.Prepare("INSERT OR REPLACE INTO checkpoint VALUES (1, $0, $1, $2, $3)", 4);
        checkpoint.With(ledger, (long)block.Number, TimeOf(head), block.Hash).ExecuteNonQuery();
        return true;
    }

    public static long TimeOf(LedgerMoment? moment) => moment?.Time.ToUnixTimeMilliseconds() ?? 0;

    private static void WriteBeside(DbConnection connection, VettedBlock vetted, ChangedBeside beside)
    {
        foreach (var (mspId, known) in beside.Keys)
        {
            using var know = connection.Prepare("INSERT OR REPLACE INTO own_keys VALUES ($0, $1)", 2);
            know.With(mspId, CanonicalJson.Serialize(known)).ExecuteNonQuery();
        }

        foreach (string key in beside.NoLongerPassedOver)
        {
            using var clear = connection.Prepare("DELETE FROM passed_over WHERE key = $0", 1);
            clear.With(Encoding.UTF8.GetBytes(key)).ExecuteNonQuery();
        }

        foreach (string key in vetted.PassedOver)
        {
            using var pass = connection.Prepare("INSERT OR REPLACE INTO passed_over VALUES ($0)", 1);
            pass.With(Encoding.UTF8.GetBytes(key)).ExecuteNonQuery();
        }
    }

    private static void WriteRecords(
        DbConnection connection, long block, long time, IReadOnlyList<ReadWrite> writes)
    {
        using var put = connection.Prepare("INSERT OR REPLACE INTO record VALUES ($0, $1, $2, $3, $4)", 5);
        using var delete = connection.Prepare("DELETE FROM record WHERE key = $0", 1);
        using var mark = connection.Prepare("INSERT OR REPLACE INTO unreadable VALUES ($0, $1)", 2);
        using var clear = connection.Prepare("DELETE FROM unreadable WHERE key = $0", 1);
        using var name = connection.Prepare("INSERT OR IGNORE INTO status_list VALUES ($0, $1)", 2);
        using var statement = connection.Prepare("INSERT OR IGNORE INTO statement VALUES ($0, $1)", 2);
        using var tally = new IssuingTally(connection);
        using var listing = new StatusListing(connection);
        foreach (var (position, write, reading) in writes)
        {
            byte[] key = Encoding.UTF8.GetBytes(write.Key);
            if (write.Value is null)
                delete.With(key).ExecuteNonQuery();
            else
                put.With(key, write.Value, block, position, time).ExecuteNonQuery();
            if (reading.Fault is { } fault)
                mark.With(key, fault).ExecuteNonQuery();
            else
                clear.With(key).ExecuteNonQuery();
            foreach (string signature in SharedRecords.SignaturesOf(reading.Record))
                statement.With(signature, time).ExecuteNonQuery();
            if (reading.Record is Issuance issuance)
            {
                name.With(issuance.Statement.MspId, issuance.Statement.StatusList).ExecuteNonQuery();
                tally.Count(issuance);
            }
            else if (reading.Record is Status status)
            {
                tally.Count(status);
                listing.Note(key, status);
            }
            else if (reading.Fault is not null && RecordForms.KindOf(write.Key) == RecordKey.StatusType)
                listing.Note(key, status: null);
        }

        listing.KeepOrListAnew();
    }

    private static void ReadAgain(DbConnection connection, RecordReader read)
    {
        var found = new List<(byte[] Key, object? Record, long Time)>();
        using (var rows = connection.Prepare("SELECT key, value, time FROM unreadable JOIN record USING (key)", 0)
            .ExecuteReader())
        {
            while (rows.Read())
            {
                byte[] key = rows.GetFieldValue<byte[]>(0);
                var reading = read(Encoding.UTF8.GetString(key), rows.GetFieldValue<byte[]>(1));
                if (reading.Fault is null) found.Add((key, reading.Record, rows.GetInt64(2)));
            }
        }

        using var clear = connection.Prepare("DELETE FROM unreadable WHERE key = $0", 1);
        using var name = connection.Prepare("INSERT OR IGNORE INTO status_list VALUES ($0, $1)", 2);
        using var said = connection.Prepare("INSERT OR IGNORE INTO statement VALUES ($0, $1)", 2);
        foreach (var (key, record, time) in found)
        {
            clear.With(key).ExecuteNonQuery();

            // The latest that it can have been written.
            foreach (string signature in SharedRecords.SignaturesOf(record))
                said.With(signature, time).ExecuteNonQuery();
            if (record is Issuance { Statement: var statement })
                name.With(statement.MspId, statement.StatusList).ExecuteNonQuery();
        }

        // Which of their changes were counted without them is not kept, so all are counted anew.
        using var counted = connection.Prepare(
            "SELECT EXISTS (SELECT 1 FROM tally) AND EXISTS (SELECT 1 FROM version_tally)", 0);
        if (counted.ExecuteScalar() is not 1L || found.Exists(one => one.Record is Issuance or Status))
            IssuingTally.CountAnew(connection);
        if (found.Exists(one => one.Record is Issuance or Status))
            StatusListing.ListAnew(connection);
    }

    private static string Hex(string key) => Convert.ToHexString(Encoding.UTF8.GetBytes(key));
}

/// <summary>What a block changes beside the records.</summary>
/// <param name="Keys">The keys of institutions whose records it wrote, by MSP.</param>
/// <param name="NoLongerPassedOver">The keys whose owners wrote what another had written.</param>
/// <param name="Log">What the log grows by.</param>
internal sealed record ChangedBeside(
    IReadOnlyDictionary<string, KnownKeys> Keys, IReadOnlyList<string> NoLongerPassedOver, LogAddition Log);

/// <summary>A write, and what reading its value gave.</summary>
/// <param name="Position">The transaction's position in the block.</param>
/// <param name="Write">The write.</param>
/// <param name="Reading">What was read.</param>
internal sealed record ReadWrite(int Position, LedgerWrite Write, RecordReading Reading);
