using System.Globalization;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// Whose word a verifier takes for a ledger's log: the members and witnesses, by which keys each signed when, and how
/// many must have signed the same head. A verifier gets it once, from somebody it trusts, and keeps it.
/// </summary>
public sealed record LogTrust
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "LogTrust";

    /// <summary>The most members, and the most witnesses, that are read.</summary>
    public const int MaxCosigners = 1000;

    /// <summary>Tells such a file from others.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The ledger's name, which is its log's, too.</summary>
    public required string Ledger { get; init; }

    /// <summary>The members.</summary>
    public required IReadOnlyList<TrustedCosigner> Members { get; init; }

    /// <summary>How many leaves the log had when it was renewed last. Default is that it was not.</summary>
    public long? Size { get; init; }

    /// <summary>How many members must have signed a head. Default is more than half of all.</summary>
    public int? MembersNeeded { get; init; }

    /// <summary>
    /// How many members there are, with those that have no key and do not stand in the file. Default is those that do.
    /// </summary>
    public int? MembersInAll { get; init; }

    /// <summary>The witnesses that are none of the members. Default is none.</summary>
    public IReadOnlyList<TrustedCosigner> Witnesses { get; init; } = [];

    /// <summary>How many witnesses must have signed a head. Default is 0.</summary>
    public int WitnessesNeeded { get; init; }

    /// <summary>
    /// Whether only signatures of ML-DSA-44 count, which outlive elliptic keys; a member's must cover what stands by
    /// the head. Absent is the same as false.
    /// </summary>
    public bool? MlDsaNeeded { get; init; }

    /// <summary>Reads a trust file.</summary>
    /// <exception cref="StrictJsonException">It is none; the message says what is wrong and where.</exception>
    public static LogTrust Read(ReadOnlySpan<byte> utf8)
    {
        var trust = LedgerJson.Deserialize<LogTrust>(utf8);
        if (trust.Type != TypeName) throw new StrictJsonException("/type", $"It must be {TypeName}.");
        Require(trust.Members.Count is > 0 and <= MaxCosigners, "/members", $"There must be 1 to {MaxCosigners}.");
        Require(
            !(trust.MembersInAll < trust.Members.Count) && !(trust.MembersInAll > MaxCosigners), "/membersInAll",
            $"It must be {trust.Members.Count}, the number of members in the file, to {MaxCosigners}.");
        Require(trust.Witnesses.Count <= MaxCosigners, "/witnesses", $"There may be {MaxCosigners} at most.");
        Require(
            trust.Threshold >= 1 && trust.Threshold <= trust.Members.Count, "/membersNeeded",
            $"It must be 1 to {trust.Members.Count}, the number of members.");
        Require(
            trust.WitnessesNeeded >= 0 && trust.WitnessesNeeded <= trust.Witnesses.Count, "/witnessesNeeded",
            $"It must be 0 to {trust.Witnesses.Count}, the number of witnesses.");
        trust.RequireKinds();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, cosigner) in trust.Cosigners())
        {
            Require(cosigner is { Keys.Count: > 0 }, place, "It needs a name and at least one key.");
            Require(
                names.Add(cosigner.Name), place,
                $"{cosigner.Name} stands in another place of the file, too: give all its keys in one.");
            foreach (var (number, key) in cosigner.Keys.Index())
            {
                // Who has one key twice would count twice.
                var parsed = ParseKey(key, $"{place}/keys/{number}/key");
                Require(
                    seen.Add(Convert.ToHexString(parsed.PublicKey.Span)), $"{place}/keys/{number}/key",
                    "The same key stands in another place of the file.");
            }
        }

        return trust;
    }

    /// <summary>
    /// Finds where the file takes the word of more than the ledger says: of a member that is none, by a key that is not
    /// its own, or that was stolen, or beyond the time in which it counts. A file that takes less is nobody's harm.
    /// </summary>
    /// <param name="members">The members with their keys, as the ledger has them.</param>
    /// <returns>A sentence for each.</returns>
    public IReadOnlyList<string> FaultsBy(IReadOnlyList<TrustedCosigner> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var faults = new List<string>();
        foreach (var trusted in Members)
        {
            if (members.FirstOrDefault(one => one.Name == trusted.Name) is not { } known)
            {
                faults.Add($"{trusted.Name} is no member by the ledger.");
                continue;
            }

            foreach (var key in trusted.Keys)
            {
                if (known.Keys.FirstOrDefault(one => one.Key == key.Key) is not { } own)
                    faults.Add($"{key.Key} is no key of {trusted.Name} by the ledger, or was stolen.");
                else if (!(key.From >= own.From) || (own.Until is not null && !(key.Until <= own.Until)))
                    faults.Add($"{key.Key} counts {PeriodOf(own)} by the ledger, and {PeriodOf(key)} by the file.");
            }
        }

        return faults;
    }

    /// <summary>Tells whether signatures of a member's key count, where it is trusted.</summary>
    internal bool CountsOfMember(NoteKey key) =>
        key.CoversLines && (key.IsMlDsa || MlDsaNeeded != true);

    /// <summary>Likewise of a witness's: witnesses say nothing of the lines behind a head's root.</summary>
    internal bool CountsOfWitness(NoteKey key) => key.IsMlDsa || MlDsaNeeded != true;

    private static string PeriodOf(CosignerKey key) =>
        $"from {(key.From is { } from ? from.ToString("u", CultureInfo.InvariantCulture) : "ever")} "
        + $"until {(key.Until is { } until ? until.ToString("u", CultureInfo.InvariantCulture) : "further notice")}";

    /// <summary>How many members must have signed.</summary>
    internal int Threshold => MembersNeeded ?? ((MembersInAll ?? Members.Count) / 2) + 1;

    internal IEnumerable<(string Place, TrustedCosigner Cosigner)> Cosigners() =>
    [
        .. Members.Index().Select(one => ($"/members/{one.Index}", one.Item)),
        .. Witnesses.Index().Select(one => ($"/witnesses/{one.Index}", one.Item)),
    ];

    /// <summary>Refuses a file by which no head could ever count: too few have keys of the kind it asks for.</summary>
    private void RequireKinds()
    {
        int members = Members.Count(one => one?.Keys?.Any(key => Counts(key, CountsOfMember)) == true);
        Require(
            members >= Threshold, "/members",
            $"Only {members} have a key of a kind that counts, and {Threshold} are needed: a key of ML-DSA-44 whose "
            + "signature covers a head's lines (type ff), or one of Ed25519 (04) where mlDsaNeeded is not set.");
        int witnesses = Witnesses.Count(one => one?.Keys?.Any(key => Counts(key, CountsOfWitness)) == true);
        Require(
            witnesses >= WitnessesNeeded, "/witnesses",
            $"Only {witnesses} have a key of ML-DSA-44, which mlDsaNeeded asks for, and {WitnessesNeeded} are needed.");
    }

    private static bool Counts(CosignerKey? key, Func<NoteKey, bool> counts)
    {
        try
        {
            // What is no key at all is told with its place.
            return key?.Key is not { } text || counts(NoteKey.Parse(text));
        }
        catch (FormatException)
        {
            return true;
        }
    }

    private static NoteKey ParseKey(CosignerKey? key, string place)
    {
        Require(key is not null, place, "There is null where a key belongs.");
        try
        {
            var parsed = NoteKey.Parse(key!.Key);
            Require(parsed.IsCosigner, place, "It must be a key of cosignatures (type 04, 06 or ff).");
            return parsed;
        }
        catch (FormatException e)
        {
            throw new StrictJsonException(place, e.Message, e);
        }
    }

    private static void Require(bool isSo, string place, string fault)
    {
        if (!isSo) throw new StrictJsonException(place, fault);
    }
}

/// <summary>Somebody who signs heads.</summary>
public sealed record TrustedCosigner
{
    /// <summary>What it is called in verdicts.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Its keys. A key that was stolen is no key of it any more: leave it out, and nothing rests on it.
    /// </summary>
    public required IReadOnlyList<CosignerKey> Keys { get; init; }
}

/// <summary>A key that heads are signed with.</summary>
/// <param name="Key">The verifier key, <c>name+id+key</c>, of cosignatures.</param>
/// <param name="From">From when on its signatures count. Default is always.</param>
/// <param name="Until">Until when; a signature of that very moment does not count. Default is for good.</param>
public sealed record CosignerKey(string Key, DateTimeOffset? From = null, DateTimeOffset? Until = null);
