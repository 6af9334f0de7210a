using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// What the members decide together: who the accreditors are, who is who, who is a member. One institution asks, each
/// that may vote does so once, and the vote that makes more than half of them does what was asked.
/// </summary>
internal static class Ballots
{
    public static async Task<Written<Ballot>> ProposeAsync(
        TransactionContext context, SignedStatement<BallotStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, BallotStatement.TypeName, given.Ledger, given.MspId);
        Check(given);

        var key = RecordKey.Ballot(given.Id);
        var found = await context.ReadAsync(
            RecordKey.Institution(given.MspId), RecordKey.Members(), key);
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
        var members = LedgerRecords.Parse<Members>(found[1])!;
        await BallotEffects.RequireChangeAsync(context, given, members);

        var record = new Ballot
        {
            Statement = given,
            Signature = statement.Signature,
            ProposedAt = context.Time(),
            State = BallotState.Open,
            TransactionId = context.TransactionId,
        };
        await context.WriteAsync(key, record, Endorsement.OfAll(members.MspIds), EventNames.BallotProposed);
        return new Written<Ballot>(record);
    }

    public static async Task<Written<Ballot>> VoteAsync(
        TransactionContext context, SignedStatement<VoteStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, VoteStatement.TypeName, given.Ledger, given.MspId);
        Require.OwnedId(given.Ballot, "/statement/ballot");
        Require.Root(given.Digest, "/statement/digest");
        Require.Fragment(given.KeyId, "/statement/keyId");

        var key = RecordKey.Ballot(given.Ballot);
        var found = await context.ReadAsync(
            RecordKey.Institution(given.MspId), RecordKey.Members(), key);
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
        RequireOpen(ballot, context.Time());
        RequireQuestion(ballot, given);
        var members = LedgerRecords.Parse<Members>(found[1])!;
        RequireVoter(ballot.Statement, members, given.MspId);

        var vote = new Vote(given, statement.Signature, context.Time());
        var after = Decide(
            ballot with { Votes = [.. ballot.Votes, vote], TransactionId = context.TransactionId },
            members.MspIds,
            context.Time());
        await WriteAsync(context, key, after, members);
        return new Written<Ballot>(after);
    }

    /// <summary>
    /// Counts an open ballot anew: after members left, the votes that were cast may be more than half of those who are
    /// still there. Any member may ask for it.
    /// </summary>
    public static async Task<Written<Ballot>> CountAsync(TransactionContext context, string id)
    {
        context.RequireRegistrar();
        Require.OwnedId(id, "/id");
        var key = RecordKey.Ballot(id);
        var found = await context.ReadAsync(RecordKey.Members(), key);
        var members = LedgerRecords.Parse<Members>(found[0]) ?? new Members([]);
        MemberList.RequireMember(members.MspIds, context.ClientIdentity.MspId);
        var ballot = LedgerRecords.Parse<Ballot>(found[1]) ?? throw Unknown(id, "/id");
        if (ballot.StateAt(context.Time()) != BallotState.Open) return new Written<Ballot>(ballot, Unchanged: true);

        var after = Decide(ballot, members.MspIds, context.Time());
        if (after.State == BallotState.Open) return new Written<Ballot>(ballot, Unchanged: true);

        after = after with { TransactionId = context.TransactionId };
        await WriteAsync(context, key, after, members);
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

        const string Field = "/statement/identity";
        bool isAboutIdentity = BallotAction.AboutIdentity.Contains(given.Action, StringComparer.Ordinal);
        if (isAboutIdentity) Require.Root(given.Identity, Field);
        else if (given.Identity is not null) throw Require.Invalid(Field, $"has no place in {given.Action}.");
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

    private static void RequireOpen(Ballot ballot, DateTimeOffset now)
    {
        string state = ballot.StateAt(now);
        if (state != BallotState.Open)
        {
            throw Refusal.Because(
                ErrorCodes.BallotClosed,
                $"The ballot {ballot.Statement.Id} is {state}: no votes are taken any more. Propose a new one.",
                "/statement/ballot");
        }
    }

    private static void RequireQuestion(Ballot ballot, VoteStatement given)
    {
        if (given.Digest != StatementDigest.Of(ballot.Statement))
        {
            throw Refusal.Because(
                ErrorCodes.DigestMismatch,
                "The vote is on another question than the one on the ledger: read it, and sign its digest.",
                "/statement/digest");
        }
    }

    private static void RequireVoter(BallotStatement asked, Members members, string mspId)
    {
        if (!BallotAction.Electorate(asked.Action, asked.Subject, members.MspIds)
            .Contains(mspId, StringComparer.Ordinal))
        {
            throw Refusal.Because(
                ErrorCodes.NotAMember, $"{mspId} is whom {asked.Action} is about: the others decide it.");
        }
    }

    private static Ballot Decide(Ballot ballot, IReadOnlyList<string> members, DateTimeOffset now)
    {
        // Only those count who may vote when it is decided.
        var voters = BallotAction.Electorate(ballot.Statement.Action, ballot.Statement.Subject, members);
        int majority = (voters.Count / 2) + 1;
        var votes = ballot.Votes
            .Where(vote => voters.Contains(vote.Statement.MspId, StringComparer.Ordinal)).ToList();
        int approvals = votes.Count(vote => vote.Statement.Approve);
        string state = approvals >= majority ? BallotState.Accepted
            : votes.Count - approvals > voters.Count - majority ? BallotState.Rejected
            : BallotState.Open;
        return state == BallotState.Open
            ? ballot
            : ballot with { State = state, DecidedAt = now, Majority = majority };
    }

    private static async ValueTask WriteAsync(
        TransactionContext context, RecordKey key, Ballot ballot, Members members)
    {
        var present = ballot.State == BallotState.Accepted
            ? await BallotEffects.ApplyAsync(context, ballot, members)
            : members.MspIds;
        string eventName = ballot.State == BallotState.Open ? EventNames.Voted : EventNames.BallotDecided;
        await context.WriteAsync(key, ballot, Endorsement.OfAll(present), eventName);
    }

    private static ChaincodeException Unknown(string id, string field) => Refusal.Because(
        ErrorCodes.BallotUnknown, $"There is no ballot {id}: propose it by {TransactionNames.ProposeBallot}.", field);
}
