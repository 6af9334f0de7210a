using MicroCreds.Ledger.Gateway.Issuing;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// Which awards were issued or are being issued, by <see cref="AwardKeys"/>. Used inside the writer's transaction, so
/// that two requests at once cannot both find nothing. Not thread-safe.
/// </summary>
internal sealed class AwardIndex(SqliteConnection connection) : IDisposable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS award (
          key BLOB NOT NULL, issuance INTEGER NOT NULL, row INTEGER NOT NULL, kinds INTEGER NOT NULL,
          PRIMARY KEY (key, issuance, row)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS award_row ON award (issuance, row);
        CREATE TABLE IF NOT EXISTS left_out (issuance INTEGER PRIMARY KEY, rows BLOB NOT NULL);
        """;

    private readonly SqliteCommand _insert = connection.Prepare(
        "INSERT OR IGNORE INTO award VALUES ($0, $1, $2, $3)", 4);

    private readonly SqliteCommand _find = connection.Prepare(
        "SELECT a.issuance, a.row, a.kinds, i.root, i.state, c.id, c.leaf FROM award a"
        + " JOIN issuance i ON i.number = a.issuance"
        + " LEFT JOIN credential c ON c.issuance = a.issuance AND c.row = a.row"
        + " WHERE a.key = $0 AND i.state <> 'refused'", 1);

    /// <summary>Notes an award.</summary>
    public void Add(AwardKeys keys, long issuance, int row)
    {
        _insert.With(keys.Name, issuance, row, keys.Kinds).ExecuteNonQuery();
        foreach (byte[] identity in keys.Identities)
            _insert.With(identity, issuance, row, keys.Kinds).ExecuteNonQuery();
    }

    /// <summary>Finds what stands in an award's way.</summary>
    /// <param name="keys">The award that is asked for.</param>
    /// <param name="stands">Whether one that was issued still counts: a revoked one does not.</param>
    public FoundAward? Find(AwardKeys keys, Func<FoundAward, bool> stands)
    {
        foreach (byte[] identity in keys.Identities)
        {
            if (List(identity).FirstOrDefault(stands) is { } same) return same with { IsSamePerson = true };
        }

        return List(keys.Name).FirstOrDefault(one => !keys.TellsApartFrom(one.Kinds) && stands(one));
    }

    public void Dispose()
    {
        _insert.Dispose();
        _find.Dispose();
    }

    private List<FoundAward> List(byte[] key)
    {
        var found = new List<FoundAward>();
        using var rows = _find.With(key).ExecuteReader();
        while (rows.Read())
        {
            found.Add(new FoundAward(
                rows.GetInt64(0), rows.GetInt32(1), rows.GetInt32(2), rows.IsDBNull(3) ? null : rows.GetString(3),
                rows.GetString(4),
                rows.IsDBNull(5) ? null : new Guid(rows.GetFieldValue<byte[]>(5), bigEndian: true),
                rows.IsDBNull(6) ? null : rows.GetInt32(6)));
        }

        return found;
    }
}

/// <summary>An award that is there already.</summary>
/// <param name="Issuance">The number of its issuance.</param>
/// <param name="Row">The row of its request.</param>
/// <param name="Kinds">Which kinds of identity it was asked for with.</param>
/// <param name="Root">Its issuance's root; none while it is not built.</param>
/// <param name="State">One of <see cref="IssuanceState"/>.</param>
/// <param name="Id">The UUID of its identifier; none while it is not built.</param>
/// <param name="Leaf">Its index in the tree; none while it is not built.</param>
public sealed record FoundAward(
    long Issuance, int Row, int Kinds, string? Root, string State, Guid? Id, int? Leaf)
{
    /// <summary>Whether mail address, student number or identifier say that it is the same person's.</summary>
    public bool IsSamePerson { get; init; }
}
