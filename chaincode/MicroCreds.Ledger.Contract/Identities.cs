using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Who institutions are: each says it of itself, the others confirm it by a ballot. Only what was confirmed is kept for
/// its owner, so that a claim that nobody confirmed is in nobody's way.
/// </summary>
internal static class Identities
{
    /// <summary>Refuses an identity that says what another institution was confirmed with.</summary>
    public static async ValueTask RequireFreeAsync(
        TransactionContext context, string mspId, InstitutionIdentity identity, string at = "")
    {
        IdentityMark[] marks = [.. identity.Marks()];
        var found = await context.ReadAsync(marks.Select(RecordKey.Identity));
        foreach (var (mark, stored) in marks.Zip(found))
        {
            if (LedgerRecords.Parse<IdentityClaim>(stored) is not { } claim || claim.MspId == mspId) continue;

            throw mark.Kind == IdentityMark.DidKind
                ? Refusal.Because(
                    ErrorCodes.DidConflict,
                    $"The DID is {claim.MspId}'s, which the members confirmed, for ever: name one of your own.",
                    at + mark.Field)
                : Refusal.Because(
                    ErrorCodes.IdentityConflict,
                    $"{mark.Field[1..]} is, or looks like, that of {claim.MspId}, which the members confirmed: name "
                    + "what tells the two apart, or have it given up first.",
                    at + mark.Field);
        }
    }

    /// <summary>Returns the identity that an institution proposes, if it is the one meant.</summary>
    public static InstitutionIdentity RequireProposed(Institution subject, string? digest, string field) =>
        subject.Proposed is { } proposed && proposed.Digest() == digest
            ? proposed
            : throw Refusal.Because(
                ErrorCodes.IdentityUnknown,
                subject.Proposed is null
                    ? $"{subject.MspId} proposes no identity: there is nothing to confirm."
                    : $"{subject.MspId} proposes another identity than the one with this digest: read it, and ask "
                        + "about that one.",
                field);

    /// <summary>Makes a proposed identity the one in force, and keeps its marks for its owner.</summary>
    public static async ValueTask ConfirmAsync(
        TransactionContext context, Institution subject, Ballot ballot, IReadOnlyList<string> members)
    {
        var proposed = RequireProposed(subject, ballot.Statement.Identity, "/statement/ballot");
        await RequireFreeAsync(context, subject.MspId, proposed);
        if (subject.Identities.Count >= Limits.MaxIdentitiesPerInstitution)
        {
            throw Refusal.Because(
                ErrorCodes.LimitReached,
                $"{subject.MspId} was confirmed with {subject.Identities.Count} identities, the most there may be.");
        }

        var at = ballot.DecidedAt!.Value;
        var confirmed = proposed with { ConfirmedAt = at, Ballot = StatementDigest.Of(ballot.Statement) };
        foreach (var mark in confirmed.Marks())
        {
            await context.WriteAsync(
                RecordKey.Identity(mark), new IdentityClaim(mark.Kind, mark.Value, subject.MspId), subject.MspId,
                members);
        }

        var after = subject.With(proposed) with
        {
            Proposed = null,
            Identities =
            [
                .. subject.Identities.Select(identity => identity.Until is null
                    ? identity with { Until = at }
                    : identity),
                confirmed,
            ],
        };
        await context.WriteAsync(RecordKey.Institution(after.MspId), after, after.MspId, members);
    }

    /// <summary>Refuses to free an identity that is in force, or was never confirmed, or is free already.</summary>
    public static InstitutionIdentity RequireReleasable(
        Institution subject, string? digest, IReadOnlyList<string> members, string field)
    {
        var identity = subject.Identities.LastOrDefault(one => one.GivenUpAt is null && one.Digest() == digest)
            ?? throw Refusal.Because(
                ErrorCodes.IdentityUnknown,
                $"{subject.MspId} holds no confirmed identity with this digest: read its record.", field);
        if (identity.Until is null && members.Contains(subject.MspId, StringComparer.Ordinal))
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                $"{subject.MspId} stands by this identity: have another one confirmed first.", field);
        }

        return identity;
    }

    /// <summary>Frees the name and the identifiers of an identity; the DID never is.</summary>
    public static async ValueTask<Institution> ReleaseAsync(
        TransactionContext context, Institution subject, InstitutionIdentity released, IReadOnlyList<string> members)
    {
        // An institution may have come back to it, and was confirmed with it more than once then.
        string digest = released.Digest();
        var after = subject with
        {
            Identities =
            [
                .. subject.Identities.Select(identity => identity.GivenUpAt is null && identity.Digest() == digest
                    ? identity with { GivenUpAt = context.Time() }
                    : identity),
            ],
        };
        string[] kept =
        [
            .. after.Identities.Where(identity => identity.GivenUpAt is null)
                .SelectMany(identity => identity.Marks()).Select(RecordKey.Identity).Select(LedgerRecords.StateKeyOf),
        ];
        foreach (var mark in released.Marks().Where(mark => mark.Kind != IdentityMark.DidKind))
        {
            string key = LedgerRecords.StateKeyOf(RecordKey.Identity(mark));
            if (!kept.Contains(key, StringComparer.Ordinal)) await context.Stub.DeleteStateAsync(key);
        }

        await context.WriteInstitutionAsync(after, members);
        return after;
    }

    /// <summary>The caller's institution frees a name that it does not use any more.</summary>
    public static async Task<Written<Institution>> GiveUpAsync(TransactionContext context, string digest)
    {
        context.RequireRegistrar();
        Require.Root(digest, "/digest");
        string mspId = context.ClientIdentity.MspId;
        var found = await context.ReadAsync(RecordKey.Institution(mspId), RecordKey.Members());
        var institution = Institutions.RequireRegistered(found[0], mspId);
        if (institution.Identities.Any(one => one.GivenUpAt is not null && one.Digest() == digest)
            && institution.Identities.All(one => one.GivenUpAt is not null || one.Digest() != digest))
            return new Written<Institution>(institution, Unchanged: true);

        var members = LedgerRecords.ParseMembers(found[1]);
        var identity = RequireReleasable(institution, digest, members, "/digest");
        return new Written<Institution>(await ReleaseAsync(context, institution, identity, members));
    }
}
