using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>Finds where two logs part, by a tile of each level from the root down.</summary>
internal static class LogDifference
{
    /// <summary>Finds the first leaf that is another one.</summary>
    /// <param name="log">This gateway's log.</param>
    /// <param name="size">A size that both have.</param>
    /// <param name="readOther">Reads a tile of the other's.</param>
    /// <returns>The leaf's number; none if all of them are the same.</returns>
    public static async Task<long?> FindAsync(ProjectedLog log, long size, Func<Tile, Task<byte[]>> readOther)
    {
        int top = 0;
        while (Tile.WidthOf(top + 1, 0, size) > 0) top++;
        long index = 0;
        for (int level = top; level >= 0; level--)
        {
            // Where a level shows no difference it lies behind what the level covers.
            int width = Tile.WidthOf(level, index, size);
            int first = 0;
            if (width > 0)
            {
                var tile = new Tile(level, index, width);
                byte[] theirs = await readOther(tile);
                first = theirs.AsSpan().CommonPrefixLength(log.Find(tile)) / MerkleTree.HashLength;
            }

            index = (index * Tile.FullWidth) + first;
        }

        return index < size ? index : null;
    }

    /// <summary>Finds a leaf in the other's tree, by the tiles that the way to its root lies in.</summary>
    /// <param name="index">The leaf's number.</param>
    /// <param name="size">The size of the tree.</param>
    /// <param name="readOther">Reads a tile of the other's.</param>
    public static async Task<LeafPlace> FindLeafAsync(long index, long size, Func<Tile, Task<byte[]>> readOther)
    {
        var read = new Dictionary<Tile, byte[]>();
        while (true)
        {
            // Which tiles it takes does not depend on what is in them.
            var missing = new List<Tile>();
            var found = LeafPlace.Of(new TiledTree(size, ReadOrNote), index);
            if (missing.Count == 0) return found;
            foreach (var tile in missing) read[tile] = await readOther(tile);

            ReadOnlyMemory<byte> ReadOrNote(Tile tile)
            {
                if (read.TryGetValue(tile, out byte[]? hashes)) return hashes;
                missing.Add(tile);
                return new byte[tile.Width * MerkleTree.HashLength];
            }
        }
    }
}
