using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// The filter of all credentials that are not in force, with the head that commits to it and the proof that it does; or
/// what changed of it since an earlier one. Nothing counts before <see cref="FilterFinding"/>. Immutable.
/// </summary>
/// <param name="since">The size of the log whose filter it changes; none if it is whole.</param>
/// <param name="proof">The proof that the head names the filter.</param>
/// <param name="content">The filter, or the changes, see <see cref="StatusFilter.ToBytes"/>.</param>
/// <param name="head">The head, with its signatures.</param>
public sealed class StatusFilterFile(
    long? since, StandingProof proof, ReadOnlyMemory<byte> content, SignedNote head)
{
    /// <summary>What such files' names end in.</summary>
    public const string Extension = ".status-filter";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.status-filter";

    /// <summary>The largest file that is read, in bytes: of a hundred million credentials, some of them withdrawn.
    /// </summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The most changes that are read at once: some 400 MB while they are.</summary>
    private const int MaxChanges = 4 * 1024 * 1024;

    private const string FirstLine = "status-filter/v1";
    private const string SinceWord = "since ";
    private const string ProofWord = "proof ";
    private const string FilterWord = "filter ";

    private StatusFilter? _filter;

    /// <summary>The size of the log whose filter it changes; none if it is whole.</summary>
    public long? Since => since;

    /// <summary>The head, with its signatures.</summary>
    public SignedNote Head => head;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static StatusFilterFile Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw new FormatException($"It has {utf8.Length} bytes; at most {MaxBytes} are read.");
        int end = utf8.IndexOf("\n\n"u8);
        string[] lines = end < 0 ? [] : Encoding.UTF8.GetString(utf8[..end]).Split('\n');
        long size = 0;
        bool isChange = lines.Length > 1 && lines[1].StartsWith(SinceWord, StringComparison.Ordinal);
        if (lines is not [FirstLine, .., var proof, var filter] || lines.Length != (isChange ? 4 : 3)
            || (isChange && !LogHead.TryParseSize(lines[1][SinceWord.Length..], out size))
            || !TryDecode(proof, ProofWord, out byte[] packed) || !TryDecode(filter, FilterWord, out byte[] content))
        {
            throw new FormatException(
                $"It is no status filter: it has the line {FirstLine}, of changes one with since and a size, a line "
                + "each with proof and filter and their base64, an empty line and a head.");
        }

        ReadOnlySpan<byte> left = packed;
        var opened = StandingPacking.Read(ref left, default, out _);
        return left.IsEmpty
            ? new StatusFilterFile(isChange ? size : null, opened, content, SignedNote.Parse(utf8[(end + 2)..]))
            : throw new FormatException("Behind its proof stands something else.");
    }

    /// <summary>Writes the file.</summary>
    public byte[] ToBytes()
    {
        var packed = new List<byte>();
        StandingPacking.Write(packed, proof);
        string change = since is { } size ? string.Create(CultureInfo.InvariantCulture, $"{SinceWord}{size}\n") : "";
        string filter = Convert.ToBase64String(content.Span);
        return
        [
            .. Encoding.UTF8.GetBytes(
                $"{FirstLine}\n{change}{ProofWord}{Convert.ToBase64String([.. packed])}\n{FilterWord}{filter}\n\n"),
            .. head.ToBytes(),
        ];
    }

    /// <summary>Gives the filter, if it is the one that the head commits to. Who signed that is not asked.</summary>
    /// <exception cref="FormatException">It is not, or it has changes alone.</exception>
    public StatusFilter Open()
    {
        if (_filter is { } known) return known;
        if (since is { } size)
            throw new FormatException($"It has what changed since a log of {size} leaves, and that filter is needed.");
        RequireNamed();
        return _filter = Committed(StatusFilter.Parse(content.Span));
    }

    /// <summary>Refuses a filter that is not the one that the head commits to; its entries are not read.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public void RequireNamed()
    {
        if (since is not null) return;
        bool isNamed = Named()?.Hash is { } named
            ? named == Convert.ToBase64String(StatusFilter.HashOf(content.Span))
            : content.Span.SequenceEqual(StatusFilter.Empty.ToBytes());
        if (!isNamed) throw OtherThanNamed();
    }

    /// <summary>Applies changes to the filter that they are of.</summary>
    /// <param name="changes">The changes.</param>
    /// <returns>The whole filter after them.</returns>
    /// <exception cref="FormatException">
    /// They are of another filter or log, lead to an older one, or do not make what their head names.
    /// </exception>
    public StatusFilterFile With(StatusFilterFile changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var (mine, theirs) = (LogHead.Parse(head.Text), LogHead.Parse(changes.Head.Text));
        if (theirs.Origin != mine.Origin)
            throw new FormatException($"It is of {theirs.Origin}, and this is a filter of {mine.Origin}.");
        long own = mine.Size;
        if (theirs.Size < own)
        {
            throw new FormatException(
                $"It is the filter of {theirs.Size} leaves, which is older than this one of {own}: what was withdrawn "
                + "since is not in it.");
        }

        if (changes.Since is not { } size) return changes;
        return size == own
            ? changes.Above(Open())
            : throw new FormatException($"The changes are of the filter of {size} leaves, and this is that of {own}.");
    }

    private static bool TryDecode(string line, string word, out byte[] bytes)
    {
        bytes = [];
        return line.StartsWith(word, StringComparison.Ordinal) && NoteBase64.TryDecode(line[word.Length..], out bytes);
    }

    private StatusFilterFile Above(StatusFilter earlier)
    {
        // Whoever sends changes says how many they are: each takes an entry away or adds one.
        var changes = StatusFilter.Parse(content.Span);
        if (changes.Entries > Math.Min(earlier.Entries + (Named()?.Entries ?? 0), MaxChanges))
        {
            throw new FormatException(
                $"It changes {changes.Entries} entries, more than lie between two filters or are read at once: fetch "
                + "the filter as a whole.");
        }

        var filter = Committed(earlier.With(changes.All()));
        return new StatusFilterFile(null, proof, filter.ToBytes(), head) { _filter = filter };
    }

    /// <summary>What the head says of the filter; null if it says that nothing is listed.</summary>
    private FilterStanding? Named()
    {
        var roots = StandingRoots.Of(LogHead.Parse(head.Text));
        return proof.TryOpen(roots.IssuersRoot.Span, LogStanding.FilterKey, out var value)
            ? value is { } said ? LedgerJson.Deserialize<FilterStanding>(said.Span) : null
            : throw new FormatException("That its head names a filter is not proven.");
    }

    private static FormatException OtherThanNamed() => new("It is another filter than its head names.");

    private StatusFilter Committed(StatusFilter filter)
    {
        var named = Named();
        bool isNamed = named is null
            ? filter.Entries == 0
            : named.Entries == filter.Entries && named.Hash == Convert.ToBase64String(filter.Hash());
        return isNamed ? filter : throw OtherThanNamed();
    }
}
