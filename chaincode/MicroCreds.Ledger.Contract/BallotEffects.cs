using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>What may be asked, and what happens once a majority has said yes.</summary>
internal static class BallotEffects
{
    private const string SubjectField = "/statement/subject";
    private const string IdentityField = "/statement/identity";

    /// <summary>Refuses a question that would change nothing.</summary>
    public static async ValueTask RequireChangeAsync(
        TransactionContext context, BallotStatement given, Members members)
    {
        var found = await context.ReadAsync(RecordKey.Consortium(), RecordKey.Institution(given.Subject));
        switch (given.Action)
        {
            case BallotAction.AdmitAccreditor or BallotAction.RemoveAccreditor:
                RequireChange(given, LedgerRecords.Parse<Consortium>(found[0]) ?? new Consortium());
                Institutions.RequireRegistered(found[1], given.Subject);
                break;
            case BallotAction.ConfirmIdentity:
                var claimant = Institutions.RequireRegistered(found[1], given.Subject);
                var proposed = Identities.RequireProposed(claimant, given.Identity, IdentityField);
                await Identities.RequireFreeAsync(context, given.Subject, proposed, IdentityField);
                break;
            case BallotAction.GiveUpIdentity:
                var holder = Institutions.RequireRegistered(found[1], given.Subject);
                Identities.RequireReleasable(holder, given.Identity, members.MspIds, IdentityField);
                break;
            case BallotAction.RemoveMember:
                RequireMember(members, given.Subject);
                break;
            case BallotAction.AdmitMember:
                RequireRemoved(members, given.Subject);
                await RequireWritableAsync(context, given.Subject, [.. members.MspIds, given.Subject]);
                break;
        }
    }

    /// <summary>Does what was asked; nothing if that has happened meanwhile.</summary>
    /// <returns>The members as they are then.</returns>
    public static async ValueTask<IReadOnlyList<string>> ApplyAsync(
        TransactionContext context, Ballot ballot, Members members)
    {
        var given = ballot.Statement;
        if (given.Action is BallotAction.RemoveMember or BallotAction.AdmitMember)
            return (await ApplyAsync(context, given, ballot.DecidedAt!.Value, members)).MspIds;

        var found = await context.ReadAsync(RecordKey.Consortium(), RecordKey.Institution(given.Subject));
        if (BallotAction.AboutIdentity.Contains(given.Action, StringComparer.Ordinal))
        {
            var subject = Institutions.RequireRegistered(found[1], given.Subject);
            await ApplyAsync(context, ballot, subject, members.MspIds);
            return members.MspIds;
        }

        var consortium = LedgerRecords.Parse<Consortium>(found[0]) ?? new Consortium();
        await context.WriteAsync(
            RecordKey.Consortium(), Apply(consortium, ballot), Endorsement.OfAll(members.MspIds));
        return members.MspIds;
    }

    private static async ValueTask<Members> ApplyAsync(
        TransactionContext context, BallotStatement given, DateTimeOffset at, Members members)
    {
        bool isMember = members.MspIds.Contains(given.Subject, StringComparer.Ordinal);
        var after = given.Action == BallotAction.RemoveMember
            ? isMember
                ? MemberList.Without(members, new FormerMember(given.Subject, at, StatementDigest.Of(given)))
                : members
            : members with { Former = [.. members.Former.Where(former => former.MspId != given.Subject)] };
        await MemberList.WriteAsync(context, after);
        return after;
    }

    private static async ValueTask ApplyAsync(
        TransactionContext context, Ballot ballot, Institution subject, IReadOnlyList<string> members)
    {
        if (ballot.Statement.Action == BallotAction.ConfirmIdentity)
        {
            await Identities.ConfirmAsync(context, subject, ballot, members);
            return;
        }

        var released = Identities.RequireReleasable(
            subject, ballot.Statement.Identity, members, "/statement/ballot");
        await Identities.ReleaseAsync(context, subject, released, members);
    }

    private static void RequireChange(BallotStatement given, Consortium consortium)
    {
        bool isAccreditor = consortium.IsAccreditor(given.Subject);
        if (isAccreditor == (given.Action == BallotAction.AdmitAccreditor))
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                isAccreditor
                    ? $"{given.Subject} is an accreditor already."
                    : $"{given.Subject} is no accreditor: there is nothing to remove.",
                SubjectField);
        }
    }

    private static void RequireMember(Members members, string subject)
    {
        if (!members.MspIds.Contains(subject, StringComparer.Ordinal))
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed, $"{subject} is no member: there is nothing to remove.", SubjectField);
        }

        if (members.MspIds.Count <= 1)
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed, $"{subject} is the last member: somebody has to stay.", SubjectField);
        }
    }

    private static void RequireRemoved(Members members, string subject)
    {
        if (members.Former.All(former => former.MspId != subject))
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                $"{subject} has not left: it is a member, or will be once it registers.",
                SubjectField);
        }
    }

    /// <summary>
    /// Refuses to take back whom it would not help: while it was away, nobody could make its records' policies anew.
    /// </summary>
    private static async ValueTask RequireWritableAsync(
        TransactionContext context, string subject, IReadOnlyList<string> members)
    {
        string key = LedgerRecords.StateKeyOf(RecordKey.Institution(subject));
        var policy = await context.Stub.GetStateValidationParameterAsync(key);
        if (policy is not null && !RecordPolicies.SatisfiedBy(policy, members))
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                $"{subject} could change none of its records: they ask for the endorsements of members who have left "
                + "since. Take enough of those back first, or have it join as a new member under another MSP; what "
                + "it issued verifies either way.",
                SubjectField);
        }
    }

    private static Consortium Apply(Consortium consortium, Ballot ballot)
    {
        var (subject, id, at) = (ballot.Statement.Subject, ballot.Statement.Id, ballot.DecidedAt!.Value);
        if (ballot.Statement.Action == BallotAction.RemoveAccreditor)
        {
            return new Consortium
            {
                Accreditors =
                [
                    .. consortium.Accreditors.Select(term => term.MspId == subject && term.Until is null
                        ? term with { Until = at, RemovedBy = id }
                        : term),
                ],
            };
        }

        if (consortium.IsAccreditor(subject)) return consortium;

        if (consortium.Accreditors.Count >= Limits.MaxAccreditorTerms)
        {
            throw Refusal.Because(
                ErrorCodes.LimitReached,
                $"The consortium has admitted {consortium.Accreditors.Count} accreditors, the most there may be.");
        }

        var admitted = new AccreditorTerm { MspId = subject, Since = at, Ballot = id };
        return new Consortium { Accreditors = [.. consortium.Accreditors, admitted] };
    }
}
