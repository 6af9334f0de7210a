using System.Numerics;
using System.Security.Cryptography;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log;

/// <summary>Verifies that a later log holds all of an earlier one (RFC 9162, 2.1.4.2).</summary>
/// <remarks>That a leaf lies in a log is verified by <see cref="MerkleProof"/>.</remarks>
public static class LogProofs
{
    /// <summary>The most hashes of a proof: the depth of the largest log.</summary>
    public const int MaxHashes = 63;

    /// <summary>
    /// Tells whether the path proves it. False for whatever does not fit: never throws for what came from outside.
    /// </summary>
    /// <param name="earlier">The earlier head.</param>
    /// <param name="later">The later head.</param>
    /// <param name="path">The proof; empty if the earlier log is empty or just as large.</param>
    public static bool IsConsistent(LogHead earlier, LogHead later, IReadOnlyList<byte[]> path)
    {
        if (earlier is null || later is null || path is null || earlier.Size > later.Size) return false;
        if (path.Any(hash => hash is not { Length: MerkleTree.HashLength }) || path.Count > MaxHashes) return false;
        if (earlier.Size == later.Size) return path.Count == 0 && AreEqual(earlier.Root.Span, later.Root.Span);
        if (earlier.Size == 0) return path.Count == 0 && AreEqual(earlier.Root.Span, LogHead.EmptyRoot);
        if (path.Count == 0) return false;

        // Of a whole subtree the root is known, and not sent.
        bool isWhole = BitOperations.IsPow2(earlier.Size);
        byte[] first = isWhole ? earlier.Root.ToArray() : path[0];
        if (first.Length != MerkleTree.HashLength) return false;

        // fn and sn of the RFC: the positions of the node and of the level's last node.
        long node = earlier.Size - 1;
        long last = later.Size - 1;
        int shift = BitOperations.TrailingZeroCount(~node);
        node >>= shift;
        last >>= shift;
        (byte[] old, byte[] now) = ([.. first], [.. first]);
        foreach (byte[] sibling in isWhole ? path : path.Skip(1))
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                MerkleTree.NodeHash(sibling, old, old);
                MerkleTree.NodeHash(sibling, now, now);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                MerkleTree.NodeHash(now, sibling, now);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && AreEqual(old, earlier.Root.Span) && AreEqual(now, later.Root.Span);
    }

    private static bool AreEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        CryptographicOperations.FixedTimeEquals(one, other);
}
