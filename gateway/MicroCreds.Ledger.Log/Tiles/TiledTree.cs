using System.Numerics;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Tiles;

/// <summary>
/// The Merkle tree of a log (RFC 6962, 2.1) as far as questions need it, out of tiles: its root, and proofs. What was
/// read is kept, so make one for a few questions. Not thread-safe.
/// </summary>
/// <param name="size">The number of leaves.</param>
/// <param name="read">
/// Reads a tile's hashes one behind the other; it may give more of them than the tile's width.
/// </param>
public sealed class TiledTree(long size, Func<Tile, ReadOnlyMemory<byte>> read)
{
    private readonly Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> _read = [];

    /// <summary>The number of leaves.</summary>
    public long Size => size;

    /// <summary>Returns the root.</summary>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public byte[] Root() => size == 0 ? LogHead.EmptyRoot : HashOf(0, size);

    /// <summary>Returns the hash of a leaf.</summary>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public byte[] Leaf(long index)
    {
        RequireWithin(index, size - 1);
        return HashOf(index, 1);
    }

    /// <summary>Returns the path that proves that a leaf lies in the log: its sibling first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public IReadOnlyList<byte[]> InclusionProof(long index)
    {
        RequireWithin(index, size - 1);
        var path = new List<byte[]>();
        (long start, long count) = (0, size);
        while (count > 1)
        {
            long left = LeftOf(count);
            bool isLeft = index - start < left;
            path.Add(isLeft ? HashOf(start + left, count - left) : HashOf(start, left));
            (start, count) = isLeft ? (start, left) : (start + left, count - left);
        }

        path.Reverse();
        return path;
    }

    /// <summary>Returns the path that proves that the log holds all of what it was.</summary>
    /// <param name="earlier">The number of leaves that it had.</param>
    /// <exception cref="ArgumentOutOfRangeException">It never had as many.</exception>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public IReadOnlyList<byte[]> ConsistencyProof(long earlier)
    {
        RequireWithin(earlier, size);
        if (earlier == 0 || earlier == size) return [];
        var path = new List<byte[]>();
        (long start, long count, long old) = (0, size, earlier);
        bool isWhole = true;
        while (old != count)
        {
            long left = LeftOf(count);
            if (old <= left)
            {
                path.Add(HashOf(start + left, count - left));
                count = left;
            }
            else
            {
                path.Add(HashOf(start, left));
                (start, count, old) = (start + left, count - left, old - left);
                isWhole = false;
            }
        }

        // The root of a subtree that was the whole log is known.
        if (!isWhole) path.Add(HashOf(start, count));
        path.Reverse();
        return path;
    }

    private static void RequireWithin(long value, long last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, last);
    }

    // The largest power of two below it.
    private static long LeftOf(long count) => (long)(BitOperations.RoundUpToPowerOf2((ulong)count) / 2);

    private byte[] HashOf(long start, long count)
    {
        if (BitOperations.IsPow2(count)) return HashOfWhole(start, BitOperations.Log2((ulong)count));
        long left = LeftOf(count);
        byte[] hash = HashOf(start, left);
        MerkleTree.NodeHash(hash, HashOf(start + left, count - left), hash);
        return hash;
    }

    /// <summary>A subtree of 2^height leaves lies in one tile with its top levels.</summary>
    private byte[] HashOfWhole(long start, int height)
    {
        int level = height / Tile.Height;
        long first = start >> (Tile.Height * level);
        var hashes = Read(level, first / Tile.FullWidth)
            .Slice((int)(first % Tile.FullWidth) * MerkleTree.HashLength, (1 << (height % Tile.Height))
                * MerkleTree.HashLength);
        return RootOf(hashes.Span);
    }

    /// <summary>Returns the root over hashes that are a power of two in number.</summary>
    internal static byte[] RootOf(ReadOnlySpan<byte> hashes)
    {
        byte[] level = hashes.ToArray();
        for (int length = level.Length; length > MerkleTree.HashLength; length /= 2)
        {
            for (int i = 0; i < length / 2; i += MerkleTree.HashLength)
            {
                var pair = level.AsSpan(2 * i, 2 * MerkleTree.HashLength);
                MerkleTree.NodeHash(
                    pair[..MerkleTree.HashLength], pair[MerkleTree.HashLength..],
                    level.AsSpan(i, MerkleTree.HashLength));
            }
        }

        return level[..MerkleTree.HashLength];
    }

    private ReadOnlyMemory<byte> Read(int level, long index)
    {
        if (_read.TryGetValue((level, index), out var known)) return known;
        var tile = new Tile(level, index, Tile.WidthOf(level, index, size));
        var hashes = read(tile);
        return hashes.Length >= tile.Width * MerkleTree.HashLength
            ? _read[(level, index)] = hashes
            : throw new InvalidDataException(
                $"{tile} has {hashes.Length} bytes; {tile.Width} hashes of {MerkleTree.HashLength} are due.");
    }
}
