using System.Security.Cryptography;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// Proves what a <see cref="StandingTree"/> says under a key, or that it says nothing: then the way to the key ends at
/// an empty place, or at another key's leaf. Nothing counts before <c>TryOpen</c>. Leave its bytes as they are.
/// </summary>
public sealed record StandingProof
{
    internal const int OtherLength = StandingNode.KeyLength + MerkleTree.HashLength;

    /// <summary>
    /// The hashes beside the way, 32 bytes each, the one below the root first; no bytes where nothing is.
    /// </summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Siblings { get; init; }

    /// <summary>What is said, canonical JSON; absent if nothing is.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>
    /// The other leaf at the way's end: its key and the SHA-256 of its value, 64 bytes; absent if none is.
    /// </summary>
    public ReadOnlyMemory<byte>? Other { get; init; }

    /// <summary>Verifies the proof.</summary>
    /// <param name="root">The tree's root.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">What is said under it; none if nothing is.</param>
    /// <returns>False for whatever does not prove it; never throws for what came from outside.</returns>
    public bool TryOpen(ReadOnlySpan<byte> root, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte>? value) =>
        TryOpen(root, key, known: null, out value);

    /// <summary>Verifies the proof as far up as to a node that was proven before.</summary>
    /// <param name="root">The tree's root.</param>
    /// <param name="key">The key.</param>
    /// <param name="known">What was proven of the tree, and takes what is now. Default is nothing.</param>
    /// <param name="value">What is said under it; none if nothing is.</param>
    internal bool TryOpen(
        ReadOnlySpan<byte> root, ReadOnlySpan<byte> key, KnownNodes? known, out ReadOnlyMemory<byte>? value)
    {
        value = null;
        int depth = Siblings?.Count ?? 0;
        Span<byte> hash = stackalloc byte[MerkleTree.HashLength];
        if (Siblings is null || depth > StandingNode.MaxDepth || key.Length != StandingNode.KeyLength
            || !TryHashEnd(key, depth, hash))
        {
            return false;
        }

        Span<byte> way = stackalloc byte[KnownNodes.WayLength];
        int at = depth;
        for (; at > 0 && known?.Has(key, at, hash) != true; at--)
        {
            if (at <= KnownNodes.Levels) hash.CopyTo(way[((at - 1) * MerkleTree.HashLength)..]);
            var sibling = Siblings[at - 1].Span;
            if (!sibling.IsEmpty && sibling.Length != MerkleTree.HashLength) return false;
            StandingNode.Above(hash, sibling.IsEmpty ? StandingNode.Empty : sibling, key, at - 1, hash);
        }

        bool isProven = at == 0
            ? CryptographicOperations.FixedTimeEquals(hash, root) : known!.HasBeside(key, at, Siblings);
        if (!isProven) return false;
        known?.Add(key, way, Siblings, at, Math.Min(depth, KnownNodes.Levels));
        value = Value;
        return true;
    }

    /// <summary>Writes what was found on the way to a key.</summary>
    internal static StandingProof Of(IReadOnlyList<byte[]> siblings, byte[]? end, ReadOnlySpan<byte> key)
    {
        var path = new StandingProof
        {
            Siblings = [.. siblings.Select(hash =>
                hash.AsSpan().IndexOfAnyExcept((byte)0) < 0 ? ReadOnlyMemory<byte>.Empty : hash)],
        };
        if (end is null) return path;
        return StandingNode.KeyIn(end).SequenceEqual(key)
            ? path with { Value = StandingNode.ValueIn(end).ToArray() }
            : path with
            {
                Other = (byte[])[.. StandingNode.KeyIn(end), .. SHA256.HashData(StandingNode.ValueIn(end))],
            };
    }

    private bool TryHashEnd(ReadOnlySpan<byte> key, int depth, Span<byte> hash)
    {
        if (Value is { } value)
        {
            if (Other is not null) return false;
            SHA256.HashData(value.Span, hash);
            StandingNode.LeafHash(key, hash, hash);
            return true;
        }

        if (Other is not { } said)
        {
            hash.Clear();
            return true;
        }

        // Another's leaf is the end of this way only if it lies on it, and does not say anything of this key.
        var other = said.Span;
        if (other.Length != OtherLength) return false;
        int parting = StandingNode.PartingOf(key, other[..StandingNode.KeyLength]);
        if (parting < depth || parting == StandingNode.MaxDepth) return false;
        StandingNode.LeafHash(other[..StandingNode.KeyLength], other[StandingNode.KeyLength..], hash);
        return true;
    }
}
