using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class AccreditationTests(RegisteredLedger ledger)
{
    private LedgerMember Aurora => ledger[LedgerFixture.Aurora];

    private LedgerMember Meridian => ledger[LedgerFixture.Meridian];

    [Fact]
    public async Task SetAccreditation_GrantNarrowSuspendLiftWithdraw_KeepsTheHistory()
    {
        await AdmitAsync();
        var grant = Agreed.Grant(Meridian, Aurora.MspId);
        Assert.Single((await Agreed.SendAsync(Meridian, grant)).Changes);
        Assert.Single((await Agreed.SendAsync(Meridian, grant)).Changes);
        var narrow = Agreed.Next(grant, AccreditationAction.Narrow) with
        {
            Scope = new AwardScope { Levels = [6], Fields = ["061"] },
        };
        await Agreed.SendAsync(Meridian, narrow);
        var suspend = Agreed.Next(narrow, AccreditationAction.Suspend);
        await Agreed.SendAsync(Meridian, suspend);
        var lift = Agreed.Next(suspend, AccreditationAction.Lift);
        await Agreed.SendAsync(Meridian, lift);
        var withdraw = Agreed.Next(lift, AccreditationAction.Withdraw);
        var record = await Agreed.SendAsync(Meridian, withdraw);

        string[] states =
        [
            AccreditationState.InForce, AccreditationState.InForce, AccreditationState.Suspended,
            AccreditationState.InForce, AccreditationState.Withdrawn,
        ];
        Assert.Equal(states, record.Changes.Select(change => record.StandingAt(change.ChangedAt).State));
        Assert.Equal([5, 6, 7], record.StandingAt(record.Changes[0].ChangedAt).Scope.Levels);
        Assert.Equal([6], record.StandingAt(record.Changes[1].ChangedAt).Scope.Levels);
        Assert.Equal(AccreditationState.Absent, record.StandingAt(grant.ValidFrom!.Value.AddDays(-1)).State);
        await RefuseAsync(
            ErrorCodes.TransitionNotAllowed, "/statement/action", Agreed.Next(withdraw, AccreditationAction.Lift));
    }

    [Fact]
    public async Task GetAccreditationRecords_OfMoreThanAPage_AnswersAllOfThem()
    {
        await AdmitAsync();
        string[] ids = [.. Enumerable.Range(0, Limits.MaxPageSize + 1).Select(_ => Samples.NewId())];
        await Parallel.ForEachAsync(
            ids, async (id, _) => await Agreed.SendAsync(Meridian, Agreed.Grant(Meridian, LedgerFixture.Tejo, id)));
        var records = await Aurora.EvaluateAsync<AccreditationRecords>(
            TransactionNames.GetAccreditationRecords, LedgerFixture.Tejo, "any", 1);
        Assert.Empty(ids.Except(records.Accreditations.Select(one => one.Id)));
    }

    [Fact]
    public async Task SetAccreditation_WithEffectLater_ShowsOnThatDayAndNotBefore()
    {
        await AdmitAsync();
        var grant = Agreed.Grant(Meridian, Aurora.MspId);
        await Agreed.SendAsync(Meridian, grant);
        var day = DateTimeOffset.UtcNow.AddDays(40);
        var withdrawn = await Agreed.SendAsync(
            Meridian, Agreed.Next(grant, AccreditationAction.Withdraw) with { EffectiveFrom = day });
        Assert.Equal(AccreditationState.InForce, withdrawn.StandingAt(day.AddSeconds(-1)).State);
        Assert.Equal(AccreditationState.Withdrawn, withdrawn.StandingAt(day).State);

        // A suspension can still come first.
        var suspended = await Agreed.SendAsync(
            Meridian, Agreed.Next(grant, AccreditationAction.Suspend) with { Sequence = 3 });
        Assert.Equal(AccreditationState.Suspended, suspended.StandingAt(day.AddSeconds(-1)).State);
        Assert.Equal(AccreditationState.Withdrawn, suspended.StandingAt(day.AddDays(1)).State);
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/effectiveFrom",
            Agreed.Next(grant, AccreditationAction.Lift) with
            {
                Sequence = 4,
                EffectiveFrom = DateTimeOffset.UtcNow.AddDays(-1),
            });
    }

    [Fact]
    public void StandingAt_AfterItsEnd_IsExpired()
    {
        var until = DateTimeOffset.UnixEpoch.AddDays(10);
        var statement = new AccreditationStatement
        {
            Ledger = "l",
            MspId = "A",
            Institution = "B",
            Id = "a",
            Sequence = 1,
            Action = AccreditationAction.Grant,
            Scope = new AwardScope(),
            ValidFrom = DateTimeOffset.UnixEpoch,
            ValidUntil = until,
            KeyId = "k",
        };
        var record = new Accreditation
        {
            MspId = "B",
            Accreditor = "A",
            Id = "a",
            Changes = [new AccreditationChange(statement, "", DateTimeOffset.UnixEpoch, "t")],
        };
        Assert.Equal(AccreditationState.InForce, record.StandingAt(until.AddMilliseconds(-1)).State);
        Assert.Equal(AccreditationState.Expired, record.StandingAt(until).State);
        Assert.Equal(AccreditationState.Absent, record.StandingAt(until, _ => false).State);
    }

    [Fact]
    public async Task SetAccreditation_ByWhoIsNoAccreditor_IsRefused()
    {
        await Refused.SubmitAsync(
            Aurora.Admin, ErrorCodes.NotAnAccreditor, "/statement/mspId", TransactionNames.SetAccreditation,
            TestKeys.Sign(Agreed.Grant(Aurora, LedgerFixture.Linden), Aurora.Key));
    }

    [Fact]
    public async Task SetAccreditation_OfAnothersAccreditation_IsRefused()
    {
        await AdmitAsync();
        var grant = Agreed.Grant(Meridian, LedgerFixture.Linden);
        await Agreed.SendAsync(Meridian, grant);
        var withdraw = Agreed.Next(grant, AccreditationAction.Withdraw);

        // In Meridian's name with the own identity, with either key; then in the own name, about Meridian's.
        foreach (var key in new[] { Aurora.Key, Meridian.Key })
        {
            await Refused.SubmitAsync(
                Aurora.Admin, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.SetAccreditation,
                TestKeys.Sign(withdraw, key));
        }

        await Refused.SubmitAsync(
            Aurora.Admin, ErrorCodes.AccreditationUnknown, "/statement/id", TransactionNames.SetAccreditation,
            TestKeys.Sign(withdraw with { MspId = Aurora.MspId }, Aurora.Key));
        var records = await Aurora.EvaluateAsync<AccreditationRecords>(
            TransactionNames.GetAccreditationRecords, LedgerFixture.Linden, "any", 1);
        Assert.Single(records.Accreditations, one => one.Id == grant.Id && one.Changes.Count == 1);
        Assert.Contains(records.Accreditors, one => one.MspId == Meridian.MspId);
        Assert.Null(records.Achievement);
    }

    [Fact]
    public async Task GetVerificationRecords_TellsAnchorAndAccreditation_ForWhatTheIssuanceAttests()
    {
        await AdmitAsync();
        var grant = Agreed.Grant(Meridian, Aurora.MspId);
        await Agreed.SendAsync(Meridian, grant);
        var issued = await Samples.IssueAsync(Aurora);
        var attested = issued.Statement.Achievements[0];
        foreach (var (id, version) in new[] { (attested.Id, attested.Version), ("", 0) })
        {
            var found = await AskAsync(issued.Statement.Root, id, version);
            Assert.Equal(issued.Statement.Root, found.Anchor.Issuance!.Statement.Root);
            Assert.Equal(Aurora.MspId, found.Anchor.Institution!.MspId);
            Assert.Equal(attested.Id, found.Accreditation!.Achievement!.Id);
            Assert.Contains(found.Accreditation.Accreditations, one => one.Id == grant.Id);
            Assert.Contains(found.Accreditation.Accreditors, one => one.MspId == Meridian.MspId);
        }

        var other = await AskAsync(issued.Statement.Root, "something-else", 1);
        Assert.NotNull(other.Anchor.Issuance);
        Assert.Null(other.Accreditation);
        var nothing = await AskAsync(Samples.NewRoot(), "", 0);
        Assert.Null(nothing.Anchor.Issuance);

        Task<VerificationRecords> AskAsync(string root, string id, int version) =>
            Aurora.EvaluateAsync<VerificationRecords>(
                TransactionNames.GetVerificationRecords, Aurora.MspId, root, 0, id, version);
    }

    [Fact]
    public async Task SetAccreditation_BadStatement_IsRefusedWithItsPlace()
    {
        await AdmitAsync();
        var grant = Agreed.Grant(Meridian, Aurora.MspId);
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/scope", grant with { Scope = null });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/scope/levels/1",
            grant with { Scope = new AwardScope { Levels = [6, 6] } });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/scope/fields/0",
            grant with { Scope = new AwardScope { Fields = ["physics"] } });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/validUntil", grant with { ValidUntil = grant.ValidFrom });
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/institution", grant with { Institution = Meridian.MspId });
        await RefuseAsync(ErrorCodes.InstitutionUnknown, null, grant with { Institution = "NobodyMSP" });
        await RefuseAsync(ErrorCodes.SequenceConflict, "/statement/sequence", grant with { Sequence = 2 });
        await Agreed.SendAsync(Meridian, grant);
        var narrow = Agreed.Next(grant, AccreditationAction.Narrow);
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/scope", narrow);
        foreach (var wider in new[]
        {
            new AwardScope(), new AwardScope { Levels = [6, 8], Fields = ["06"] },
            new AwardScope { Levels = [6], Fields = ["01"] },
        })
        {
            await RefuseAsync(ErrorCodes.InvalidValue, "/statement/scope", narrow with { Scope = wider });
        }

        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/validUntil",
            narrow with { ValidUntil = grant.ValidUntil!.Value.AddDays(1) });
    }

    private Task AdmitAsync() => Agreed.DecideAsync(ledger, Meridian.MspId, BallotAction.AdmitAccreditor);

    private Task RefuseAsync(string code, string? field, AccreditationStatement statement) => Refused.SubmitAsync(
        Meridian.Admin, code, field, TransactionNames.SetAccreditation, TestKeys.Sign(statement, Meridian.Key));
}
