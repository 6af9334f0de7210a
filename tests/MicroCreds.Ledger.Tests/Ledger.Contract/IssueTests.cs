using System.Security.Cryptography;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class IssueTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Aurora];

    private LedgerMember Other => ledger[LedgerFixture.Linden];

    [Fact]
    public async Task Issue_IsAnchoredForEveryMember()
    {
        var issued = await Samples.IssueAsync(Member);
        foreach (var member in ledger.Members)
        {
            var anchor = await member.EvaluateAsync<Anchor>(
                TransactionNames.GetAnchor, issued.Statement.MspId, issued.Statement.Root, 9);
            Assert.Equal(
                CanonicalJson.Serialize(issued.Statement), CanonicalJson.Serialize(anchor.Issuance!.Statement));
            Assert.Null(anchor.Status);
            var key = anchor.Institution!.Keys.Single(k => k.Id == issued.Statement.KeyId);
            Assert.True(Statements.Verify(
                new SignedStatement<IssuanceStatement>(anchor.Issuance.Statement, anchor.Issuance.Signature),
                StatementKey.Of(key)));
        }
    }

    [Fact]
    public async Task Issue_Again_IsUnchanged_AlsoSignedAnew()
    {
        var statement = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        var first = await IssueAsync(statement);
        var second = await IssueAsync(statement);
        Assert.False(first.Unchanged);
        Assert.True(second.Unchanged);
        Assert.Equal(first.Record.TransactionId, second.Record.TransactionId);
        Assert.Equal(first.Record.Signature, second.Record.Signature);
        await RefuseAsync(ErrorCodes.IssuanceConflict, "/statement/root", statement with { Size = 11 });
    }

    [Fact]
    public async Task Issue_RootThatAnotherAnchoredFirst_IsItsIssuersAllTheSame()
    {
        // An endorsing peer sees a root before it is committed, and its owner can anchor it first, in its own name.
        var own = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        var taken = Samples.Issuance(Other, await Samples.PublishAsync(Other)) with { Root = own.Root };
        foreach (var (member, statement) in new[] { (Other, taken), (Member, own) })
        {
            var written = await LedgerMember.SubmitAsync<Issuance>(
                member.User, TransactionNames.Issue, TestKeys.Sign(statement, member.Key));
            Assert.False(written.Unchanged);
            var anchor = await Other.EvaluateAsync<Anchor>(
                TransactionNames.GetAnchor, member.MspId, statement.Root, 0);
            Assert.Equal(member.MspId, anchor.Issuance!.Statement.MspId);
        }
    }

    [Theory]
    [InlineData("/statement/type", ErrorCodes.WrongStatementType, """{"type":"Status"}""")]
    [InlineData("/statement/ledger", ErrorCodes.WrongLedger, """{"ledger":"another-channel"}""")]
    [InlineData("/statement/mspId", ErrorCodes.WrongInstitution, """{"mspId":"LindenMSP"}""")]
    [InlineData("/statement/root", ErrorCodes.InvalidValue, """{"root":"00"}""")]
    [InlineData("/statement/size", ErrorCodes.InvalidValue, """{"size":0}""")]
    [InlineData("/statement/size", ErrorCodes.InvalidValue, """{"size":1048577}""")]
    [InlineData("/statement/keyId", ErrorCodes.KeyUnknown, """{"keyId":"key-404"}""")]
    [InlineData("/statement/keyId", ErrorCodes.InvalidValue, """{"keyId":"a\u0000b"}""")]
    [InlineData("/statement/statusList", ErrorCodes.InvalidValue, """{"statusList":"a/b"}""")]
    [InlineData("/statement/statusOffset", ErrorCodes.InvalidValue, """{"statusOffset":-1}""")]
    [InlineData("/statement/statusOffset", ErrorCodes.InvalidValue, """{"statusOffset":2147483647}""")]
    [InlineData("/statement/achievements", ErrorCodes.InvalidValue, """{"achievements":[]}""")]
    [InlineData("/statement/achievements/0", ErrorCodes.InvalidValue, """{"achievements":[null]}""")]
    [InlineData(
        "/statement/achievements/0", ErrorCodes.AchievementUnknown, """{"achievements":[{"id":"x","version":1}]}""")]
    [InlineData(
        "/statement/achievements/1",
        ErrorCodes.InvalidValue,
        """{"achievements":[{"id":"b","version":1},{"id":"a","version":1}]}""")]
    [InlineData(
        "/statement/achievements/1",
        ErrorCodes.InvalidValue,
        """{"achievements":[{"id":"a","version":1},{"id":"a","version":1}]}""")]
    [InlineData(
        "/statement/achievements/0/id", ErrorCodes.InvalidValue, """{"achievements":[{"id":"a\u0000","version":1}]}""")]
    public async Task Issue_BadStatement_IsRefusedWithItsPlace(string field, string code, string members)
    {
        var statement = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        await RefuseAsync(
            code, field, LedgerJson.Deserialize<IssuanceStatement>(Spoilt.With(statement, members)));
    }

    [Fact]
    public async Task Issue_UppercaseRoot_IsRefused()
    {
        var statement = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        await RefuseAsync(
            ErrorCodes.InvalidValue, "/statement/root", statement with { Root = new string('A', 64) });
    }

    [Fact]
    public async Task Issue_AchievementOfAnotherInstitution_IsRefused()
    {
        var theirs = await Samples.PublishAsync(Other);
        await RefuseAsync(
            ErrorCodes.AchievementUnknown, "/statement/achievements/0", Samples.Issuance(Member, theirs));
    }

    [Fact]
    public async Task Issue_AchievementRetired_IsRefused_WhatWasIssuedStands()
    {
        var achievement = await Samples.PublishAsync(Member);
        var before = Samples.Issuance(Member, achievement);
        await IssueAsync(before);
        await LedgerMember.SubmitAsync<Achievement>(
            Member.User, TransactionNames.RetireAchievement, achievement.Id, achievement.Version);
        await RefuseAsync(
            ErrorCodes.AchievementRetired, "/statement/achievements/0", Samples.Issuance(Member, achievement));
        Assert.True((await IssueAsync(before)).Unchanged);
    }

    [Fact]
    public async Task Issue_ForgedOrTampered_IsRefused()
    {
        var statement = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        var mine = TestKeys.Sign(statement, Member.Key);
        await RefuseAsync(ErrorCodes.SignatureInvalid, "/signature", TestKeys.Sign(statement, Other.Key));
        await RefuseAsync(
            ErrorCodes.SignatureInvalid, "/signature", mine with { Statement = statement with { Size = 100_000 } });
        await RefuseAsync(
            ErrorCodes.SignatureInvalid,
            "/signature",
            mine with { Statement = statement with { Root = Samples.NewRoot() } });
        await RefuseAsync(ErrorCodes.SignatureInvalid, "/signature", mine with { Signature = "" });
        await RefuseAsync(ErrorCodes.SignatureInvalid, "/signature", mine with { Signature = mine.Signature + "==" });
    }

    [Fact]
    public async Task Issue_ByAnotherInstitutionInMyName_IsRefused()
    {
        // With a genuine statement of mine in hand: only my own identities may bring it to the ledger.
        var mine = TestKeys.Sign(Samples.Issuance(Member, await Samples.PublishAsync(Member)), Member.Key);
        await Refused.SubmitAsync(
            Other.User, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.Issue, mine);
        await Refused.SubmitAsync(
            NewIdentity.Of(Member, role: null), ErrorCodes.RoleMissing, null, TransactionNames.Issue, mine);
    }

    [Fact]
    public async Task Issue_WithAWithdrawnKey_IsRefused_WhatWasIssuedStands()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string keyId = Samples.NewId();
        await LedgerMember.SubmitAsync<Institution>(Member.Admin, TransactionNames.AddKey, Member.SignKey(key, keyId));
        var achievement = await Samples.PublishAsync(Member);
        var before = TestKeys.Sign(Samples.Issuance(Member, achievement) with { KeyId = keyId }, key);
        await LedgerMember.SubmitAsync<Issuance>(Member.User, TransactionNames.Issue, before);
        await LedgerMember.SubmitAsync<Institution>(
            Member.Admin, TransactionNames.RevokeKey, new KeyRevocation(keyId));
        await RefuseAsync(
            ErrorCodes.KeyRevoked,
            "/statement/keyId",
            TestKeys.Sign(Samples.Issuance(Member, achievement) with { KeyId = keyId }, key));
        var again = await LedgerMember.SubmitAsync<Issuance>(Member.User, TransactionNames.Issue, before);
        Assert.True(again.Unchanged);
    }

    [Fact]
    public async Task Issue_ManyAtOnceByTwoInstitutions_NoneConflicts()
    {
        var achievements = new[] { await Samples.PublishAsync(Member), await Samples.PublishAsync(Other) };
        var calls = Enumerable.Range(0, 40).Select(i =>
        {
            var member = i % 2 == 0 ? Member : Other;
            var statement = TestKeys.Sign(Samples.Issuance(member, achievements[i % 2]), member.Key);

            // Without retries: a single conflict fails the test.
            return member.User.SubmitAsync(TransactionNames.Issue, Refused.OptionsOf(statement));
        });
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Issue_TheSameTwiceAtOnce_IsOnTheLedgerOnce()
    {
        var statement = Samples.Issuance(Member, await Samples.PublishAsync(Member));
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => IssueAsync(statement)));
        Assert.Single(written, w => !w.Unchanged);
        Assert.Single(written.Select(w => w.Record.TransactionId).Distinct());
    }

    [Fact]
    public async Task Issue_LargestBatch_IsAFewKilobytes()
    {
        var achievements = new List<AchievementReference>();
        for (int i = 0; i < Limits.MaxAchievementsPerIssuance; i++)
        {
            achievements.Add(await Samples.PublishAsync(Member));
        }

        var sorted = achievements.OrderBy(a => a.Id, StringComparer.Ordinal).ToArray();
        var statement = Samples.Issuance(Member, sorted) with { Size = Limits.MaxIssuanceSize };
        var transaction = await Member.User.NewProposal(
            TransactionNames.Issue, Refused.OptionsOf(TestKeys.Sign(statement, Member.Key)))
            .EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.InRange(transaction.ToBytes().Length, 1, 64 * 1024);
        var single = Samples.Issuance(Member, sorted[0]) with { Size = Limits.MaxIssuanceSize };
        transaction = await Member.User.NewProposal(
            TransactionNames.Issue, Refused.OptionsOf(TestKeys.Sign(single, Member.Key)))
            .EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.InRange(transaction.ToBytes().Length, 1, 16 * 1024);
        var written = await IssueAsync(single);
        Assert.InRange(CanonicalJson.Serialize(written.Record).Length, 1, 1024);
    }

    [Fact]
    public async Task Issue_TellsItAsAnEvent()
    {
        ulong start = await Member.Network.GetNewestBlockNumberAsync(TestContext.Current.CancellationToken);
        var issued = await Samples.IssueAsync(Member);
        using var timeout = new CancellationTokenSource(EndToEnd.Until.Patience);
        var events = Member.Network.GetChaincodeEvents(
            LedgerFixture.Chaincode, new EventOptions { StartBlock = start }, timeout.Token);
        await foreach (var told in events)
        {
            if (told.TransactionId != issued.TransactionId) continue;

            Assert.Equal(EventNames.Issued, told.EventName);
            Assert.Equal(CanonicalJson.Serialize(issued), told.Payload.ToArray());
            return;
        }

        Assert.Fail("The stream ended without the event.");
    }

    private Task<Written<Issuance>> IssueAsync(IssuanceStatement statement) => LedgerMember.SubmitAsync<Issuance>(
        Member.User, TransactionNames.Issue, TestKeys.Sign(statement, Member.Key));

    private Task RefuseAsync(string code, string field, IssuanceStatement statement) =>
        RefuseAsync(code, field, TestKeys.Sign(statement, Member.Key));

    private Task RefuseAsync(string code, string field, SignedStatement<IssuanceStatement> statement) =>
        Refused.SubmitAsync(Member.User, code, field, TransactionNames.Issue, statement);
}
