using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// The bytes of a <see cref="StandingProof"/>: how many siblings, a bit for each that is not empty (the first the
/// highest of its byte), those, and what the way ends at. Nothing is verified.
/// </summary>
internal static class StandingPacking
{
    private const byte Nothing = 0;
    private const byte Value = 1;
    private const byte Other = 2;
    private const byte Known = 3;

    /// <summary>Writes a proof.</summary>
    /// <param name="bytes">What it is written to.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="known">A value that the reader makes by itself, and that is left out.</param>
    /// <exception cref="FormatException">A hash in it is none.</exception>
    public static void Write(List<byte> bytes, StandingProof proof, ReadOnlySpan<byte> known = default)
    {
        Varint.Write(bytes, proof.Siblings.Count);
        byte[] present = new byte[(proof.Siblings.Count + 7) / 8];
        foreach (var (i, sibling) in proof.Siblings.Index())
        {
            if (sibling.Length > 0) present[i / 8] |= (byte)(0x80 >> (i % 8));
        }

        bytes.AddRange(present);
        foreach (var sibling in proof.Siblings.Where(one => one.Length > 0))
            bytes.AddRange(OfLength(sibling, MerkleTree.HashLength));
        if (proof.Other is { } other)
        {
            bytes.Add(Other);
            bytes.AddRange(OfLength(other, StandingProof.OtherLength));
        }
        else if (proof.Value is { } value)
        {
            bool isKnown = !known.IsEmpty && known.SequenceEqual(value.Span);
            bytes.Add(isKnown ? Known : Value);
            if (!isKnown) Varint.WriteCounted(bytes, value.Span);
        }
        else
        {
            bytes.Add(Nothing);
        }
    }

    /// <summary>Reads a proof.</summary>
    /// <param name="left">What is left to be read.</param>
    /// <param name="known">What stands in the place of a value that was left out; empty where none may be.</param>
    /// <param name="isKnown">Whether it was left out.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static StandingProof Read(
        ref ReadOnlySpan<byte> left, ReadOnlyMemory<byte> known, out bool isKnown)
    {
        long depth = Varint.Read(ref left);
        if (depth > StandingNode.MaxDepth) throw new FormatException($"A way of {depth} steps is in no tree.");
        var present = Varint.Take(ref left, (depth + 7) / 8);
        var siblings = new ReadOnlyMemory<byte>[depth];
        if (depth % 8 is > 0 and var bits && (byte)(present[^1] << (int)bits) != 0)
            throw new FormatException("Behind the siblings of a way others are said to be present.");
        int count = 0;
        for (int i = 0; i < depth; i++) count += IsPresent(present, i) ? 1 : 0;
        ReadOnlyMemory<byte> hashes = Varint.Take(ref left, count * MerkleTree.HashLength).ToArray();
        for (int i = 0; i < depth; i++)
        {
            if (!IsPresent(present, i)) continue;
            siblings[i] = hashes[..MerkleTree.HashLength];
            hashes = hashes[MerkleTree.HashLength..];
        }

        byte end = Varint.Take(ref left, 1)[0];
        isKnown = end == Known && !known.IsEmpty;
        var proof = new StandingProof { Siblings = siblings };
        return end switch
        {
            Nothing => proof,
            Value => proof with { Value = Varint.TakeCounted(ref left).ToArray() },
            Other => proof with { Other = Varint.Take(ref left, StandingProof.OtherLength).ToArray() },
            Known when isKnown => proof with { Value = known },
            _ => throw new FormatException("What a way ends at is of a kind that is not known here."),
        };
    }

    private static bool IsPresent(ReadOnlySpan<byte> present, int i) => (present[i / 8] & (0x80 >> (i % 8))) != 0;

    private static ReadOnlySpan<byte> OfLength(ReadOnlyMemory<byte> bytes, int length) => bytes.Length == length
        ? bytes.Span : throw new FormatException($"There are no {length} bytes where they belong.");
}
