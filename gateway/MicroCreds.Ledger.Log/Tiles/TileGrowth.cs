using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Tiles;

/// <summary>Appends leaves to a log's tiles. Not thread-safe.</summary>
public sealed class TileGrowth
{
    private readonly Func<Tile, ReadOnlyMemory<byte>> _read;
    private readonly SortedDictionary<(int Level, long Index), List<byte>> _changed = [];

    /// <param name="size">The number of leaves that there are.</param>
    /// <param name="read">Reads a tile that there is, as <see cref="TiledTree"/> does.</param>
    public TileGrowth(long size, Func<Tile, ReadOnlyMemory<byte>> read) => (Size, _read) = (size, read);

    /// <summary>The number of leaves, those that were added included.</summary>
    public long Size { get; private set; }

    /// <summary>The tiles that are longer than before, each with all its hashes.</summary>
    public IEnumerable<(Tile Tile, byte[] Hashes)> Changed => _changed.Select(one => (
        new Tile(one.Key.Level, one.Key.Index, one.Value.Count / MerkleTree.HashLength), one.Value.ToArray()));

    /// <summary>Appends a leaf.</summary>
    /// <param name="leafHash">Its hash, see <see cref="MerkleTree.LeafHash"/>.</param>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public void Append(byte[] leafHash)
    {
        ArgumentNullException.ThrowIfNull(leafHash);
        long position = Size;
        byte[] hash = leafHash;
        for (int level = 0; ; level++)
        {
            var tile = Find(level, position / Tile.FullWidth);
            tile.AddRange(hash);
            if (tile.Count < Tile.FullWidth * MerkleTree.HashLength) break;

            // A full tile is one hash of the level above.
            hash = TiledTree.RootOf([.. tile]);
            position /= Tile.FullWidth;
        }

        Size++;
    }

    /// <summary>Returns the root over all leaves.</summary>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public byte[] Root() => new TiledTree(
        Size, tile => _changed.TryGetValue((tile.Level, tile.Index), out var known) ? known.ToArray() : _read(tile))
        .Root();

    private List<byte> Find(int level, long index)
    {
        if (_changed.TryGetValue((level, index), out var known)) return known;
        var tile = new Tile(level, index, Tile.WidthOf(level, index, Size));
        var hashes = tile.Width == 0 ? default : _read(tile);
        int due = tile.Width * MerkleTree.HashLength;
        return hashes.Length >= due
            ? _changed[(level, index)] = [.. hashes.Span[..due]]
            : throw new InvalidDataException($"{tile} has {hashes.Length} bytes; {due} are due.");
    }
}
