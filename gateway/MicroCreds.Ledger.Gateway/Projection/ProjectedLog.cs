using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
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
    private volatile Reach _reach = new(
        new LogExtent(0, LogHead.EmptyRoot, StandingRoots.None), StatusFilter.Empty, null);
    private long _keepStandingFrom = long.MaxValue;

    internal ProjectedLog(Database database) => _database = database;

    /// <summary>How far it reaches: read once, since between two readings a block may be taken in.</summary>
    public LogExtent Now => _reach.Extent;

    /// <summary>
    /// The smallest size that proofs of what stood are still asked of, which is that of the head that others signed.
    /// Default is that of now.
    /// </summary>
    internal long KeepStandingFrom
    {
        get => Volatile.Read(ref _keepStandingFrom);
        set => Volatile.Write(ref _keepStandingFrom, value);
    }

    /// <summary>The block that the log does not go beyond, for a record in it cannot be read here; else none.</summary>
    public long? StoppedBefore => _reach.StoppedBefore;

    /// <summary>Reads a tile's hashes, or its entries as a bundle; none if the log does not have it yet.</summary>
    public byte[]? Find(Tile tile)
    {
        if (tile.Width > Tile.WidthOf(tile.Level, tile.Index, Now.Size)) return null;
        return tile.Level == Tile.Entries
            ? EntryBundle.Write(ReadLeaves(tile.Index * Tile.FullWidth, tile.Width))
            : ReadHashes(tile)[..(tile.Width * MerkleTree.HashLength)];
    }

    /// <summary>Returns the root that the tree had when it was smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It never had as many leaves.</exception>
    public byte[] RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Now.Size);
        return Tree(size).Root();
    }

    /// <summary>
    /// Gives the head that the log had at a size; none if no block ended there, or it is not that long.
    /// </summary>
    /// <param name="origin">The log's name.</param>
    /// <param name="size">The number of leaves.</param>
    public LogHead? HeadAt(string origin, long size)
    {
        if (size > Now.Size || FindRoots(size) is not { } roots) return null;
        return new LogHead(origin, size, RootAt(size)) { Extensions = roots.ToLines() };
    }

    /// <summary>Finds the leaf of a statement by its <see cref="StatementDigest"/>.</summary>
    public (long Number, byte[] Data)? FindLeaf(string digest)
    {
        using var reader = _database.Read();
        using var row = reader.Prepare("SELECT number, data FROM log_leaf WHERE digest = $0", 1)
            .With(Convert.FromHexString(digest)).ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Proves that a leaf lies in the log as it was at a size.</summary>
    public IReadOnlyList<byte[]> ProveLeaf(long number, long size) => Tree(size).InclusionProof(number);

    /// <summary>Finds a leaf's hash, and the path to the root that the log had at a size.</summary>
    public LeafPlace PlaceOf(long number, long size) => LeafPlace.Of(Tree(size), number);

    /// <summary>Proves that the log of a size holds all of what it was at a smaller one.</summary>
    public IReadOnlyList<byte[]> ProveConsistency(long earlier, long size) => Tree(size).ConsistencyProof(earlier);

    /// <summary>Gives what stood at a size, which must not be smaller than what proofs are asked of.</summary>
    public LogStanding StandingAt(long size) =>
        StandingOf(FindRoots(size) ?? StandingRoots.None, size, FilterGrowth.New());

    /// <summary>
    /// Gives the filter of all that was not in force at a size, or what changed of it since a smaller one; none if no
    /// block ended at one of them, or it is not that long.
    /// </summary>
    public StatusFilter? FindFilter(long size, long since = 0)
    {
        var (now, filter, _) = _reach;
        if (since > size || size > now.Size || FindRoots(size) is null || FindRoots(since) is null) return null;
        if (since == 0 && size == now.Size) return filter;
        using var reader = _database.Read();
        return StatusFilter.Empty.With(FilterTables.ReadChanged(reader, since, size));
    }

    /// <summary>Finds what a block adds. Nothing is kept yet.</summary>
    internal LogAddition Prepare(
        VettedBlock vetted, LedgerMoment head, SharedRecords shared, Func<string, Institution?> findInstitution)
    {
        var (now, filter, stopped) = _reach;
        long? stop = stopped is null && LogTables.HasObstacle(vetted) ? (long)head.Block : null;
        var leaves = (stopped ?? stop) is null ? LeavesOf(vetted, head, shared, findInstitution) : [];
        if (leaves.Count == 0) return new LogAddition(now.Size, now.Root.ToArray(), [], [], now.Standing, stop);

        var growth = new TileGrowth(now.Size, tile => ReadHashes(tile));
        var places = new ProjectedPlaces(_database);
        var filtering = new FilterGrowth(now.Size, filter, places);
        var standing = StandingOf(now.Standing, now.Size, filtering);
        foreach (var leaf in leaves)
        {
            growth.Append(MerkleTree.LeafHash(leaf.Data));
            standing.Take(LogLeaf.Parse(leaf.Data));
        }

        return new LogAddition(
            growth.Size, growth.Root(), leaves, [.. growth.Changed], standing.Roots(), StopBefore: null)
        {
            Nodes =
            [
                .. standing.Credentials.Changed.Select(one => (LogTables.Credentials, one.Place, one.Node)),
                .. standing.Issuers.Changed.Select(one => (LogTables.Issuers, one.Place, one.Node)),
            ],
            Filter = new FilterAddition(standing.Filter, [.. filtering.Changed], places.Noted),
            KeepStandingFrom = KeepStandingFrom,
        };
    }

    /// <summary>Takes in what was kept.</summary>
    internal void Take(LogAddition addition) => _reach = new Reach(
        new LogExtent(addition.Size, addition.Root, addition.Standing), addition.Filter?.Filter ?? _reach.Filter,
        addition.StopBefore ?? _reach.StoppedBefore);

    /// <summary>Finds how far it reaches.</summary>
    internal void Load()
    {
        using var reader = _database.Read();
        long size = (long)reader.Prepare("SELECT COALESCE(MAX(number) + 1, 0) FROM log_leaf", 0).ExecuteScalar()!;
        long? stop = reader.Prepare("SELECT block FROM log_stop", 0).ExecuteScalar() as long?;
        _reach = new Reach(
            new LogExtent(size, Tree(size).Root(), FindRoots(size) ?? StandingRoots.None),
            StatusFilter.Empty.With(FilterTables.ReadChanged(reader, 0, size)), stop);
    }

    private TiledTree Tree(long size) => new(size, tile => ReadHashes(tile));

    private StandingRoots? FindRoots(long size)
    {
        if (size == 0) return StandingRoots.None;
        using var reader = _database.Read();
        using var row = reader
            .Prepare(
                "SELECT credentials, credentials_root, issuers, issuers_root FROM log_head WHERE size = $0", 1)
            .With(size).ExecuteReader();
        return row.Read()
            ? new StandingRoots(
                row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3))
            : null;
    }

    private LogStanding StandingOf(StandingRoots roots, long size, FilterGrowth filter) => new(
        new StandingTree(roots.Credentials, place => ReadNode(LogTables.Credentials, place, size)),
        new StandingTree(roots.Issuers, place => ReadNode(LogTables.Issuers, place, size)), filter);

    private byte[]? ReadNode(int tree, byte[] place, long size)
    {
        using var reader = _database.Read();
        return reader
            .Prepare(
                "SELECT node FROM log_standing WHERE tree = $0 AND place = $1 AND size <= $2 ORDER BY size DESC "
                + "LIMIT 1", 3)
            .With(tree, place, size).ExecuteScalar() as byte[];
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

    private sealed record Reach(LogExtent Extent, StatusFilter Filter, long? StoppedBefore);
}

/// <summary>How far a log reaches, and what stands by it.</summary>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The tree's root.</param>
/// <param name="Standing">What stands.</param>
public sealed record LogExtent(long Size, ReadOnlyMemory<byte> Root, StandingRoots Standing);
