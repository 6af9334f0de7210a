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

    /// <summary>
    /// Whether the hashes beside the way to a node that is known are those that it was proven with: a proof is refused
    /// for what it was refused for before anything was known.
    /// </summary>
    /// <param name="key">The key that the way leads to.</param>
    /// <param name="depth">The node's depth.</param>
    /// <param name="siblings">The hashes, the one below the root first.</param>
    public bool HasBeside(ReadOnlySpan<byte> key, int depth, IReadOnlyList<ReadOnlyMemory<byte>> siblings)
    {
        for (int at = 1; at <= depth; at++)
        {
            var sibling = siblings[at - 1].Span;
            if (Volatile.Read(ref _hashes[NumberOf(key, at) ^ 1]) is not { } known
                || !known.AsSpan().SequenceEqual(sibling.IsEmpty ? StandingNode.Empty : sibling))
                return false;
        }

        return true;
    }

    /// <summary>Takes in nodes that were proven, and with them those beside.</summary>
    /// <param name="key">The key that the way leads to.</param>
    /// <param name="way">The hashes on it, the one below the root first.</param>
    /// <param name="siblings">The hashes beside it, likewise.</param>
    /// <param name="above">The depth of the node that was known before, 0 for the root.</param>
    /// <param name="depth">The depth of the lowest one.</param>
    public void Add(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> way, IReadOnlyList<ReadOnlyMemory<byte>> siblings, int above,
        int depth)
    {
        for (int at = above + 1; at <= depth; at++)
        {
            int number = NumberOf(key, at);
            var sibling = siblings[at - 1].Span;
            byte[] beside = (sibling.IsEmpty ? StandingNode.Empty : sibling).ToArray();

            // A node is looked for only once what lies beside it is known.
            Volatile.Write(ref _hashes[number ^ 1], beside);
            Volatile.Write(
                ref _hashes[number],
                way.Slice((at - 1) * MerkleTree.HashLength, MerkleTree.HashLength).ToArray());
        }
    }

    private static int NumberOf(ReadOnlySpan<byte> key, int depth) =>
        (1 << depth) | (((key[0] << 8) | key[1]) >> (16 - depth));
}
