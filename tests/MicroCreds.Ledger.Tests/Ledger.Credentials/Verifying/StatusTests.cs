using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class StatusTests : VerifierFixture
{
    private const int Index = 3;

    [Fact]
    public async Task Verify_Revoked_IsInvalidAndTheOthersStand()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Revoked, StatusReason.Misconduct));
        var verdict = await VerifyAsync();
        AssertFails(verdict, CheckNames.Status, CheckCodes.Revoked);
        Assert.Contains("misconduct", Line(verdict, CheckNames.Status).Detail, StringComparison.Ordinal);
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
        AssertLine(verdict, CheckNames.Anchor, CheckOutcome.Pass, CheckCodes.Anchored);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(Cohort.Documents[2])).Kind);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(Cohort.Documents[4])).Kind);
    }

    [Fact]
    public async Task Verify_Superseded_IsInvalidAndNamesTheNewOne()
    {
        var next = new CredentialReference(new string('c', 64), 0, "urn:uuid:9e0fbd36-51a5-4a3c-8a5d-2f6b1d6b0c11");
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Revoked, StatusReason.Superseded, next));
        var verdict = await VerifyAsync();
        AssertFails(verdict, CheckNames.Status, CheckCodes.Superseded);
        Assert.Equal(next, verdict.ReplacedBy);
        Assert.Contains(next.Id, Line(verdict, CheckNames.Status).NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SuspendedThenReinstated_IsInvalidThenValidWithANotice()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Suspended, StatusReason.UnderReview));
        AssertFails(await VerifyAsync(), CheckNames.Status, CheckCodes.Suspended);
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.InForce, null));
        var verdict = await VerifyAsync();
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal(CheckCodes.ReinstatedEarlier, Assert.Single(verdict.Notices).Code);
    }

    [Fact]
    public async Task Verify_RevokedByAnotherKeyOfTheIssuer_IsInvalid()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Revoked, StatusReason.Other, signedBy: "key-2"));
        AssertFails(await VerifyAsync(), CheckNames.Status, CheckCodes.Revoked);
    }

    [Theory]
    [InlineData(CredentialState.InForce)]
    [InlineData(CredentialState.Revoked)]
    [InlineData(CredentialState.Suspended)]
    public async Task Verify_StatusWithForgedSignature_IsInvalid(string state)
    {
        using var foreign = new SampleIssuer("BorealMSP", "boreal.example");
        var status = Issuer.SetStatus(Cohort, Index, state, null);
        var replacedBy = new CredentialReference(
            new string('c', 64), 0, "urn:uuid:9e0fbd36-51a5-4a3c-8a5d-2f6b1d6b0c11");
        Ledger.Add(status with
        {
            Statement = status.Statement with { ReplacedBy = replacedBy },
            Signature = SampleIssuer.Sign(status.Statement, foreign.Key),
        });
        var verdict = await VerifyAsync();
        AssertFails(verdict, CheckNames.Status, CheckCodes.StatusForged);
        Assert.Null(verdict.ReplacedBy);
    }

    public static TheoryData<string, Func<StatusStatement, StatusStatement>> Misplaced => new()
    {
        { "another credential's", statement => statement with { Index = 2 } },
        { "another issuance's", statement => statement with { Root = new string('c', 64) } },
        { "another ledger's", statement => statement with { Ledger = "elsewhere" } },
        { "another institution's", statement => statement with { MspId = "BorealMSP" } },
        { "another kind of statement", statement => statement with { Type = "Issuance" } },
        { "a key that is not registered", statement => statement with { KeyId = "key-9" } },
    };

    [Theory]
    [MemberData(nameof(Misplaced), DisableDiscoveryEnumeration = true)]
    public async Task Verify_GoodNewsAboutSomethingElse_IsInvalid(
        string what, Func<StatusStatement, StatusStatement> change)
    {
        var statement = change(Issuer.SetStatus(Cohort, Index, CredentialState.InForce, null).Statement);
        Ledger.Statuses[(Cohort.Root, Index)] = new Status
        {
            Statement = statement,
            Signature = SampleIssuer.Sign(statement, Issuer.Key),
            ChangedAt = SampleIssuer.IssuedAt.AddDays(1),
            TransactionId = new string('b', 64),
        };
        var verdict = await VerifyAsync();
        Assert.True(verdict.Kind == VerdictKind.Invalid, what);
        AssertFails(verdict, CheckNames.Status, CheckCodes.StatusForged);
    }

    [Fact]
    public async Task Verify_StateOfAKindNotKnown_IsIndeterminate()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, "paused", null));
        var verdict = await VerifyAsync();
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.StatusUnknown);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Fact]
    public async Task Verify_ReinstatedWithAStolenKey_IsIndeterminate()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.InForce, null));
        Issuer.SetKeyLife(key => key with
        {
            CompromisedSince = SampleIssuer.IssuedAt.AddHours(2),
            RevokedAt = SampleIssuer.IssuedAt.AddDays(2),
        });
        RefreshInstitution();
        var verdict = await VerifyAsync();
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.StatusKeyCompromised);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Fact]
    public async Task Verify_RevokedWithAKeyWithdrawnSince_StaysRevoked()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Revoked, StatusReason.Withdrawn));
        Issuer.SetKeyLife(key => key with { RevokedAt = SampleIssuer.IssuedAt.AddDays(2) });
        RefreshInstitution();
        AssertFails(await VerifyAsync(), CheckNames.Status, CheckCodes.Revoked);
    }
}
