using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// An issuance's tree as the store keeps it: its leaves in pieces, and the roots of the pieces, so that the path of one
/// credential costs two small reads and not the whole tree. The pieces are subtrees of RFC 9162's tree, which splits at
/// the largest power of two.
/// </summary>
public static class TreePieces
{
    /// <summary>The leaves of a piece, a power of two; the last piece may have fewer.</summary>
    public const int LeavesPerPiece = 256;

    /// <summary>The number of the piece that holds the roots of all pieces.</summary>
    public const int Roots = -1;

    // Below the number of the roots.
    private const int FirstPath = -2;

    /// <summary>
    /// The number of the piece that is the path of a leaf, of a lone credential that was anchored together with those
    /// of other requests: each keeps what is its own, and needs nothing of the others.
    /// </summary>
    /// <param name="leaf">The leaf's index in the tree of them all.</param>
    public static int PathOf(int leaf) => FirstPath - leaf;

    /// <summary>The leaf whose path a piece is, by what <see cref="PathOf(int)"/> gave.</summary>
    public static int LeafOf(int piece) => FirstPath - piece;

    /// <summary>Cuts a tree up.</summary>
    /// <param name="leaves">The hashes of all leaves, one behind the other.</param>
    /// <returns>
    /// The pieces in their order, the hashes of each one behind the other; none for a lone leaf, which is its own root.
    /// </returns>
    public static IReadOnlyList<byte[]> Cut(ReadOnlySpan<byte> leaves)
    {
        const int PieceBytes = LeavesPerPiece * MerkleTree.HashLength;
        if (leaves.Length == MerkleTree.HashLength) return [];
        byte[][] pieces = new byte[(leaves.Length + PieceBytes - 1) / PieceBytes][];
        for (int i = 0; i < pieces.Length; i++)
        {
            var rest = leaves[(i * PieceBytes)..];
            pieces[i] = rest[..Math.Min(rest.Length, PieceBytes)].ToArray();
        }

        return pieces;
    }

    /// <summary>Gives the roots of pieces, one behind the other; empty if there is only one piece.</summary>
    public static byte[] RootsOf(IReadOnlyList<byte[]> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Count < 2) return [];
        byte[] roots = new byte[pieces.Count * MerkleTree.HashLength];
        Parallel.For(0, pieces.Count, i =>
            MerkleTree.Over(pieces[i]).Root.CopyTo(roots, i * MerkleTree.HashLength));
        return roots;
    }

    /// <summary>Gives the inclusion proof of a leaf, from the leaf upwards.</summary>
    /// <param name="leaf">The leaf's index.</param>
    /// <param name="piece">The piece that it lies in; empty for a lone leaf.</param>
    /// <param name="roots">The roots of all pieces; empty if there is only one.</param>
    public static IReadOnlyList<byte[]> PathOf(int leaf, byte[] piece, byte[] roots)
    {
        if (piece.Length == 0) return [];
        var within = MerkleTree.Over(piece).ProofFor(leaf % LeavesPerPiece);
        return roots.Length == 0
            ? within
            : [.. within, .. MerkleTree.Over(roots).ProofFor(leaf / LeavesPerPiece)];
    }
}
