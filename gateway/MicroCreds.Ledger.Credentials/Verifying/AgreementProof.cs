using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Tells which parts of an agreement are their signers' own word. Peers that act together could write an acceptance in
/// another's name; what a party did not sign binds it to nothing.
/// </summary>
/// <param name="ledger">Gives the ledger that statements must be made for.</param>
/// <param name="find">Finds an institution with its keys.</param>
public sealed class AgreementProof(Func<string> ledger, Func<string, Institution?> find)
{
    /// <summary>Sorts out which parts count.</summary>
    /// <param name="parts">All parts of one agreement, each with the moment of the block that wrote it.</param>
    public ProvenParts Prove(IReadOnlyList<AgreementPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var counting = new List<AgreementPart>();
        var disregarded = new List<DisregardedPart>();
        foreach (var part in parts.OrderBy(part => part.Proposal is null).ThenBy(part => part.Notice is not null))
        {
            var standing = StandingOf(part);
            if (standing == StatementStanding.Counts && !Fits(part, counting)) standing = StatementStanding.Forged;
            if (standing == StatementStanding.Counts) counting.Add(part.Notice is null ? part : Timed(part, counting));
            else disregarded.Add(new DisregardedPart(part, standing));
        }

        return new ProvenParts(counting, disregarded);
    }

    private StatementStanding StandingOf(AgreementPart part) =>
        part.Proposal is { } proposal ? StandingOf(proposal, part)
        : part.Acceptance is { } acceptance ? StandingOf(acceptance, part)
        : part.Notice is { } notice ? StandingOf(notice, part)
        : StatementStanding.Forged;

    private StatementStanding StandingOf<T>(SignedStatement<T> signed, AgreementPart part)
        where T : class, IInstitutionStatement => StatementRule.StandingOf(
            signed, ledger(), find(signed.Statement.MspId), new WritingTime(part.WrittenAt, part.WrittenAt));

    /// <summary>Tells whether a part is of a party, and about what was proposed.</summary>
    private static bool Fits(AgreementPart part, List<AgreementPart> counting)
    {
        if (part.Proposal?.Statement is { } proposed)
        {
            return proposed.Parties.Contains(proposed.MspId, StringComparer.Ordinal)
                && (proposed.Version > 1 || OwnedName.OwnerOf(proposed.Id) == proposed.MspId)
                && counting.All(other => other.Proposal!.Statement.Version != proposed.Version);
        }

        var versions = counting.Select(other => other.Proposal?.Statement).OfType<AgreementStatement>();
        return part.Acceptance?.Statement is { } accepted
            ? versions.Any(version => version.Version == accepted.Version
                && version.Parties.Contains(accepted.MspId, StringComparer.Ordinal)
                && StatementDigest.Of(version) == accepted.Digest)
            : versions.Any(version =>
                version.Parties.Contains(part.Notice!.Statement.MspId, StringComparer.Ordinal));
    }

    // When a notice takes effect is worked out by the peers, unless the party itself named the day.
    private static AgreementPart Timed(AgreementPart notice, List<AgreementPart> counting)
    {
        var given = notice.Notice!.Statement;
        var before = Agreement.Of([.. counting.Where(part => part.WrittenAt <= notice.WrittenAt)]);
        int days = before?.Accepted?.Terms is { } terms && terms.Parties.Contains(given.MspId, StringComparer.Ordinal)
            ? terms.NoticeDays
            : 0;
        var earliest = notice.WrittenAt.AddDays(days) - KeyRule.ClockSkew;
        var ends = given.EndsAt ?? notice.EndsAt ?? earliest;
        return notice with { EndsAt = ends < earliest ? earliest : ends };
    }
}

/// <summary>The parts of an agreement, sorted out.</summary>
/// <param name="Counting">Those that their signers stand for.</param>
/// <param name="Disregarded">The others.</param>
public sealed record ProvenParts(
    IReadOnlyList<AgreementPart> Counting, IReadOnlyList<DisregardedPart> Disregarded);

/// <summary>A part of an agreement that does not count.</summary>
/// <param name="Part">The part.</param>
/// <param name="Standing">Why.</param>
public sealed record DisregardedPart(AgreementPart Part, StatementStanding Standing);
