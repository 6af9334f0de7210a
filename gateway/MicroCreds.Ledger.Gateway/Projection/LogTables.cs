using System.Collections.Frozen;
using System.Data.Common;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>The log's rows in the mirror: leaves and tiles, appended with the block that they come from.</summary>
internal static class LogTables
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS log_leaf (number INTEGER PRIMARY KEY, data BLOB NOT NULL, digest BLOB);
        CREATE UNIQUE INDEX IF NOT EXISTS log_leaf_by_statement ON log_leaf (digest) WHERE digest IS NOT NULL;
        CREATE TABLE IF NOT EXISTS log_tile (
          level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
          PRIMARY KEY (level, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log_stop (
          only INTEGER PRIMARY KEY CHECK (only = 1), block INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS log_standing (
          tree INTEGER NOT NULL, place BLOB NOT NULL, size INTEGER NOT NULL, node BLOB NOT NULL,
          PRIMARY KEY (tree, place, size)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log_head (
          size INTEGER PRIMARY KEY, credentials INTEGER NOT NULL, credentials_root BLOB NOT NULL,
          issuers INTEGER NOT NULL, issuers_root BLOB NOT NULL);
        """ + FilterTables.Schema;

    public const string Clear =
        "DELETE FROM log_leaf; DELETE FROM log_tile; DELETE FROM log_stop; DELETE FROM log_standing; "
        + "DELETE FROM log_head; " + FilterTables.Clear;

    /// <summary>The tree of credentials among the rows of standing trees.</summary>
    public const int Credentials = 0;

    /// <summary>The tree of institutions.</summary>
    public const int Issuers = 1;

    /// <summary>The kinds of records that leaves are found in.</summary>
    private static readonly FrozenSet<string> Kinds = FrozenSet.ToFrozenSet(
        [
            RecordKey.FoundingType, RecordKey.MembersType, RecordKey.InstitutionType, RecordKey.IssuanceType,
            RecordKey.StatusType, RecordKey.AccreditationType, RecordKey.BallotType, RecordKey.AgreementType,
        ],
        StringComparer.Ordinal);

    /// <summary>
    /// Tells whether a block has what the log must not go beyond: a record that may hold a leaf, and cannot be read. A
    /// gateway that knows more would find another log.
    /// </summary>
    public static bool HasObstacle(VettedBlock vetted) => vetted.Writes.Any(one =>
        one.Reading.Fault is not null && Kinds.Contains(RecordForms.KindOf(one.Write.Key)));

    public static void Write(DbConnection connection, LogAddition addition)
    {
        if (addition.StopBefore is { } block)
        {
            using var stop = connection.Prepare("INSERT INTO log_stop VALUES (1, $0)", 1);
            stop.With(block).ExecuteNonQuery();
        }

        if (addition.Leaves.Count == 0) return;
        using var append = connection.Prepare("INSERT INTO log_leaf VALUES ($0, $1, $2)", 3);
        long number = addition.Size - addition.Leaves.Count;
        foreach (var leaf in addition.Leaves)
            append.With(number++, leaf.Data, DigestOf(leaf)).ExecuteNonQuery();
        using var put = connection.Prepare("INSERT OR REPLACE INTO log_tile VALUES ($0, $1, $2)", 3);
        foreach (var (tile, hashes) in addition.Tiles)
            put.With(tile.Level, tile.Index, hashes).ExecuteNonQuery();
        WriteStanding(connection, addition);
    }

    /// <summary>
    /// Writes what stands by the new leaves beside what stood before, and lets go of what no proof is asked of any
    /// more.
    /// </summary>
    private static void WriteStanding(DbConnection connection, LogAddition addition)
    {
        var roots = addition.Standing;
        using var head = connection.Prepare("INSERT OR REPLACE INTO log_head VALUES ($0, $1, $2, $3, $4)", 5);
        head.With(
            addition.Size, roots.Credentials, roots.CredentialsRoot.ToArray(), roots.Issuers,
            roots.IssuersRoot.ToArray()).ExecuteNonQuery();
        using var prune = connection.Prepare(
            "DELETE FROM log_standing WHERE tree = $0 AND place = $1 AND size < (SELECT MAX(size) FROM log_standing "
            + "WHERE tree = $0 AND place = $1 AND size <= $2)", 3);
        using var put = connection.Prepare("INSERT OR REPLACE INTO log_standing VALUES ($0, $1, $2, $3)", 4);
        foreach (var (tree, place, node) in addition.Nodes)
        {
            prune.With(tree, place, addition.KeepStandingFrom).ExecuteNonQuery();
            put.With(tree, place, addition.Size, node).ExecuteNonQuery();
        }

        FilterTables.Write(connection, addition);
    }

    private static object DigestOf(NewLeaf leaf) =>
        leaf.Digest is { } digest ? Convert.FromHexString(digest) : DBNull.Value;
}

/// <summary>What a block adds to the log.</summary>
/// <param name="Size">The number of leaves with it.</param>
/// <param name="Root">The tree's root with it.</param>
/// <param name="Leaves">The leaves.</param>
/// <param name="Tiles">The tiles that are longer than before, whole.</param>
/// <param name="Standing">What stands with it.</param>
/// <param name="StopBefore">The block, if the log stops before it.</param>
internal sealed record LogAddition(
    long Size, byte[] Root, IReadOnlyList<NewLeaf> Leaves, IReadOnlyList<(Tile Tile, byte[] Hashes)> Tiles,
    StandingRoots Standing, long? StopBefore)
{
    /// <summary>The nodes of the standing trees that are not as before.</summary>
    public IReadOnlyList<(int Tree, byte[] Place, byte[] Node)> Nodes { get; init; } = [];

    /// <summary>What the filter of all that is not in force grows by.</summary>
    public FilterAddition? Filter { get; init; }

    /// <summary>The smallest size that proofs of what stood are still asked of.</summary>
    public long KeepStandingFrom { get; init; } = long.MaxValue;
}
