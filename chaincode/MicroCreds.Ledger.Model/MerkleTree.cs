using System.Buffers;
using System.Security.Cryptography;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// A Merkle tree as RFC 9162 (2.1) defines it, with SHA-256: leaves and nodes are prefixed so that neither passes for
/// the other, and an odd last node moves up as it is, so that no two lists of leaves have the same root.
/// </summary>
/// <remarks>Immutable and thread-safe. It holds 64 bytes for each leaf.</remarks>
public sealed class MerkleTree
{
    /// <summary>The length of every hash, in bytes.</summary>
    public const int HashLength = 32;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    // The hashes of each level one after the other; the last level is the root alone.
    private readonly List<byte[]> _levels;

    private MerkleTree(List<byte[]> levels)
    {
        _levels = levels;
    }

    /// <summary>The number of leaves.</summary>
    public int Size => _levels[0].Length / HashLength;

    /// <summary>The root's hash.</summary>
    public byte[] Root => [.. _levels[^1]];

    /// <summary>Builds the tree over the leaves' hashes, in the order given.</summary>
    /// <exception cref="ArgumentException">
    /// There is no leaf, or more than <see cref="Limits.MaxIssuanceSize"/>, or a hash is not 32 bytes long.
    /// </exception>
    public static MerkleTree Build(IReadOnlyList<byte[]> leafHashes)
    {
        ArgumentNullException.ThrowIfNull(leafHashes);
        if (leafHashes.Count is 0 or > Limits.MaxIssuanceSize)
        {
            throw new ArgumentException(
                $"A tree has 1 to {Limits.MaxIssuanceSize} leaves, not {leafHashes.Count}.", nameof(leafHashes));
        }

        byte[] level = new byte[leafHashes.Count * HashLength];
        for (int i = 0; i < leafHashes.Count; i++)
        {
            if (leafHashes[i] is not { Length: HashLength } hash)
            {
                throw new ArgumentException($"Leaf {i} is not a hash of {HashLength} bytes.", nameof(leafHashes));
            }

            hash.CopyTo(level, i * HashLength);
        }

        return OfLeaves(level);
    }

    /// <summary>Builds the tree over the leaves' hashes, which lie one behind the other.</summary>
    /// <exception cref="ArgumentException">
    /// There is no leaf, or more than <see cref="Limits.MaxIssuanceSize"/>, or the last hash is cut off.
    /// </exception>
    public static MerkleTree Over(ReadOnlySpan<byte> leafHashes)
    {
        int leaves = leafHashes.Length / HashLength;
        if (leaves is 0 or > Limits.MaxIssuanceSize || leafHashes.Length % HashLength != 0)
        {
            throw new ArgumentException(
                $"A tree has 1 to {Limits.MaxIssuanceSize} leaves of {HashLength} bytes, not {leafHashes.Length}.",
                nameof(leafHashes));
        }

        return OfLeaves(leafHashes.ToArray());
    }

    private static MerkleTree OfLeaves(byte[] level)
    {
        List<byte[]> levels = [level];
        while (level.Length > HashLength)
        {
            level = LevelAbove(level);
            levels.Add(level);
        }

        return new MerkleTree(levels);
    }

    /// <summary>Returns the hash of a leaf's data: SHA-256(0x00 ‖ data).</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> data)
    {
        // In one call: what the operating system's library keeps for a hash in several costs more than the copy.
        byte[] prefixed = ArrayPool<byte>.Shared.Rent(1 + data.Length);
        prefixed[0] = LeafPrefix;
        data.CopyTo(prefixed.AsSpan(1));
        byte[] hash = SHA256.HashData(prefixed.AsSpan(0, 1 + data.Length));
        ArrayPool<byte>.Shared.Return(prefixed, clearArray: true);
        return hash;
    }

    /// <summary>
    /// Returns the inclusion path of a leaf: its sibling first, the root's child last; empty in a tree of one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no leaf of that index.</exception>
    public IReadOnlyList<byte[]> ProofFor(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        var path = new List<byte[]>(_levels.Count);
        foreach (byte[] level in _levels)
        {
            int sibling = (index ^ 1) * HashLength;
            if (sibling < level.Length) path.Add(level[sibling..(sibling + HashLength)]);

            index >>= 1;
        }

        return path;
    }

    /// <summary>
    /// Writes the hash of a node: SHA-256(0x01 ‖ left ‖ right). The destination may be one of the two.
    /// </summary>
    /// <param name="left">The hash of the left child.</param>
    /// <param name="right">The hash of the right child.</param>
    /// <param name="destination">Takes the hash; <see cref="HashLength"/> bytes.</param>
    public static void NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashLength)];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashLength)..]);
        SHA256.HashData(node, destination);
    }

    private static byte[] LevelAbove(byte[] level)
    {
        int pairs = level.Length / (2 * HashLength);
        bool odd = level.Length % (2 * HashLength) != 0;
        byte[] above = new byte[(pairs + (odd ? 1 : 0)) * HashLength];
        for (int i = 0; i < pairs; i++)
        {
            var pair = level.AsSpan(i * 2 * HashLength, 2 * HashLength);
            NodeHash(pair[..HashLength], pair[HashLength..], above.AsSpan(i * HashLength, HashLength));
        }

        if (odd) level.AsSpan(level.Length - HashLength).CopyTo(above.AsSpan(pairs * HashLength));

        return above;
    }
}
