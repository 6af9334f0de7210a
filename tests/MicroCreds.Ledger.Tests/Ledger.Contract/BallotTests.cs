using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

public sealed class BallotTests(RegisteredLedger ledger) : IClassFixture<RegisteredLedger>
{
    private LedgerMember Aurora => ledger[LedgerFixture.Aurora];

    private LedgerMember Linden => ledger[LedgerFixture.Linden];

    private LedgerMember Tejo => ledger[LedgerFixture.Tejo];

    private LedgerMember Meridian => ledger[LedgerFixture.Meridian];

    [Fact]
    public async Task Vote_AMajority_AdmitsAndRemovesAnAccreditor()
    {
        var admit = Agreed.Ballot(Aurora, Meridian.MspId, BallotAction.AdmitAccreditor);
        await Agreed.SendAsync(Aurora, admit);
        Assert.Equal(BallotState.Open, (await Agreed.SendAsync(Aurora, Agreed.Vote(Aurora, admit))).State);

        // Two of four are half of the members and no more.
        Assert.Equal(BallotState.Open, (await Agreed.SendAsync(Linden, Agreed.Vote(Linden, admit))).State);
        Assert.False((await ConsortiumAsync()).IsAccreditor(Meridian.MspId));
        var decided = await Agreed.SendAsync(Tejo, Agreed.Vote(Tejo, admit));
        Assert.Equal((BallotState.Accepted, 3), (decided.State, decided.Majority));
        Assert.True((await ConsortiumAsync()).IsAccreditor(Meridian.MspId));

        await Refused.SubmitAsync(
            Meridian.Admin, ErrorCodes.BallotClosed, "/statement/ballot", TransactionNames.Vote,
            TestKeys.Sign(Agreed.Vote(Meridian, admit), Meridian.Key));
        await RefuseAsync(
            ErrorCodes.TransitionNotAllowed, "/statement/subject",
            Agreed.Ballot(Aurora, Meridian.MspId, BallotAction.AdmitAccreditor));

        await Agreed.DecideAsync(ledger, Meridian.MspId, BallotAction.RemoveAccreditor);
        var after = await ConsortiumAsync();
        Assert.False(after.IsAccreditor(Meridian.MspId));
        Assert.True(after.IsAccreditor(Meridian.MspId, after.Accreditors[0].Since));
        Assert.False(after.IsAccreditor(Meridian.MspId, after.Accreditors[0].Until!.Value));
    }

    [Fact]
    public async Task Vote_SoManyAgainst_IsRejected()
    {
        var ballot = Agreed.Ballot(Aurora, Linden.MspId, BallotAction.AdmitAccreditor);
        await Agreed.SendAsync(Aurora, ballot);
        await Agreed.SendAsync(Tejo, Agreed.Vote(Tejo, ballot, approve: false));
        var rejected = await Agreed.SendAsync(Meridian, Agreed.Vote(Meridian, ballot, approve: false));
        Assert.Equal(BallotState.Rejected, rejected.State);
        Assert.False((await ConsortiumAsync()).IsAccreditor(Linden.MspId));
    }

    [Fact]
    public async Task Vote_TwiceOrForAnother_IsRefused()
    {
        var ballot = Agreed.Ballot(Aurora, Tejo.MspId, BallotAction.AdmitAccreditor);
        await Agreed.SendAsync(Aurora, ballot);
        var vote = Agreed.Vote(Linden, ballot);
        await Agreed.SendAsync(Linden, vote);

        // The same again finds itself; another one is refused.
        Assert.Single((await Agreed.SendAsync(Linden, vote)).Votes);
        await RefuseAsync(ErrorCodes.AlreadyVoted, null, Linden, vote with { Approve = false });

        // In Tejo's name with Linden's identity: with either key.
        var theirs = Agreed.Vote(Tejo, ballot);
        foreach (var key in new[] { Linden.Key, Tejo.Key })
        {
            await Refused.SubmitAsync(
                Linden.Admin, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.Vote,
                TestKeys.Sign(theirs, key));
        }

        // With Tejo's identity, but not its key; and without the role.
        await Refused.SubmitAsync(
            Tejo.Admin, ErrorCodes.SignatureInvalid, "/signature", TransactionNames.Vote,
            TestKeys.Sign(theirs, Linden.Key));
        await Refused.SubmitAsync(
            Tejo.User, ErrorCodes.RoleMissing, null, TransactionNames.Vote, TestKeys.Sign(theirs, Tejo.Key));
        await RefuseAsync(
            ErrorCodes.DigestMismatch, "/statement/digest", Tejo, theirs with { Digest = Samples.NewRoot() });
        await RefuseAsync(
            ErrorCodes.BallotUnknown, "/statement/ballot", Tejo, theirs with { Ballot = "TejoMSP.none" });
        var standing = await Aurora.EvaluateAsync<Ballot>(TransactionNames.GetBallot, ballot.Id);
        Assert.Equal(Linden.MspId, Assert.Single(standing.Votes).Statement.MspId);
    }

    [Fact]
    public async Task Vote_AfterItClosed_IsRefused()
    {
        var ballot = Agreed.Ballot(Aurora, Tejo.MspId, BallotAction.AdmitAccreditor) with
        {
            ClosesAt = DateTimeOffset.UtcNow.AddSeconds(2),
        };
        var proposed = await Agreed.SendAsync(Aurora, ballot);

        // The ledger's times are whole milliseconds, and the one at which it closes still counts.
        var closed = proposed.Statement.ClosesAt.AddMilliseconds(1);
        await Until.TrueAsync(() => Task.FromResult(DateTimeOffset.UtcNow > closed), () => "the time did not pass");
        await RefuseAsync(ErrorCodes.BallotClosed, "/statement/ballot", Linden, Agreed.Vote(Linden, ballot));
        Assert.Equal(BallotState.Expired, proposed.StateAt(DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Propose_BadBallot_IsRefusedWithItsPlace()
    {
        var ballot = Agreed.Ballot(Aurora, Tejo.MspId, BallotAction.AdmitAccreditor);
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/id", ballot with { Id = "No" });
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/action", ballot with { Action = "appoint" });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/closesAt",
            ballot with { ClosesAt = DateTimeOffset.UtcNow.AddDays(-1) });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/closesAt",
            ballot with { ClosesAt = DateTimeOffset.UtcNow.AddDays(Limits.MaxBallotDays + 2) });
        await RefuseAsync(ErrorCodes.InstitutionUnknown, null, ballot with { Subject = "NobodyMSP" });
        await RefuseAsync(
            ErrorCodes.TransitionNotAllowed, "/statement/subject",
            ballot with { Action = BallotAction.RemoveAccreditor });
        await RefuseAsync(ErrorCodes.WrongLedger, "/statement/ledger", ballot with { Ledger = "elsewhere" });
        await Agreed.SendAsync(Aurora, ballot);
        await RefuseAsync(ErrorCodes.BallotConflict, "/statement/id", ballot with { Subject = Linden.MspId });
        Assert.Equal(ballot.Id, (await Agreed.SendAsync(Aurora, ballot)).Statement.Id);
    }

    private Task<Consortium> ConsortiumAsync() =>
        Linden.EvaluateAsync<Consortium>(TransactionNames.GetConsortium);

    private Task RefuseAsync(string code, string? field, BallotStatement statement) => Refused.SubmitAsync(
        Aurora.Admin, code, field, TransactionNames.ProposeBallot, TestKeys.Sign(statement, Aurora.Key));

    private static Task RefuseAsync(string code, string? field, LedgerMember member, VoteStatement statement) =>
        Refused.SubmitAsync(member.Admin, code, field, TransactionNames.Vote, TestKeys.Sign(statement, member.Key));
}
