using System.Collections.Concurrent;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// Judges heads, and remembers those that count, by all their bytes: many proofs come with the same head, and its
/// signatures are as good the second time. Thread-safe.
/// </summary>
internal sealed class RememberedHeads(LogTrust trust)
{
    /// <summary>The most that are remembered; beyond it the memory starts anew.</summary>
    private const int Most = 256;

    /// <summary>The longest that are remembered, in characters: anybody can put signatures below a head.</summary>
    private const int MaxLength = 64 * 1024;

    private readonly ConcurrentDictionary<string, JudgedHead> _counting = new(StringComparer.Ordinal);

    /// <summary>What was proven under them.</summary>
    public ShownIssuances Issuances { get; } = new();

    /// <inheritdoc cref="HeadFinding.Of"/>
    public JudgedHead Find(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        string whole = note.ToString();
        if (_counting.TryGetValue(whole, out var known)) return known;
        var finding = HeadFinding.Of(note, trust);
        if (finding.Fault is not null || whole.Length > MaxLength) return new JudgedHead(finding);
        if (_counting.Count >= Most)
        {
            // What was proven under them holds on to them.
            _counting.Clear();
            Issuances.Clear();
        }

        return _counting[whole] = new JudgedHead(finding) { Known = new KnownNodes() };
    }
}

/// <summary>A head that was judged.</summary>
/// <param name="Finding">Who signed it.</param>
internal sealed record JudgedHead(HeadFinding Finding)
{
    /// <summary>The roots of its standing trees; none if it has none.</summary>
    public StandingRoots? Roots { get; } = RootsOf(Finding.Head);

    /// <summary>What was proven of its tree of credentials, if the head is remembered.</summary>
    public KnownNodes? Known { get; init; }

    private static StandingRoots? RootsOf(LogHead? head)
    {
        try
        {
            return head is null ? null : StandingRoots.Of(head);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
