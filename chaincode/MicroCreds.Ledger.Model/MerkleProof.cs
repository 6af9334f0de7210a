using System.Security.Cryptography;

namespace MicroCreds.Ledger.Model;

/// <summary>Verifies that a leaf lies at an index of a tree of a known root and size (RFC 9162, 2.1.3.2).</summary>
public static class MerkleProof
{
    /// <summary>
    /// Tells whether the path proves it. False for whatever does not fit, the wrong index or size included: never
    /// throws for what came from outside.
    /// </summary>
    public static bool Verify(
        ReadOnlySpan<byte> root, ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> path)
    {
        if (path is null || index < 0 || index >= size) return false;

        if (root.Length != MerkleTree.HashLength || leafHash.Length != MerkleTree.HashLength) return false;

        Span<byte> hash = stackalloc byte[MerkleTree.HashLength];
        leafHash.CopyTo(hash);

        // fn and sn of the RFC: the positions of the node and of the level's last node.
        long node = index;
        long last = size - 1;
        foreach (byte[] sibling in path)
        {
            if (last == 0 || sibling is not { Length: MerkleTree.HashLength }) return false;

            if ((node & 1) == 1 || node == last)
            {
                MerkleTree.NodeHash(sibling, hash, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                MerkleTree.NodeHash(hash, sibling, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && CryptographicOperations.FixedTimeEquals(hash, root);
    }
}
