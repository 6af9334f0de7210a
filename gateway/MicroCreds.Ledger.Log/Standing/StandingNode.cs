using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// The bytes of a standing tree: a binary tree over keys of 256 bits in which what lies alone below a node takes that
/// node's place. It depends on what it holds alone, not on the order in which that came.
/// </summary>
internal static class StandingNode
{
    /// <summary>The length of a key, in bytes.</summary>
    public const int KeyLength = SHA256.HashSizeInBytes;

    /// <summary>The depth at which no two keys are together any more.</summary>
    public const int MaxDepth = 8 * KeyLength;

    private const int MaxDigits = 11;
    private const byte LeafMark = 0;
    private const byte InnerMark = 1;

    private static readonly byte[] Nothing = new byte[MerkleTree.HashLength];

    /// <summary>Stands for a place where nothing is.</summary>
    public static ReadOnlySpan<byte> Empty => Nothing;

    /// <summary>The key of what is named by a list of texts: the SHA-256 of that list as canonical JSON.</summary>
    public static byte[] KeyOf(params ReadOnlySpan<string> texts) => KeyOf(texts, number: default);

    /// <summary>Likewise, with a number behind the texts.</summary>
    public static byte[] KeyOf(int number, params ReadOnlySpan<string> texts)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(number, digits, out int length);
        return KeyOf(texts, digits[..length]);
    }

    /// <summary>A leaf: what is said under a key.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => [LeafMark, .. key, .. value];

    /// <summary>A node with two below it.</summary>
    public static byte[] Inner(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => [InnerMark, .. left, .. right];

    public static bool IsInner(ReadOnlySpan<byte> node) => node[0] == InnerMark;

    public static ReadOnlySpan<byte> KeyIn(ReadOnlySpan<byte> leaf) => leaf.Slice(1, KeyLength);

    public static ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> leaf) => leaf[(1 + KeyLength)..];

    /// <summary>The hash of the one below an inner node that does not lead to a key.</summary>
    public static ReadOnlySpan<byte> SiblingIn(ReadOnlySpan<byte> inner, ReadOnlySpan<byte> key, int depth) =>
        inner.Slice(1 + (IsRight(key, depth) ? 0 : MerkleTree.HashLength), MerkleTree.HashLength);

    /// <summary>The hash of a node, or of nothing.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> node)
    {
        byte[] hash = new byte[MerkleTree.HashLength];
        if (node.IsEmpty) return hash;
        if (IsInner(node))
            MerkleTree.NodeHash(node.Slice(1, MerkleTree.HashLength), node[(1 + MerkleTree.HashLength)..], hash);
        else
            LeafHash(KeyIn(node), SHA256.HashData(ValueIn(node)), hash);
        return hash;
    }

    /// <summary>Writes SHA-256(00 ‖ key ‖ SHA-256(value)). The destination may be the value's hash.</summary>
    public static void LeafHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> valueHash, Span<byte> destination)
    {
        Span<byte> leaf = stackalloc byte[1 + KeyLength + MerkleTree.HashLength];
        leaf[0] = LeafMark;
        key.CopyTo(leaf[1..]);
        valueHash.CopyTo(leaf[(1 + KeyLength)..]);
        SHA256.HashData(leaf, destination);
    }

    /// <summary>
    /// Writes the hash of the node above one on the way to a key: SHA-256(01 ‖ left ‖ right). The destination may be
    /// one of the two.
    /// </summary>
    public static void Above(
        ReadOnlySpan<byte> hash, ReadOnlySpan<byte> sibling, ReadOnlySpan<byte> key, int depth, Span<byte> destination)
    {
        if (IsRight(key, depth)) MerkleTree.NodeHash(sibling, hash, destination);
        else MerkleTree.NodeHash(hash, sibling, destination);
    }

    /// <summary>Whether a key lies to the right of the node at a depth.</summary>
    public static bool IsRight(ReadOnlySpan<byte> key, int depth) => ((key[depth / 8] >> (7 - (depth % 8))) & 1) == 1;

    /// <summary>The first depth at which two keys part.</summary>
    public static int PartingOf(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        int depth = 0;
        while (depth < MaxDepth && IsRight(one, depth) == IsRight(other, depth)) depth++;
        return depth;
    }

    /// <summary>Names a node: its depth in two bytes, then the bits that lead to it, filled up with zeros.</summary>
    public static byte[] Place(ReadOnlySpan<byte> key, int depth)
    {
        byte[] place = [(byte)(depth >> 8), (byte)depth, .. key[..((depth + 7) / 8)]];
        if (depth % 8 is > 0 and var bits) place[^1] &= (byte)(0xff << (8 - bits));
        return place;
    }

    private static byte[] KeyOf(ReadOnlySpan<string> texts, ReadOnlySpan<byte> number)
    {
        var list = new ArrayBufferWriter<byte>();
        foreach (string text in texts)
        {
            list.Write(list.WrittenCount == 0 ? "["u8 : ","u8);
            list.Write(CanonicalJson.OfText(text));
        }

        if (!number.IsEmpty)
        {
            list.Write(","u8);
            list.Write(number);
        }

        list.Write("]"u8);
        return SHA256.HashData(list.WrittenSpan);
    }
}
