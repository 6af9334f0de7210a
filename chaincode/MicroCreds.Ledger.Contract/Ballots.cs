using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// What the members decide together: who the accreditors are. One institution asks, each member votes once, and the
/// vote that makes more than half of the members does what was asked.
/// </summary>
internal static class Ballots
{
    public static async Task<Written<Ballot>> ProposeAsync(
        TransactionContext context, SignedStatement<BallotStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        SignedStatements.RequireMadeForHere(context, given.Type, BallotStatement.TypeName, given.Ledger, given.MspId);
        Check(given);

        var key = RecordKey.Ballot(given.Id);
        var found = await context.ReadAsync(
            RecordKey.Institution(given.MspId), RecordKey.Members(), key, RecordKey.Consortium(),
            RecordKey.Institution(given.Subject));
        var signingKey = RequireSigned(found[0], found[1], statement, given.MspId, given.KeyId);
        if (LedgerRecords.Parse<Ballot>(found[2]) is { } proposed)
        {
            return LedgerRecords.AreSame(proposed.Statement, given)
                ? new Written<Ballot>(proposed, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.BallotConflict,
                    $"There is a ballot {given.Id} already, which asks something else: give it another id.",
                    "/statement/id");
        }

        SignedStatements.RequireInForce(signingKey);
        RequireClosing(given, context.Time());
        RequireChange(given, LedgerRecords.Parse<Consortium>(found[3]) ?? new Consortium());
        Institutions.RequireRegistered(found[4], given.Subject);

        var record = new Ballot
        {
            Statement = given,
            Signature = statement.Signature,
            ProposedAt = context.Time(),
            State = BallotState.Open,
            TransactionId = context.TransactionId,
        };
        var members = LedgerRecords.ParseMembers(found[1]);
        await context.WriteAsync(key, record, Endorsement.OfAll(members), EventNames.BallotProposed);
        return new Written<Ballot>(record);
    }

    public static async Task<Written<Ballot>> VoteAsync(
        TransactionContext context, SignedStatement<VoteStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        SignedStatements.RequireMadeForHere(context, given.Type, VoteStatement.TypeName, given.Ledger, given.MspId);
        Require.OwnedId(given.Ballot, "/statement/ballot");
        Require.Root(given.Digest, "/statement/digest");
        Require.Fragment(given.KeyId, "/statement/keyId");

        var key = RecordKey.Ballot(given.Ballot);
        var found = await context.ReadAsync(
            RecordKey.Institution(given.MspId), RecordKey.Members(), key, RecordKey.Consortium());
        var members = LedgerRecords.ParseMembers(found[1]);
        var signingKey = RequireSigned(found[0], found[1], statement, given.MspId, given.KeyId);
        var ballot = LedgerRecords.Parse<Ballot>(found[2]) ?? throw Unknown(given.Ballot, "/statement/ballot");
        if (ballot.Votes.FirstOrDefault(vote => vote.Statement.MspId == given.MspId) is { } cast)
        {
            return LedgerRecords.AreSame(cast.Statement, given)
                ? new Written<Ballot>(ballot, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.AlreadyVoted, $"{given.MspId} has voted in {given.Ballot} already: a vote is final.");
        }

        SignedStatements.RequireInForce(signingKey);
        RequireOpen(ballot, given, context.Time());

        var vote = new Vote(given, statement.Signature, context.Time());
        var after = Decide(
            ballot with { Votes = [.. ballot.Votes, vote], TransactionId = context.TransactionId },
            members,
            context.Time());
        var policy = Endorsement.OfAll(members);
        bool isDecided = after.State != BallotState.Open;
        if (after.State == BallotState.Accepted)
        {
            var consortium = LedgerRecords.Parse<Consortium>(found[3]) ?? new Consortium();
            await context.WriteAsync(RecordKey.Consortium(), Apply(consortium, after), policy);
        }

        await context.WriteAsync(key, after, policy, isDecided ? EventNames.BallotDecided : EventNames.Voted);
        return new Written<Ballot>(after);
    }

    public static async Task<Consortium> GetConsortiumAsync(TransactionContext context) =>
        await context.FindAsync<Consortium>(RecordKey.Consortium()) ?? new Consortium();

    public static async Task<Ballot> GetAsync(TransactionContext context, string id)
    {
        Require.OwnedId(id, "/id");
        return await context.FindAsync<Ballot>(RecordKey.Ballot(id))
            ?? throw Refusal.Because(ErrorCodes.NotFound, $"There is no ballot {id}.", "/id");
    }

    public static async Task<Page<Ballot>> ListAsync(TransactionContext context, int pageSize, string bookmark) =>
        await context.PageAsync<Ballot>(new RecordKey(RecordKey.BallotType), pageSize, bookmark);

    private static void Check(BallotStatement given)
    {
        Require.OwnId(given.Id, given.MspId, "/statement/id");
        Require.OneOf(given.Action, "/statement/action", BallotAction.Values);
        Require.MspId(given.Subject, "/statement/subject");
        Require.Fragment(given.KeyId, "/statement/keyId");
        if (given.Reference is not null) Require.Url(given.Reference, "/statement/reference");
    }

    private static SigningKey RequireSigned<T>(
        byte[]? institution, byte[]? members, SignedStatement<T> statement, string mspId, string keyId)
        where T : class
    {
        var registered = Institutions.RequireRegistered(institution, mspId);
        return LedgerRecords.ParseMembers(members).Contains(mspId, StringComparer.Ordinal)
            ? SignedStatements.RequireSigned(registered, statement, keyId)
            : throw Refusal.Because(ErrorCodes.NotAMember, $"{mspId} is no member, and has no vote.");
    }

    private static void RequireClosing(BallotStatement given, DateTimeOffset now)
    {
        if (given.ClosesAt <= now || given.ClosesAt > now.AddDays(Limits.MaxBallotDays))
        {
            throw Require.Invalid(
                "/statement/closesAt", $"must lie ahead, by {Limits.MaxBallotDays} days at most.");
        }
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
                "/statement/subject");
        }
    }

    private static void RequireOpen(Ballot ballot, VoteStatement given, DateTimeOffset now)
    {
        string state = ballot.StateAt(now);
        if (state != BallotState.Open)
        {
            throw Refusal.Because(
                ErrorCodes.BallotClosed,
                $"The ballot {given.Ballot} is {state}: no votes are taken any more. Propose a new one.",
                "/statement/ballot");
        }

        if (given.Digest != StatementDigest.Of(ballot.Statement))
        {
            throw Refusal.Because(
                ErrorCodes.DigestMismatch,
                "The vote is on another question than the one on the ledger: read it, and sign its digest.",
                "/statement/digest");
        }
    }

    private static Ballot Decide(Ballot ballot, IReadOnlyList<string> members, DateTimeOffset now)
    {
        // Only those count who are members when it is decided.
        int majority = (members.Count / 2) + 1;
        var votes = ballot.Votes
            .Where(vote => members.Contains(vote.Statement.MspId, StringComparer.Ordinal)).ToList();
        int approvals = votes.Count(vote => vote.Statement.Approve);
        string state = approvals >= majority ? BallotState.Accepted
            : votes.Count - approvals > members.Count - majority ? BallotState.Rejected
            : BallotState.Open;
        return state == BallotState.Open
            ? ballot
            : ballot with { State = state, DecidedAt = now, Majority = majority };
    }

    /// <summary>Does what was asked; nothing if another ballot has done it meanwhile.</summary>
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

    private static ChaincodeException Unknown(string id, string field) => Refusal.Because(
        ErrorCodes.BallotUnknown, $"There is no ballot {id}: propose it by {TransactionNames.ProposeBallot}.", field);
}
