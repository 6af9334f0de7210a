using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace MicroCreds.Ledger.Log.Filters;

/// <summary>
/// All credentials of a log that are not in force, few bytes each, so that who has the filter learns of any credential
/// whether it is in force without telling anybody which: it lists them exactly, by their places in the log. The same
/// form holds what changed from one filter to another, see <see cref="With"/>. Immutable.
/// </summary>
/// <remarks>
/// It lies in segments of <see cref="FilterSegment.Leaves"/> leaves, so that a change costs the segments that it
/// touches. The same entries have the same bytes.
/// </remarks>
public sealed class StatusFilter
{
    private const byte Version = 1;

    private readonly ImmutableSortedDictionary<long, Segment> _segments;

    private StatusFilter(ImmutableSortedDictionary<long, Segment> segments) => _segments = segments;

    /// <summary>The filter that lists nothing.</summary>
    public static StatusFilter Empty { get; } = new(ImmutableSortedDictionary<long, Segment>.Empty);

    /// <summary>How many entries it has: credentials, and issuances as a whole.</summary>
    public long Entries => _segments.Values.Sum(segment => segment.Entries);

    /// <summary>
    /// What names it: SHA-256 over each segment's number, in eight bytes, the highest first, and the SHA-256 of its
    /// bytes.
    /// </summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (number, segment) in _segments) Append(hash, number, segment.Hash);
        return hash.GetHashAndReset();
    }

    /// <summary>Tells whether it lists a credential, by itself or with its issuance.</summary>
    /// <param name="leaf">The number of the issuance's leaf.</param>
    /// <param name="index">The credential's index in it.</param>
    public bool Lists(long leaf, int index)
    {
        bool isListed = false;
        if (leaf >= 0 && _segments.TryGetValue(leaf / FilterSegment.Leaves, out var segment))
        {
            FilterSegment.Walk(
                leaf / FilterSegment.Leaves, segment.Bytes,
                entry => isListed |= entry.Leaf == leaf && (entry.Index == index || entry.Index == FilterEntry.Whole));
        }

        return isListed;
    }

    /// <summary>All entries, in the order of the log.</summary>
    public IEnumerable<FilterEntry> All() =>
        _segments.SelectMany(one => FilterSegment.Read(one.Key, one.Value.Bytes));

    /// <summary>
    /// Makes the filter after changes: what is listed and named here is not listed any more, and the other way round.
    /// </summary>
    public StatusFilter With(IEnumerable<FilterEntry> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var segments = _segments.ToBuilder();
        foreach (var part in changed.GroupBy(entry => entry.Leaf / FilterSegment.Leaves))
        {
            var entries = new SortedSet<FilterEntry>(FilterEntry.Order);
            if (segments.TryGetValue(part.Key, out var before))
                entries.UnionWith(FilterSegment.Read(part.Key, before.Bytes));
            entries.SymmetricExceptWith(part);
            if (entries.Count == 0) segments.Remove(part.Key);
            else segments[part.Key] = Segment.Of(FilterSegment.Write(part.Key, entries), entries.Count);
        }

        return new StatusFilter(segments.ToImmutable());
    }

    /// <summary>
    /// Writes it: a version, then of each segment that lists something how many were passed over, its length, its
    /// bytes.
    /// </summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte> { Version };
        long next = 0;
        foreach (var (number, segment) in _segments)
        {
            Varint.Write(bytes, number - next);
            Varint.WriteCounted(bytes, segment.Bytes);
            next = number + 1;
        }

        return [.. bytes];
    }

    /// <summary>
    /// Computes the <see cref="Hash"/> of what is written somewhere, without reading its entries: each may be a bit.
    /// </summary>
    /// <exception cref="FormatException">It is no filter.</exception>
    public static byte[] HashOf(ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> ofSegment = stackalloc byte[SHA256.HashSizeInBytes];
        long next = 0;
        for (var left = Content(bytes); !left.IsEmpty;)
        {
            var segment = Next(ref left, ref next, out long number);
            SHA256.HashData(segment, ofSegment);
            Append(hash, number, ofSegment);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Reads it. That it is what a head names is another question: compare <see cref="Hash"/>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static StatusFilter Parse(ReadOnlySpan<byte> bytes)
    {
        var segments = ImmutableSortedDictionary.CreateBuilder<long, Segment>();
        long next = 0;
        for (var left = Content(bytes); !left.IsEmpty;)
        {
            var segment = Next(ref left, ref next, out long number);
            long entries = FilterSegment.Walk(number, segment);
            if (entries == 0) throw new FormatException("A segment of it lists nothing.");
            segments.Add(number, Segment.Of(segment.ToArray(), entries));
        }

        return new StatusFilter(segments.ToImmutable());
    }

    private static void Append(IncrementalHash hash, long number, ReadOnlySpan<byte> ofSegment)
    {
        Span<byte> written = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(written, number);
        hash.AppendData(written);
        hash.AppendData(ofSegment);
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && bytes[0] == Version
        ? bytes[1..]
        : throw new FormatException(
            $"It is no status filter of version {Version}, the only one that is known here.");

    /// <summary>Takes the next segment from the front of what is left.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> left, ref long next, out long number)
    {
        number = next + Varint.Read(ref left);
        if (number is < 0 or > long.MaxValue / FilterSegment.Leaves / 2)
            throw new FormatException("A segment of it is of no log.");
        next = number + 1;
        return Varint.TakeCounted(ref left);
    }

    private sealed record Segment(byte[] Bytes, byte[] Hash, long Entries)
    {
        public static Segment Of(byte[] bytes, long entries) => new(bytes, SHA256.HashData(bytes), entries);
    }
}
