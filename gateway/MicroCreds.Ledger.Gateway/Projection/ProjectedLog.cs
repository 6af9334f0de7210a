using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// The log of all that counts, as this gateway derives it from its peer's blocks: it grows with the mirror, and stands
/// before a record that may hold a leaf and cannot be read here, since what comes behind it would have other numbers:
/// for good, until the mirror is made anew by a gateway that can read it.
/// One writer, which is the projection; any number of readers.
/// </summary>
public sealed class ProjectedLog
{
    private readonly Database _database;
    private volatile Reach _reach = new(0, LogHead.EmptyRoot, null);

    internal ProjectedLog(Database database) => _database = database;

    /// <summary>The number of leaves and the tree's root.</summary>
    public (long Size, ReadOnlyMemory<byte> Root) Now
    {
        get
        {
            // Read once: between two readings a block may be taken in, and a size would go with another's root.
            var reach = _reach;
            return (reach.Size, reach.Root);
        }
    }

    /// <summary>The block that the log does not go beyond, for a record in it cannot be read here; else none.</summary>
    public long? StoppedBefore => _reach.StoppedBefore;

    /// <summary>Reads a tile's hashes, or its entries as a bundle; none if the log does not have it yet.</summary>
    public byte[]? Find(Tile tile)
    {
        if (tile.Width > Tile.WidthOf(tile.Level, tile.Index, _reach.Size)) return null;
        return tile.Level == Tile.Entries
            ? EntryBundle.Write(ReadLeaves(tile.Index * Tile.FullWidth, tile.Width))
            : ReadHashes(tile)[..(tile.Width * MerkleTree.HashLength)];
    }

    /// <summary>Returns the root that the tree had when it was smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It never had as many leaves.</exception>
    public byte[] RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, _reach.Size);
        return new TiledTree(size, tile => ReadHashes(tile)).Root();
    }

    /// <summary>Finds what a block adds. Nothing is kept yet.</summary>
    internal LogAddition Prepare(
        VettedBlock vetted, LedgerMoment head, SharedRecords shared, Func<string, Institution?> findInstitution)
    {
        var reach = _reach;
        long? stop = reach.StoppedBefore is null && LogTables.HasObstacle(vetted) ? (long)head.Block : null;
        var leaves = (reach.StoppedBefore ?? stop) is null ? LeavesOf(vetted, head, shared, findInstitution) : [];
        if (leaves.Count == 0) return new LogAddition(reach.Size, reach.Root, [], [], stop);

        var growth = new TileGrowth(reach.Size, tile => ReadHashes(tile));
        foreach (var leaf in leaves) growth.Append(MerkleTree.LeafHash(leaf.Data));
        return new LogAddition(growth.Size, growth.Root(), leaves, [.. growth.Changed], StopBefore: null);
    }

    /// <summary>Takes in what was kept.</summary>
    internal void Take(LogAddition addition) => _reach = new Reach(
        addition.Size, addition.Root, addition.StopBefore ?? _reach.StoppedBefore);

    /// <summary>Finds how far it reaches.</summary>
    internal void Load()
    {
        using var reader = _database.Read();
        long size = (long)reader.Prepare("SELECT COALESCE(MAX(number) + 1, 0) FROM log_leaf", 0).ExecuteScalar()!;
        long? stop = reader.Prepare("SELECT block FROM log_stop", 0).ExecuteScalar() as long?;
        _reach = new Reach(size, new TiledTree(size, tile => ReadHashes(tile)).Root(), stop);
    }

    private IReadOnlyList<NewLeaf> LeavesOf(
        VettedBlock vetted, LedgerMoment head, SharedRecords shared, Func<string, Institution?> findInstitution)
    {
        var transactions = vetted.Block.Transactions.ToDictionary(one => one.Position, one => one.Id);
        var leaves = new BlockLeaves(head.Block, head.Time, new LogBasis
        {
            Ledger = shared.Ledger,
            Members = shared.Members,
            FindInstitution = findInstitution,
            HasLeaf = HasLeaf,
        });
        foreach (var (position, _, reading) in vetted.Writes)
            leaves.Take(position, transactions[position], reading.Record);
        return leaves.Leaves;
    }

    private bool HasLeaf(string digest)
    {
        using var reader = _database.Read();
        return reader.Prepare("SELECT 1 FROM log_leaf WHERE digest = $0", 1)
            .With(Convert.FromHexString(digest)).ExecuteScalar() is not null;
    }

    private byte[] ReadHashes(Tile tile)
    {
        using var reader = _database.Read();
        return reader.Prepare("SELECT hashes FROM log_tile WHERE level = $0 AND number = $1", 2)
            .With(tile.Level, tile.Index).ExecuteScalar() as byte[] ?? [];
    }

    private List<byte[]> ReadLeaves(long first, int count)
    {
        using var reader = _database.Read();
        using var rows = reader
            .Prepare("SELECT data FROM log_leaf WHERE number >= $0 AND number < $1 ORDER BY number", 2)
            .With(first, first + count).ExecuteReader();
        var found = new List<byte[]>(count);
        while (rows.Read()) found.Add(rows.GetFieldValue<byte[]>(0));
        return found;
    }

    private sealed record Reach(long Size, byte[] Root, long? StoppedBefore);
}
