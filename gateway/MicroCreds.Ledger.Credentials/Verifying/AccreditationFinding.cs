using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>What the ledger says about an issuer's accreditation for one achievement at one time.</summary>
public sealed record AccreditationFinding
{
    /// <summary>One of <see cref="CheckCodes"/>: <c>accredited</c>, or why not.</summary>
    public required string Code { get; init; }

    /// <summary>The time that counts: when the credential was anchored.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The accreditor; absent if there was never any for this.</summary>
    public string? Accreditor { get; init; }

    /// <summary>The accreditor's name.</summary>
    public string? AccreditorName { get; init; }

    /// <summary>The accreditation's name.</summary>
    public string? Id { get; init; }

    /// <summary>Since when it stood so.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Until when it counts; absent if no end is set.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Where the decision is published.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the issuer was accredited.</summary>
    public bool IsAccredited => Code == CheckCodes.Accredited;

    // The nearer to an accreditation, the more it tells.
    private int Nearness => Code switch
    {
        CheckCodes.Accredited => 4,
        CheckCodes.AccreditationSuspended or CheckCodes.AccreditationWithdrawn or CheckCodes.AccreditationExpired
            or CheckCodes.AccreditorRemoved => 3,
        CheckCodes.AccreditationLater => 2,
        CheckCodes.AccreditationOutOfScope => 1,
        _ => 0,
    };

    /// <summary>Finds how the issuer stood.</summary>
    /// <param name="records">What the ledger says.</param>
    /// <param name="ledger">The channel.</param>
    /// <param name="mspId">The issuer.</param>
    /// <param name="at">When the credential was anchored.</param>
    public static AccreditationFinding Of(
        AccreditationRecords records, string ledger, string mspId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(records);
        var best = new AccreditationFinding { Code = CheckCodes.NeverAccredited, At = at };
        if (records.Achievement is not { } achievement) return best;

        foreach (var accreditation in records.Accreditations)
        {
            var accreditor = records.Accreditors.FirstOrDefault(one => one.MspId == accreditation.Accreditor);
            if (accreditation.MspId != mspId || accreditor is null) continue;

            var finding = Of(accreditation, accreditor, records.Consortium, achievement, ledger, at);

            // Of several that lapsed, the one that did so last tells why there is none.
            bool isLater = finding.Nearness == best.Nearness && finding.Since > best.Since;
            if (finding.Nearness > best.Nearness || isLater) best = finding;
        }

        return best;
    }

    private static AccreditationFinding Of(
        Accreditation accreditation, Institution accreditor, Consortium consortium, Achievement achievement,
        string ledger, DateTimeOffset at)
    {
        bool Counts(AccreditationChange change) => IsGenuine(change, accreditation, accreditor, ledger);
        var standing = accreditation.StandingAt(at, Counts);
        bool isCovered = standing.State == AccreditationState.Absent
            ? (accreditation.Changes[0].Statement.Scope ?? new AwardScope()).Covers(achievement, out _)
            : standing.Covers(achievement);

        bool isRemoved = !IsAccreditor(consortium, accreditor, at);
        return new AccreditationFinding
        {
            Code = !isCovered ? CheckCodes.AccreditationOutOfScope : standing.State switch
            {
                AccreditationState.InForce when isRemoved => CheckCodes.AccreditorRemoved,
                AccreditationState.InForce => CheckCodes.Accredited,
                AccreditationState.Suspended => CheckCodes.AccreditationSuspended,
                AccreditationState.Withdrawn => CheckCodes.AccreditationWithdrawn,
                AccreditationState.Expired => CheckCodes.AccreditationExpired,
                _ when Counts(accreditation.Changes[0]) => CheckCodes.AccreditationLater,
                _ => CheckCodes.NeverAccredited,
            },
            At = at,
            Accreditor = accreditor.MspId,
            AccreditorName = accreditor.Name,
            Id = accreditation.Id,
            Since = standing.Since ?? accreditation.Changes[0].Statement.ValidFrom,
            ValidUntil = standing.ValidUntil,
            Reference = standing.Reference,
        };
    }

    /// <summary>Tells whether an institution was an accreditor at a time. Who was admitted again was none in between.
    /// </summary>
    internal static bool IsAccreditor(Consortium consortium, Institution institution, DateTimeOffset at) =>
        consortium.Accreditors.Any(term =>
            term.MspId == institution.MspId && term.Since <= at && (term.Until is null || at < term.Until));

    /// <summary>
    /// Tells whether a change is its accreditor's own: not even colluding peers accredit in another's name, nor does a
    /// thief.
    /// </summary>
    internal static bool IsGenuine(
        AccreditationChange change, Accreditation accreditation, Institution accreditor, string ledger)
    {
        var statement = change.Statement;
        return statement.Institution == accreditation.MspId && statement.Id == accreditation.Id
            && StatementRule.StandingOf(
                statement, change.Signature, ledger, accreditor, new WritingTime(change.ChangedAt, change.ChangedAt))
            == StatementStanding.Counts;
    }
}
