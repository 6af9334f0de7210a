using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// What was proven of the uppermost nodes of one standing tree: a further proof need not be followed beyond a node that
/// lies under the root as is known. Holds at most some 140 KB. Thread-safe.
/// </summary>
internal sealed class KnownNodes
{
    /// <summary>How many levels below the root are remembered.</summary>
    public const int Levels = 10;

    /// <summary>The bytes of the hashes on a way through these levels.</summary>
    public const int WayLength = Levels * MerkleTree.HashLength;

    // A node at a depth is numbered by a one and the bits of the way to it. Each is put once as a whole.
    private readonly byte[]?[] _hashes = new byte[]?[2 << Levels];

    /// <summary>Whether a node on the way to a key is known to have this hash.</summary>
    public bool Has(ReadOnlySpan<byte> key, int depth, ReadOnlySpan<byte> hash) =>
        depth <= Levels && Volatile.Read(ref _hashes[NumberOf(key, depth)]) is { } known && hash.SequenceEqual(known);

    /// <summary>Takes in nodes that were proven.</summary>
    /// <param name="key">The key that the way leads to.</param>
    /// <param name="way">The hashes on it, the one below the root first.</param>
    /// <param name="above">The depth of the node that was known before, 0 for the root.</param>
    /// <param name="depth">The depth of the lowest one.</param>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> way, int above, int depth)
    {
        for (int at = above + 1; at <= depth; at++)
        {
            Volatile.Write(
                ref _hashes[NumberOf(key, at)],
                way.Slice((at - 1) * MerkleTree.HashLength, MerkleTree.HashLength).ToArray());
        }
    }

    private static int NumberOf(ReadOnlySpan<byte> key, int depth) =>
        (1 << depth) | (((key[0] << 8) | key[1]) >> (16 - depth));
}
