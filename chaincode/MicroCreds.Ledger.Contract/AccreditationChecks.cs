using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Refuses statements on accreditations that are not as they may be.</summary>
internal static class AccreditationChecks
{
    /// <summary>Refuses what is wrong with the statement by itself.</summary>
    public static void Check(AccreditationStatement given)
    {
        Require.MspId(given.Institution, "/statement/institution");
        Require.Id(given.Id, "/statement/id");
        Require.Fragment(given.KeyId, "/statement/keyId");
        Require.OneOf(given.Action, "/statement/action", AccreditationAction.Values);
        if (given.Reference is not null) Require.Url(given.Reference, "/statement/reference");
        if (given.Institution == given.MspId)
            throw Require.Invalid("/statement/institution", "must be another institution: nobody accredits itself.");

        // However often it was suspended, it can always be withdrawn.
        int most = Limits.MaxAccreditationChanges + (given.Action == AccreditationAction.Withdraw ? 1 : 0);
        Require.Range(given.Sequence, "/statement/sequence", 1, most);
        bool isGrant = given.Action == AccreditationAction.Grant;
        bool isScoped = isGrant || given.Action == AccreditationAction.Narrow;
        Belongs(given.Scope is null || isScoped, "/statement/scope", "granting and narrowing");
        Belongs(given.ValidUntil is null || isScoped, "/statement/validUntil", "granting and narrowing");
        Belongs(given.ValidFrom is null || isGrant, "/statement/validFrom", "granting");
        Belongs(given.EffectiveFrom is null || !isGrant, "/statement/effectiveFrom", "changing what was granted");
        if (given.Scope?.Check("/statement/scope") is { } fault)
            throw Refusal.Because(fault.Code, fault.Message, fault.Field);
        if (isGrant) CheckGrant(given);
        else if (given is { Action: AccreditationAction.Narrow, Scope: null, ValidUntil: null })
            throw Require.Invalid("/statement/scope", "is missing: say what is left, or bring validUntil nearer.");
    }

    /// <summary>Refuses what does not follow on what was said before.</summary>
    public static void RequireNext(Accreditation? before, AccreditationStatement given, DateTimeOffset now)
    {
        if (before is null && given.Action != AccreditationAction.Grant)
        {
            throw Refusal.Because(
                ErrorCodes.AccreditationUnknown,
                $"{given.MspId} has granted {given.Institution} no accreditation {given.Id}: only who granted it "
                + "changes it.",
                "/statement/id");
        }

        int expected = (before?.Changes.Count ?? 0) + 1;
        if (given.Sequence != expected)
        {
            throw Refusal.Because(
                ErrorCodes.SequenceConflict,
                $"The sequence is {given.Sequence} where {expected} is next: read the accreditation as it stands, and "
                + "sign a new statement if it is still wanted.",
                "/statement/sequence");
        }

        if (given.EffectiveFrom < now)
        {
            throw Require.Invalid(
                "/statement/effectiveFrom",
                "must not lie in the past: what was anchored before stands. Leave it out for at once.");
        }

        if (before is not null) RequireTransition(before, given, now);
    }

    private static void CheckGrant(AccreditationStatement given)
    {
        if (given.Scope is null)
        {
            throw Require.Invalid(
                "/statement/scope", "is missing: name levels, fields or achievements; an empty one is all of them.");
        }

        if (given.ValidFrom is null) throw Require.Invalid("/statement/validFrom", "is missing: say from when on.");

        if (given.ValidUntil <= given.ValidFrom)
            throw Require.Invalid("/statement/validUntil", "must be later than validFrom.");
    }

    private static void RequireTransition(Accreditation before, AccreditationStatement given, DateTimeOffset now)
    {
        var standing = before.StandingAt(now);
        bool isAllowed = given.Action switch
        {
            AccreditationAction.Narrow => standing.State is AccreditationState.Absent or AccreditationState.InForce
                or AccreditationState.Suspended,
            AccreditationAction.Suspend => standing.State is AccreditationState.Absent or AccreditationState.InForce,
            AccreditationAction.Lift => standing.State == AccreditationState.Suspended,
            AccreditationAction.Withdraw => standing.State != AccreditationState.Withdrawn,
            _ => false,
        };
        if (!isAllowed)
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                given.Action == AccreditationAction.Grant
                    ? "It is granted already: grant what is wider, or lasts longer, under another id."
                    : $"The accreditation is {standing.State}, which does not allow to {given.Action} it.",
                "/statement/action");
        }

        if (given.Action == AccreditationAction.Narrow) RequireNarrower(before, given, standing, now);
    }

    private static void RequireNarrower(
        Accreditation before, AccreditationStatement given, AccreditationStanding standing, DateTimeOffset now)
    {
        // Before it begins, what was granted is what there is to narrow.
        bool isAbsent = standing.State == AccreditationState.Absent;
        var granted = before.Changes[0].Statement;
        IReadOnlyList<AwardScope> scopes = isAbsent ? [granted.Scope!] : standing.Scopes;
        var until = isAbsent ? granted.ValidUntil : standing.ValidUntil;
        if (given.Scope is { } narrowed && !scopes.All(narrowed.IsWithin))
        {
            throw Require.Invalid(
                "/statement/scope", "must lie within what was granted: grant what is wider under another id.");
        }

        if (given.ValidUntil is { } end && (end < now || end > until))
        {
            throw Require.Invalid(
                "/statement/validUntil", "must not lie in the past, nor behind the end that it has now.");
        }
    }

    private static void Belongs(bool holds, string field, string action)
    {
        if (!holds) throw Require.Invalid(field, $"belongs to {action} alone: leave it out.");
    }
}
