using System.Collections.Concurrent;
using MicroCreds.Ledger.Log.Notes;

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

    private readonly ConcurrentDictionary<string, HeadFinding> _counting = new(StringComparer.Ordinal);

    /// <inheritdoc cref="HeadFinding.Of"/>
    public HeadFinding Find(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        string whole = note.ToString();
        if (_counting.TryGetValue(whole, out var known)) return known;
        var finding = HeadFinding.Of(note, trust);
        if (finding.Fault is not null || whole.Length > MaxLength) return finding;
        if (_counting.Count >= Most) _counting.Clear();
        return _counting[whole] = finding;
    }
}
