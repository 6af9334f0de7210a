using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class AgreementTests(RegisteredLedger ledger)
{
    private LedgerMember Aurora => ledger[LedgerFixture.Aurora];

    private LedgerMember Linden => ledger[LedgerFixture.Linden];

    private LedgerMember Tejo => ledger[LedgerFixture.Tejo];

    [Fact]
    public async Task Agreement_ProposedAcceptedAmendedLeft_KeepsEveryPart()
    {
        var terms = Agreed.Agreement(Aurora, Linden);
        var proposed = await Agreed.SendAsync(Aurora, terms);
        Assert.Equal([Linden.MspId], proposed.Newest.Awaits);
        Assert.Null(proposed.Newest.AcceptedAt);
        var acceptance = Agreed.Acceptance(Linden, terms);
        var accepted = await Agreed.SendAsync(Linden, acceptance);
        Assert.NotNull(accepted.Newest.AcceptedAt);
        Assert.Single((await Agreed.SendAsync(Linden, acceptance)).Newest.Acceptances);

        // Linden amends, and the old version rules until Aurora accepts.
        var amended = terms with { Version = 2, MspId = Linden.MspId, KeyId = Linden.KeyId, NoticeDays = 30 };
        var pending = await Agreed.SendAsync(Linden, amended);
        Assert.Equal(1, pending.VersionAt(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow)!.Terms.Version);
        var second = await Agreed.SendAsync(Aurora, Agreed.Acceptance(Aurora, amended));
        var since = second.Newest.AcceptedAt!.Value;
        Assert.Equal(2, second.VersionAt(since, since)!.Terms.Version);
        Assert.Equal(1, second.VersionAt(since.AddMilliseconds(-1), since)!.Terms.Version);

        await Refused.SubmitAsync(
            Aurora.Admin, ErrorCodes.NoticeTooShort, "/statement/endsAt", TransactionNames.LeaveAgreement,
            TestKeys.Sign(Agreed.Notice(Aurora, terms.Id, DateTimeOffset.UtcNow.AddDays(29)), Aurora.Key));
        var left = await Agreed.SendAsync(Aurora, Agreed.Notice(Aurora, terms.Id));
        Assert.Equal(30, Math.Round((left.LeavesAt(Aurora.MspId)!.Value - since).TotalDays));
        var read = await Tejo.EvaluateAsync<Agreement>(TransactionNames.GetAgreement, terms.Id);
        Assert.True(CanonicalJson.Serialize(left).AsSpan().SequenceEqual(CanonicalJson.Serialize(read)));
        await RefuseAsync(
            ErrorCodes.AgreementClosed, "/statement/agreement", Aurora, TransactionNames.LeaveAgreement,
            Agreed.Notice(Aurora, terms.Id, DateTimeOffset.UtcNow.AddDays(60)));
        await RefuseAsync(
            ErrorCodes.AgreementClosed, "/statement/parties", Linden, TransactionNames.ProposeAgreement,
            amended with { Version = 3 });
    }

    [Fact]
    public async Task Agreement_OfSeveral_IsInForceOnceAllAccepted()
    {
        var terms = Agreed.Agreement(Aurora, Linden, Tejo);
        await Agreed.SendAsync(Aurora, terms);
        var one = await Agreed.SendAsync(Linden, Agreed.Acceptance(Linden, terms));
        Assert.Equal([Tejo.MspId], one.Newest.Awaits);
        var both = await Agreed.SendAsync(Tejo, Agreed.Acceptance(Tejo, terms));
        Assert.Empty(both.Newest.Awaits);

        // Nobody is amended out, and nobody from outside amends.
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/parties", Aurora, TransactionNames.ProposeAgreement,
            terms with { Version = 2, Parties = [Aurora.MspId, Linden.MspId] });
        var stranger = ledger[LedgerFixture.Meridian];
        await RefuseAsync(
            ErrorCodes.NotAParty, "/statement/mspId", stranger, TransactionNames.ProposeAgreement,
            terms with
            {
                Version = 2,
                MspId = stranger.MspId,
                Parties = [Aurora.MspId, Linden.MspId, stranger.MspId, Tejo.MspId],
            });

        // Once one has left, the others go on without it.
        await Agreed.SendAsync(Tejo, Agreed.Notice(Tejo, terms.Id));
        await Agreed.SendAsync(
            Aurora, terms with { Version = 2, Parties = [Aurora.MspId, Linden.MspId] });
    }

    [Fact]
    public async Task Accept_ForAnotherOrOtherWords_IsRefused()
    {
        var terms = Agreed.Agreement(Aurora, Linden);
        await Agreed.SendAsync(Aurora, terms);
        var theirs = Agreed.Acceptance(Linden, terms);
        foreach (var key in new[] { Aurora.Key, Linden.Key })
        {
            await Refused.SubmitAsync(
                Aurora.Admin, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.AcceptAgreement,
                TestKeys.Sign(theirs, key));
        }

        await RefuseAsync(
            ErrorCodes.AgreementClosed, "/statement/version", Aurora, TransactionNames.AcceptAgreement,
            Agreed.Acceptance(Aurora, terms));
        await RefuseAsync(
            ErrorCodes.NotAParty, "/statement/mspId", Tejo, TransactionNames.AcceptAgreement,
            Agreed.Acceptance(Tejo, terms));
        await RefuseAsync(
            ErrorCodes.DigestMismatch, "/statement/digest", Linden, TransactionNames.AcceptAgreement,
            theirs with { Digest = StatementDigest.Of(terms with { NoticeDays = 1 }) });
        await RefuseAsync(
            ErrorCodes.AgreementUnknown, "/statement/version", Linden, TransactionNames.AcceptAgreement,
            theirs with { Version = 2 });
        await Refused.SubmitAsync(
            Linden.User, ErrorCodes.RoleMissing, null, TransactionNames.AcceptAgreement,
            TestKeys.Sign(theirs, Linden.Key));
        var standing = await Tejo.EvaluateAsync<Agreement>(TransactionNames.GetAgreement, terms.Id);
        Assert.Equal([Linden.MspId], standing.Newest.Awaits);
    }

    [Fact]
    public async Task Propose_RewritingAVersion_IsRefused()
    {
        var terms = Agreed.Agreement(Aurora, Linden);
        await Agreed.SendAsync(Aurora, terms);
        await RefuseAsync(
            ErrorCodes.AgreementConflict, "/statement/version", Aurora, TransactionNames.ProposeAgreement,
            terms with { NoticeDays = 5 });

        // A newer proposal takes the place of one that is not accepted yet.
        await Agreed.SendAsync(Aurora, terms with { Version = 2 });
        await RefuseAsync(
            ErrorCodes.AgreementClosed, "/statement/version", Linden, TransactionNames.AcceptAgreement,
            Agreed.Acceptance(Linden, terms));

        // And what its proposer has taken back is accepted by nobody.
        await Agreed.SendAsync(Aurora, Agreed.Notice(Aurora, terms.Id));
        await RefuseAsync(
            ErrorCodes.AgreementClosed, "/statement/version", Linden, TransactionNames.AcceptAgreement,
            Agreed.Acceptance(Linden, terms with { Version = 2 }));
    }

    [Fact]
    public async Task Propose_BadAgreement_IsRefusedWithItsPlace()
    {
        var terms = Agreed.Agreement(Aurora, Linden);
        var clause = terms.Clauses[0];
        await BadAsync("/statement/parties", terms with { Parties = [Aurora.MspId] });
        await BadAsync("/statement/parties", terms with { Parties = [Linden.MspId, Tejo.MspId] });
        await BadAsync("/statement/parties/1", terms with { Parties = [Linden.MspId, Aurora.MspId] });
        await BadAsync("/statement/clauses", terms with { Clauses = [] });
        await BadAsync("/statement/clauses/1/id", terms with { Clauses = [clause, clause] });
        await BadAsync(
            "/statement/clauses/0/awardedBy", terms with { Clauses = [clause with { AwardedBy = [Tejo.MspId] }] });
        await BadAsync(
            "/statement/clauses/0/creditRatio", terms with { Clauses = [clause with { Credits = 4 }] });
        await BadAsync(
            "/statement/clauses/0/equivalent",
            terms with { Clauses = [clause with { Equivalent = new AchievementReference("a", 1) }] });
        await BadAsync(
            "/statement/clauses/0/grades/1/from",
            terms with
            {
                Clauses = [clause with { Grades = [new GradeConversion("A", "1"), new GradeConversion("A", "2")] }],
            });
        await BadAsync("/statement/validUntil", terms with { ValidUntil = terms.ValidFrom });
        await BadAsync("/statement/validUntil", terms with { ValidUntil = terms.ValidFrom.AddHours(1) });
        await RefuseAsync(
            ErrorCodes.AchievementUnknown, "/statement/clauses/0/equivalent", Aurora,
            TransactionNames.ProposeAgreement,
            terms with
            {
                Clauses =
                [
                    clause with
                    {
                        RecognizedBy = [Linden.MspId],
                        Equivalent = new AchievementReference("nothing-such", 1),
                    },
                ],
            });
        await RefuseAsync(
            ErrorCodes.InstitutionUnknown, "/statement/parties/1", Aurora, TransactionNames.ProposeAgreement,
            terms with { Parties = [Aurora.MspId, "NobodyMSP"] });
        await RefuseAsync(
            ErrorCodes.SequenceConflict, "/statement/version", Aurora, TransactionNames.ProposeAgreement,
            terms with { Version = 2 });

        Task BadAsync(string field, AgreementStatement wrong) => RefuseAsync(
            ErrorCodes.InvalidValue, field, Aurora, TransactionNames.ProposeAgreement, wrong);
    }

    private static Task RefuseAsync<T>(
        string code, string? field, LedgerMember member, string transaction, T statement)
        where T : class =>
        Refused.SubmitAsync(member.Admin, code, field, transaction, TestKeys.Sign(statement, member.Key));
}
