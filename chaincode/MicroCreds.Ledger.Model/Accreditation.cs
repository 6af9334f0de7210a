namespace MicroCreds.Ledger.Model;

/// <summary>What an accreditor signs to grant, narrow, suspend, lift the suspension of, or withdraw an accreditation.
/// </summary>
public sealed record AccreditationStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Accreditation";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => Action is AccreditationAction.Grant or AccreditationAction.Lift;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The accreditor.</summary>
    public required string MspId { get; init; }

    /// <summary>The institution that is accredited.</summary>
    public required string Institution { get; init; }

    /// <summary>The accreditation's name with this accreditor and institution.</summary>
    public required string Id { get; init; }

    /// <summary>One more than the number of statements before it about it: none can be replayed.</summary>
    public required int Sequence { get; init; }

    /// <summary>What is done, one of <see cref="AccreditationAction"/>.</summary>
    public required string Action { get; init; }

    /// <summary>What is accredited; with granting and narrowing alone.</summary>
    public AwardScope? Scope { get; init; }

    /// <summary>
    /// From when on, with granting alone. What was decided earlier may be told later, but counts only for what is
    /// anchored after it was told.
    /// </summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when; none is until it is withdrawn. Narrowing may only bring it nearer.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>
    /// From when on a narrowing, suspension, its end or a withdrawal counts; none is at once. Never in the past: what
    /// was anchored before stands.
    /// </summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>Where the decision is published, an https address.</summary>
    public string? Reference { get; init; }

    /// <summary>The accreditor's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>The ledger's record of an accreditation with all that was ever said about it.</summary>
public sealed record Accreditation
{
    /// <summary>The institution that is accredited.</summary>
    public required string MspId { get; init; }

    /// <summary>The institution that accredits, and alone changes it.</summary>
    public required string Accreditor { get; init; }

    /// <summary>Its name with this accreditor and institution.</summary>
    public required string Id { get; init; }

    /// <summary>What the accreditor signed, in the order of the ledger; the first grants.</summary>
    public required IReadOnlyList<AccreditationChange> Changes { get; init; }

    /// <summary>Tells how it stood at a time, by what had been said by then, whatever was said later.</summary>
    /// <param name="at">The time.</param>
    /// <param name="counts">Which changes count; none is all of them.</param>
    /// <param name="knownAt">
    /// What had been said by when. Default is that time; the present tells what is announced for a time to come.
    /// </param>
    public AccreditationStanding StandingAt(
        DateTimeOffset at, Func<AccreditationChange, bool>? counts = null, DateTimeOffset? knownAt = null)
    {
        var standing = new AccreditationStanding { State = AccreditationState.Absent };
        var known = knownAt ?? at;

        // The grant comes first, also where it begins only after it was withdrawn; the others by when they count.
        foreach (var change in Changes.Take(1).Concat(Changes.Skip(1).OrderBy(change => change.EffectiveAt)))
        {
            bool isSaid = change.ChangedAt <= known && change.EffectiveAt <= at;
            if (isSaid && (counts is null || counts(change))) standing = standing.After(change);
        }

        return standing.State == AccreditationState.InForce && standing.ValidUntil is { } until && at >= until
            ? standing with { State = AccreditationState.Expired, Since = until }
            : standing;
    }

    /// <summary>
    /// Tells when one that is in force stops being so, by its end or by what its accreditor has announced; null while
    /// no such day is set, or while it is not in force.
    /// </summary>
    /// <param name="at">The time.</param>
    public DateTimeOffset? LapsesAfter(DateTimeOffset at)
    {
        if (StandingAt(at).State != AccreditationState.InForce) return null;

        var days = Changes.Select(change => change.EffectiveAt)
            .Concat(Changes.Select(change => change.Statement.ValidUntil).OfType<DateTimeOffset>());
        return days.Where(day => day > at && StandingAt(day, knownAt: at).State != AccreditationState.InForce)
            .Select(day => (DateTimeOffset?)day).Min();
    }
}

/// <summary>One statement about an accreditation.</summary>
/// <param name="Statement">What the accreditor signed.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="ChangedAt">
/// The transaction's own time, or that of the change before if it is later: when it was said. What was anchored before
/// is not judged by it.
/// </param>
/// <param name="TransactionId">The transaction.</param>
public sealed record AccreditationChange(
    AccreditationStatement Statement, string Signature, DateTimeOffset ChangedAt, string TransactionId)
{
    /// <summary>From when on it counts.</summary>
    internal DateTimeOffset EffectiveAt => Statement.Action == AccreditationAction.Grant
        ? Statement.ValidFrom ?? ChangedAt
        : Statement.EffectiveFrom is { } from && from > ChangedAt ? from : ChangedAt;
}

/// <summary>How an accreditation stands at a time.</summary>
public sealed record AccreditationStanding
{
    /// <summary>One of <see cref="AccreditationState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Since when it has stood so.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Until when it counts; none is until it is withdrawn.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>
    /// What is accredited: what lies within all of these, which are the grant's and those narrowings' that are not
    /// within one another. A narrowing that was announced first cannot widen one that was told later.
    /// </summary>
    public IReadOnlyList<AwardScope> Scopes { get; init; } = [new()];

    /// <summary>The scope that was told last.</summary>
    public AwardScope Scope => Scopes[^1];

    /// <summary>Tells whether an achievement is accredited.</summary>
    public bool Covers(AchievementDefinition achievement) => Scopes.All(scope => scope.Covers(achievement, out _));

    /// <summary>Where the last decision that named a place is published.</summary>
    public string? Reference { get; init; }

    internal AccreditationStanding After(AccreditationChange change)
    {
        if (State == AccreditationState.Withdrawn) return this;

        var given = change.Statement;
        var next = this with { Reference = given.Reference ?? Reference };
        return given.Action switch
        {
            AccreditationAction.Grant => next with
            {
                State = AccreditationState.InForce,
                Since = change.EffectiveAt,
                ValidUntil = given.ValidUntil,
                Scopes = [given.Scope ?? new AwardScope()],
            },

            // Nothing is narrowed, suspended or withdrawn that is not there: a grant that does not count, or not yet.
            _ when State == AccreditationState.Absent => this,
            AccreditationAction.Narrow => next with
            {
                ValidUntil = given.ValidUntil < (ValidUntil ?? DateTimeOffset.MaxValue)
                    ? given.ValidUntil : ValidUntil,
                Scopes = given.Scope is { } scope ? Within(scope) : Scopes,
            },
            AccreditationAction.Suspend => next with
            {
                State = AccreditationState.Suspended,
                Since = change.EffectiveAt,
            },
            AccreditationAction.Lift => next with { State = AccreditationState.InForce, Since = change.EffectiveAt },
            AccreditationAction.Withdraw => next with
            {
                State = AccreditationState.Withdrawn,
                Since = change.EffectiveAt,
            },
            _ => this,
        };
    }

    private IReadOnlyList<AwardScope> Within(AwardScope scope) => Scopes.Any(one => one.IsWithin(scope))
        ? Scopes
        : [.. Scopes.Where(one => !scope.IsWithin(one)), scope];
}

/// <summary>What accreditors do.</summary>
public static class AccreditationAction
{
    /// <summary>Accredits, for a scope and a period.</summary>
    public const string Grant = "grant";

    /// <summary>Takes something out of the scope, or brings the end nearer.</summary>
    public const string Narrow = "narrow";

    /// <summary>Suspends it for now.</summary>
    public const string Suspend = "suspend";

    /// <summary>Ends the suspension.</summary>
    public const string Lift = "lift";

    /// <summary>Withdraws it for good.</summary>
    public const string Withdraw = "withdraw";

    /// <summary>All actions.</summary>
    public static readonly IReadOnlyList<string> Values = [Grant, Narrow, Suspend, Lift, Withdraw];
}

/// <summary>How accreditations stand.</summary>
public static class AccreditationState
{
    /// <summary>Not granted, or not from so early on.</summary>
    public const string Absent = "absent";

    /// <summary>It counts.</summary>
    public const string InForce = "inForce";

    /// <summary>It does not count for now.</summary>
    public const string Suspended = "suspended";

    /// <summary>Its period is over.</summary>
    public const string Expired = "expired";

    /// <summary>It was withdrawn.</summary>
    public const string Withdrawn = "withdrawn";
}
