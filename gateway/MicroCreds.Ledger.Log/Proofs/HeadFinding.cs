using System.Globalization;
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

    /// <summary>As of when, for a sentence; empty if it counts for nothing.</summary>
    internal string AsOfText { get; private init; } = "";

    /// <summary>Who signed it, for a sentence; empty if it counts for nothing.</summary>
    internal string Signers { get; private init; } = "";

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
        var (members, witnesses) = (MembersOf(note, trust), WitnessesOf(note, trust));
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
                    + $"{trust.Threshold} and {trust.WitnessesNeeded} are needed"
                    + (trust.MlDsaNeeded == true ? ", by ML-DSA-44." : "."),
            };
        }

        var newest = NewestOf(members, trust.Threshold).Concat(NewestOf(witnesses, trust.WitnessesNeeded));
        var asOf = newest.Min(one => one.Time);
        return finding with { AsOf = asOf, AsOfText = TextOf(asOf), Signers = SignersOf(finding) };
    }

    /// <summary>Writes a time for a sentence.</summary>
    internal static string TextOf(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string SignersOf(HeadFinding finding)
    {
        string members = string.Join(", ", finding.Members);
        return finding.Witnesses switch
        {
            [] => members,
            [var one] => $"{members} and the witness {one}",
            var several => $"{members} and the witnesses {string.Join(", ", several)}",
        };
    }

    /// <summary>
    /// Leaves away the signatures that are not needed: beside the log's own the newest of as many members and witnesses
    /// as must have signed stay. A head that counts for nothing stays as it is.
    /// </summary>
    /// <param name="note">The head.</param>
    /// <param name="trust">Whose word is taken.</param>
    public static SignedNote Shorten(SignedNote note, LogTrust trust)
    {
        if (Of(note, trust) is not { Fault: null, Head: { } head }) return note;
        NoteSignature[] needed =
        [
            .. NewestOf(MembersOf(note, trust), trust.Threshold).Select(one => one.Signature),
            .. NewestOf(WitnessesOf(note, trust), trust.WitnessesNeeded).Select(one => one.Signature),
        ];
        return new SignedNote(
            note.Text,
            [.. note.Signatures.Where(one => one.Name == head.Origin || Array.IndexOf(needed, one) >= 0)]);
    }

    private static IEnumerable<Signing> NewestOf(List<Signing> signers, int needed) =>
        signers.OrderByDescending(one => one.Time).Take(needed);

    private static List<Signing> MembersOf(SignedNote note, LogTrust trust) =>
        SignersOf(note, trust.Members, trust.CountsOfMember);

    private static List<Signing> WitnessesOf(SignedNote note, LogTrust trust) =>
        SignersOf(note, trust.Witnesses, trust.CountsOfWitness);

    /// <summary>Finds who signed, each with the newest of its signatures; one that does not verify is none.</summary>
    private static List<Signing> SignersOf(
        SignedNote note, IReadOnlyList<TrustedCosigner> cosigners, Func<NoteKey, bool> counts)
    {
        var found = new List<Signing>();
        foreach (var cosigner in cosigners)
        {
            var signed = cosigner.Keys.SelectMany(key => SigningsOf(note, cosigner.Name, key, counts));

            // Of two of the same time the shorter one is as good, and the proof is the smaller by it.
            if (signed.OrderByDescending(one => one.Time).ThenBy(one => one.Signature.Bytes.Length).FirstOrDefault()
                is { } newest)
                found.Add(newest);
        }

        return found;
    }

    private static IEnumerable<Signing> SigningsOf(
        SignedNote note, string name, CosignerKey trusted, Func<NoteKey, bool> counts)
    {
        var key = NoteKey.Parse(trusted.Key);
        if (!counts(key)) yield break;
        foreach (var signature in note.Signatures.Where(one => one.KeyId == key.Id && one.Name == key.Name))
        {
            if (key.Verify(note.Text, signature.Bytes.Span, out var time) && time is { } at
                && !(at < trusted.From) && !(at >= trusted.Until))
                yield return new Signing(name, at, signature);
        }
    }

    private sealed record Signing(string Name, DateTimeOffset Time, NoteSignature Signature);
}
