using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// Proves what a <see cref="StandingTree"/> says under a key, or that it says nothing: then the way to the key ends at
/// an empty place, or at another key's leaf. Nothing counts before <see cref="TryOpen"/>.
/// </summary>
public sealed record StandingProof
{
    /// <summary>
    /// The hashes beside the way, the one below the root first, base64; empty texts where nothing is.
    /// </summary>
    public required IReadOnlyList<string> Siblings { get; init; }

    /// <summary>What is said; absent if nothing is.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>The other leaf at the way's end: base64 of its key and the SHA-256 of its value; absent if none is.
    /// </summary>
    public string? Other { get; init; }

    /// <summary>Verifies the proof.</summary>
    /// <param name="root">The tree's root.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">What is said under it; none if nothing is.</param>
    /// <returns>False for whatever does not prove it; never throws for what came from outside.</returns>
    public bool TryOpen(ReadOnlySpan<byte> root, ReadOnlySpan<byte> key, out JsonElement? value)
    {
        value = null;
        int depth = Siblings?.Count ?? 0;
        if (Siblings is null || depth > StandingNode.MaxDepth || key.Length != StandingNode.KeyLength
            || !TryHashEnd(key, depth, out byte[] hash))
        {
            return false;
        }

        for (int at = depth - 1; at >= 0; at--)
        {
            byte[] sibling = StandingNode.Empty;
            if (Siblings[at] is not { } text || (text.Length > 0 && !NoteBase64.TryDecodeHash(text, out sibling)))
                return false;
            hash = StandingNode.Above(hash, sibling, key, at);
        }

        if (!CryptographicOperations.FixedTimeEquals(hash, root)) return false;
        value = Value;
        return true;
    }

    /// <summary>Writes what was found on the way to a key.</summary>
    internal static StandingProof Of(IReadOnlyList<byte[]> siblings, byte[]? end, ReadOnlySpan<byte> key)
    {
        var path = new StandingProof
        {
            Siblings = [.. siblings.Select(hash =>
                hash.AsSpan().IndexOfAnyExcept((byte)0) < 0 ? "" : Convert.ToBase64String(hash))],
        };
        if (end is null) return path;
        if (!StandingNode.KeyIn(end).SequenceEqual(key))
        {
            return path with
            {
                Other = Convert.ToBase64String(
                    [.. StandingNode.KeyIn(end), .. SHA256.HashData(StandingNode.ValueIn(end))]),
            };
        }

        using var value = JsonDocument.Parse(StandingNode.ValueIn(end).ToArray());
        return path with { Value = value.RootElement.Clone() };
    }

    private bool TryHashEnd(ReadOnlySpan<byte> key, int depth, out byte[] hash)
    {
        hash = StandingNode.Empty;
        if (Value is { } value)
        {
            if (Other is not null) return false;
            try
            {
                hash = StandingNode.LeafHash(key, SHA256.HashData(CanonicalJson.Canonicalize(value)));
                return true;
            }
            catch (FormatException)
            {
                return false;
            }
        }

        if (Other is null) return true;
        if (!NoteBase64.TryDecode(Other, out byte[] other)
            || other.Length != StandingNode.KeyLength + MerkleTree.HashLength)
        {
            return false;
        }

        // Another's leaf is the end of this way only if it lies on it, and does not say anything of this key.
        var otherKey = other.AsSpan(0, StandingNode.KeyLength);
        int parting = StandingNode.PartingOf(key, otherKey);
        if (parting < depth || parting == StandingNode.MaxDepth) return false;
        hash = StandingNode.LeafHash(otherKey, other.AsSpan(StandingNode.KeyLength));
        return true;
    }
}
