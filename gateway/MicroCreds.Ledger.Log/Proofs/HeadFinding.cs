using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>Who of those that are trusted signed a head, and as of when enough of them did.</summary>
public sealed record HeadFinding
{
    /// <summary>The head; absent if it is none of this ledger's log.</summary>
    public LogHead? Head { get; private init; }

    /// <summary>The members that signed it, by their names, in the trust file's order.</summary>
    public IReadOnlyList<string> Members { get; private init; } = [];

    /// <summary>The witnesses that signed it.</summary>
    public IReadOnlyList<string> Witnesses { get; private init; } = [];

    /// <summary>
    /// The latest time at which, or later than which, as many as are needed said that this was the newest head; absent
    /// if too few did.
    /// </summary>
    public DateTimeOffset? AsOf { get; private init; }

    /// <summary>Why it counts for nothing; none if it counts.</summary>
    public string? Fault { get; private init; }

    /// <summary>Judges a head.</summary>
    /// <param name="note">The head, with whatever signatures.</param>
    /// <param name="trust">Whose word is taken.</param>
    public static HeadFinding Of(SignedNote note, LogTrust trust)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(trust);
        LogHead head;
        try
        {
            head = LogHead.Parse(note.Text);
        }
        catch (FormatException e)
        {
            return new HeadFinding { Fault = e.Message };
        }

        if (head.Origin != trust.Ledger)
            return new HeadFinding { Fault = $"The head is of {head.Origin}; the trust file is for {trust.Ledger}." };
        var (members, witnesses) = (SignersOf(note, trust.Members), SignersOf(note, trust.Witnesses));
        var finding = new HeadFinding
        {
            Head = head,
            Members = [.. members.Select(one => one.Name)],
            Witnesses = [.. witnesses.Select(one => one.Name)],
        };
        if (members.Count < trust.Threshold || witnesses.Count < trust.WitnessesNeeded)
        {
            return finding with
            {
                Fault = $"Of the members {members.Count} signed this head, of the witnesses {witnesses.Count}; "
                    + $"{trust.Threshold} and {trust.WitnessesNeeded} are needed.",
            };
        }

        var times = NewestOf(members, trust.Threshold).Concat(NewestOf(witnesses, trust.WitnessesNeeded));
        return finding with { AsOf = times.Min() };
    }

    private static IEnumerable<DateTimeOffset> NewestOf(List<(string Name, DateTimeOffset Time)> signers, int needed)
        => signers.Select(one => one.Time).OrderDescending().Take(needed);

    /// <summary>Finds who signed, each with the newest of its signatures; one that does not verify is none.</summary>
    private static List<(string Name, DateTimeOffset Time)> SignersOf(
        SignedNote note, IReadOnlyList<TrustedCosigner> cosigners)
    {
        var found = new List<(string, DateTimeOffset)>();
        foreach (var cosigner in cosigners)
        {
            var times = cosigner.Keys.SelectMany(key => TimesOf(note, key)).ToList();
            if (times.Count > 0) found.Add((cosigner.Name, times.Max()));
        }

        return found;
    }

    private static IEnumerable<DateTimeOffset> TimesOf(SignedNote note, CosignerKey trusted)
    {
        var key = NoteKey.Parse(trusted.Key);
        foreach (var signature in note.Signatures.Where(one => one.KeyId == key.Id && one.Name == key.Name))
        {
            if (key.Verify(note.Text, signature.Bytes.Span, out var time) && time is { } at
                && !(at < trusted.From) && !(at >= trusted.Until))
                yield return at;
        }
    }
}
