using System.Buffers.Binary;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Filters;

/// <summary>The bytes of what a filter lists of <see cref="Leaves"/> leaves beside each other.</summary>
internal static class FilterSegment
{
    /// <summary>How many leaves of the log belong to a segment.</summary>
    public const int Leaves = 1 << 16;

    private const int ParameterBits = 5;
    private const int ParameterMask = (1 << ParameterBits) - 1;

    /// <summary>Writes entries of one segment, in their order.</summary>
    public static byte[] Write(long segment, IEnumerable<FilterEntry> entries)
    {
        var (gaps, counts, indexes) = (new List<long>(), new List<long>(), new List<List<long>>());
        long next = segment * Leaves;
        foreach (var leaf in entries.GroupBy(entry => entry.Leaf))
        {
            gaps.Add(leaf.Key - next);
            next = leaf.Key + 1;
            var (steps, after) = (new List<long>(), 0);
            foreach (int index in leaf.Select(entry => entry.Index).Where(index => index >= 0))
            {
                steps.Add(index - after);
                after = index + 1;
            }

            counts.Add(CodeOf(steps.Count, leaf.Any(entry => entry.Index == FilterEntry.Whole)));
            indexes.Add(steps);
        }

        int ofGaps = RiceWriter.BestBitsFor(gaps), ofCounts = RiceWriter.BestBitsFor(counts);
        int ofIndexes = RiceWriter.BestBitsFor([.. indexes.SelectMany(one => one)]);
        var bytes = new List<byte>();
        Varint.Write(bytes, gaps.Count);
        byte[] parameters = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(
            parameters, (ushort)((((ofGaps << ParameterBits) | ofCounts) << ParameterBits) | ofIndexes));
        bytes.AddRange(parameters);
        var bits = new RiceWriter(bytes);
        for (int i = 0; i < gaps.Count; i++)
        {
            bits.Write(gaps[i], ofGaps);
            bits.Write(counts[i], ofCounts);
            foreach (long index in indexes[i]) bits.Write(index, ofIndexes);
        }

        return [.. bytes];
    }

    /// <summary>Reads entries, in their order.</summary>
    /// <exception cref="FormatException">They are none of such a segment.</exception>
    public static List<FilterEntry> Read(long segment, ReadOnlySpan<byte> bytes)
    {
        var entries = new List<FilterEntry>();
        Walk(segment, bytes, entries.Add);
        return entries;
    }

    /// <summary>Goes through entries, in their order, and keeps none: each may be a bit.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="take">Takes each. Default is to count them.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="FormatException">They are none of such a segment.</exception>
    public static long Walk(long segment, ReadOnlySpan<byte> bytes, Action<FilterEntry>? take = null)
    {
        long leaves = Varint.Read(ref bytes);
        int parameters = BinaryPrimitives.ReadUInt16BigEndian(Varint.Take(ref bytes, sizeof(ushort)));
        int ofGaps = parameters >> (2 * ParameterBits), ofCounts = (parameters >> ParameterBits) & ParameterMask;
        int ofIndexes = parameters & ParameterMask;
        if (Math.Max(ofGaps, Math.Max(ofCounts, ofIndexes)) > RiceWriter.MaxBits || leaves > Leaves)
            throw new FormatException("A segment of it says how its numbers are written as none does.");
        var bits = new RiceReader(bytes);
        long leaf = segment * Leaves, end = leaf + Leaves, entries = 0;
        for (; leaves > 0; leaves--)
        {
            leaf += bits.Read(ofGaps);
            var (count, isWhole) = CountOf(bits.Read(ofCounts));
            if (leaf >= end || count > Limits.MaxIssuanceSize)
                throw new FormatException("A segment of it goes beyond its leaves.");
            entries += count + (isWhole ? 1 : 0);
            if (isWhole) take?.Invoke(new FilterEntry(leaf, FilterEntry.Whole));
            long index = 0;
            for (; count > 0; count--)
            {
                index += bits.Read(ofIndexes);
                if (index >= Limits.MaxIssuanceSize)
                    throw new FormatException("A segment of it goes beyond an issuance.");
                take?.Invoke(new FilterEntry(leaf, (int)index));
                index++;
            }

            leaf++;
        }

        return bits.IsAtEnd ? entries : throw new FormatException("Behind a segment of it stands something else.");
    }

    // One credential is by far what is listed of an issuance most often.
    private static long CodeOf(int count, bool isWhole) => (count, isWhole) switch
    {
        (1, false) => 0,
        (0, true) => 1,
        _ => (2L * count) - (isWhole ? 0 : 1),
    };

    private static (long Count, bool IsWhole) CountOf(long code) => code switch
    {
        0 => (1, false),
        1 => (0, true),
        _ => ((code + 1) / 2, code % 2 == 0),
    };
}
