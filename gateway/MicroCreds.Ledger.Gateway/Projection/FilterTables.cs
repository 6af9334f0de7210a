using System.Data.Common;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// The rows that the filter of all that is not in force is made of: where issuances lie in the log, what was said last
/// of credentials, and what was listed, or was not any more, with which block.
/// </summary>
internal static class FilterTables
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS log_issuance (
          place BLOB NOT NULL, leaf INTEGER NOT NULL, msp_id TEXT NOT NULL, key_id TEXT NOT NULL,
          moment INTEGER NOT NULL, PRIMARY KEY (place, leaf)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log_said (
          place BLOB NOT NULL, idx INTEGER NOT NULL, in_force INTEGER NOT NULL, msp_id TEXT NOT NULL,
          key_id TEXT NOT NULL, moment INTEGER NOT NULL, PRIMARY KEY (place, idx)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log_listed (
          size INTEGER NOT NULL, leaf INTEGER NOT NULL, idx INTEGER NOT NULL,
          PRIMARY KEY (size, leaf, idx)) WITHOUT ROWID;
        """;

    public const string Clear = "DELETE FROM log_issuance; DELETE FROM log_said; DELETE FROM log_listed;";

    public static void Write(DbConnection connection, LogAddition addition)
    {
        if (addition.Filter is not { } filter) return;
        using var add = connection.Prepare("INSERT INTO log_issuance VALUES ($0, $1, $2, $3, $4)", 5);
        foreach (var one in filter.Noted.Issuances)
        {
            add.With(one.Place, one.Leaf, one.MspId, one.KeyId, one.Moment.ToUnixTimeMilliseconds())
                .ExecuteNonQuery();
        }

        using var say = connection.Prepare("INSERT OR REPLACE INTO log_said VALUES ($0, $1, $2, $3, $4, $5)", 6);
        foreach (var one in filter.Noted.Said)
        {
            say.With(
                one.Place, one.Index, one.IsInForce ? 1 : 0, one.MspId, one.KeyId, one.Moment.ToUnixTimeMilliseconds())
                .ExecuteNonQuery();
        }

        using var list = connection.Prepare("INSERT INTO log_listed VALUES ($0, $1, $2)", 3);
        foreach (var entry in filter.Changed)
            list.With(addition.Size, entry.Leaf, entry.Index).ExecuteNonQuery();
    }

    /// <summary>Reads what is listed at a size and was not at a smaller one, or the other way round.</summary>
    public static List<FilterEntry> ReadChanged(Database.Reader reader, long since, long size)
    {
        // Each row turns its entry around, so that two of them leave it as it was.
        using var rows = reader
            .Prepare(
                "SELECT leaf, idx FROM log_listed WHERE size > $0 AND size <= $1 GROUP BY leaf, idx "
                + "HAVING COUNT(*) % 2 = 1", 2)
            .With(since, size).ExecuteReader();
        var found = new List<FilterEntry>();
        while (rows.Read()) found.Add(new FilterEntry(rows.GetInt64(0), rows.GetInt32(1)));
        return found;
    }
}

/// <summary>What a block changes of the filter.</summary>
/// <param name="Filter">The filter with it.</param>
/// <param name="Changed">What is listed with it and was not before, or the other way round.</param>
/// <param name="Noted">The issuances that it adds, and what it says of credentials.</param>
internal sealed record FilterAddition(
    StatusFilter Filter, IReadOnlyList<FilterEntry> Changed, RememberedPlaces Noted);
