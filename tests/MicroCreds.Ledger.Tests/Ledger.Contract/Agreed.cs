using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// Ballots, accreditations and agreements that the contract accepts, to be spoilt one member at a time.
/// </summary>
internal static class Agreed
{
    public static BallotStatement Ballot(LedgerMember member, string subject, string action, string? id = null) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Id = OwnedName.Of(member.MspId, id ?? Samples.NewId()),
        Action = action,
        Subject = subject,
        ClosesAt = DateTimeOffset.UtcNow.AddDays(30),
        KeyId = member.KeyId,
    };

    public static VoteStatement Vote(LedgerMember member, BallotStatement ballot, bool approve = true) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Ballot = ballot.Id,
        Digest = StatementDigest.Of(ballot),
        Approve = approve,
        KeyId = member.KeyId,
    };

    public static async Task<Ballot> SendAsync(LedgerMember member, BallotStatement statement) =>
        (await LedgerMember.SubmitAsync<Ballot>(
            member.Admin, TransactionNames.ProposeBallot, TestKeys.Sign(statement, member.Key))).Record;

    public static async Task<Ballot> SendAsync(LedgerMember member, VoteStatement statement) =>
        (await LedgerMember.SubmitAsync<Ballot>(
            member.Admin, TransactionNames.Vote, TestKeys.Sign(statement, member.Key))).Record;

    /// <summary>Asks and has three of the four members agree.</summary>
    public static async Task DecideAsync(LedgerFixture ledger, string subject, string action)
    {
        var consortium = await ledger[LedgerFixture.Aurora].EvaluateAsync<Consortium>(TransactionNames.GetConsortium);
        if (consortium.IsAccreditor(subject) == (action == BallotAction.AdmitAccreditor)) return;

        var ballot = Ballot(ledger[LedgerFixture.Aurora], subject, action);
        await SendAsync(ledger[LedgerFixture.Aurora], ballot);
        foreach (var member in ledger.Members.Take(3)) await SendAsync(member, Vote(member, ballot));
    }

    /// <summary>Has those vote for a ballot who have not, until it is accepted.</summary>
    public static async Task AcceptAsync(LedgerFixture ledger, string id)
    {
        var ballot = await ledger[LedgerFixture.Aurora].EvaluateAsync<Ballot>(TransactionNames.GetBallot, id);
        var members = await ledger[LedgerFixture.Aurora].EvaluateAsync<Members>(TransactionNames.GetMembers);
        foreach (var member in ledger.Members.Reverse())
        {
            if (ballot.State != BallotState.Open) return;

            if (members.Former.Any(former => former.MspId == member.MspId)) continue;

            if (ballot.Votes.Any(vote => vote.Statement.MspId == member.MspId)) continue;

            await member.EnsureVoterAsync();
            ballot = await SendAsync(member, Vote(member, ballot.Statement));
        }
    }

    public static AccreditationStatement Grant(LedgerMember accreditor, string institution, string? id = null) => new()
    {
        Ledger = accreditor.Ledger,
        MspId = accreditor.MspId,
        Institution = institution,
        Id = id ?? Samples.NewId(),
        Sequence = 1,
        Action = AccreditationAction.Grant,
        Scope = new AwardScope { Levels = [5, 6, 7], Fields = ["06", "07"] },
        ValidFrom = DateTimeOffset.UtcNow.AddDays(-10),
        ValidUntil = DateTimeOffset.UtcNow.AddDays(365),
        Reference = "https://www.meridian.example/decisions/1",
        KeyId = accreditor.KeyId,
    };

    public static AccreditationStatement Next(AccreditationStatement before, string action) => before with
    {
        Sequence = before.Sequence + 1,
        Action = action,
        Scope = null,
        ValidFrom = null,
        ValidUntil = null,
    };

    public static async Task<Accreditation> SendAsync(LedgerMember accreditor, AccreditationStatement statement) =>
        (await LedgerMember.SubmitAsync<Accreditation>(
            accreditor.Admin, TransactionNames.SetAccreditation, TestKeys.Sign(statement, accreditor.Key))).Record;

    public static AgreementStatement Agreement(LedgerMember member, params LedgerMember[] others) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Id = OwnedName.Of(member.MspId, Samples.NewId()),
        Version = 1,
        Name = "Recognition of short courses",
        Parties = [.. others.Append(member).Select(one => one.MspId).Order(StringComparer.Ordinal)],
        Clauses = [new AgreementClause { Id = "all", CreditRatio = 0.8 }],
        ValidFrom = DateTimeOffset.UtcNow.AddDays(-1),
        NoticeDays = 0,
        KeyId = member.KeyId,
    };

    public static AcceptanceStatement Acceptance(LedgerMember member, AgreementStatement terms) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Agreement = terms.Id,
        Version = terms.Version,
        Digest = StatementDigest.Of(terms),
        KeyId = member.KeyId,
    };

    public static NoticeStatement Notice(LedgerMember member, string agreement, DateTimeOffset? endsAt = null) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Agreement = agreement,
        EndsAt = endsAt,
        KeyId = member.KeyId,
    };

    public static async Task<Agreement> SendAsync(LedgerMember member, AgreementStatement statement) =>
        (await LedgerMember.SubmitAsync<Agreement>(
            member.Admin, TransactionNames.ProposeAgreement, TestKeys.Sign(statement, member.Key))).Record;

    public static async Task<Agreement> SendAsync(LedgerMember member, AcceptanceStatement statement) =>
        (await LedgerMember.SubmitAsync<Agreement>(
            member.Admin, TransactionNames.AcceptAgreement, TestKeys.Sign(statement, member.Key))).Record;

    public static async Task<Agreement> SendAsync(LedgerMember member, NoticeStatement statement) =>
        (await LedgerMember.SubmitAsync<Agreement>(
            member.Admin, TransactionNames.LeaveAgreement, TestKeys.Sign(statement, member.Key))).Record;
}
