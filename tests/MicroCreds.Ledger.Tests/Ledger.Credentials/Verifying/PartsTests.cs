using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>An award for two credentials of the fixture's cohort.</summary>
public sealed class PartsTests : VerifierFixture
{
    private readonly SampleCohort _award;

    public PartsTests()
    {
        Issuer.Parts = [PartOf(0, "First"), PartOf(1, "Second")];
        _award = Issuer.Issue();
        Ledger.Issuances[_award.Root] = _award.Issuance;
    }

    private byte[] Award => _award.Documents[0];

    [Fact]
    public async Task Parts_ThatStand_PassAndAreNamed()
    {
        var verdict = await VerifyAsync(Award);
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Pass, CheckCodes.PartsStand);
        Assert.Equal(["First", "Second"], verdict.Parts!.Select(part => part.Title));
        Assert.All(verdict.Parts!, part => Assert.Equal(PartStanding.Stands, part.Standing));
        Assert.DoesNotContain("parts", string.Concat(verdict.HeadlineCodes), StringComparison.Ordinal);
        Assert.Equal(3, Ledger.Asked);
    }

    [Fact]
    public async Task Credential_AwardedForNothing_HasNoSuchLine()
    {
        var verdict = await VerifyAsync();
        Assert.DoesNotContain(verdict.Checks, check => check.Name == CheckNames.Parts);
        Assert.Null(verdict.Parts);
    }

    [Theory]
    [InlineData(CredentialState.Revoked, StatusReason.IssuedInError, CheckCodes.Revoked)]
    [InlineData(CredentialState.Revoked, StatusReason.Superseded, CheckCodes.Superseded)]
    [InlineData(CredentialState.Suspended, StatusReason.UnderReview, CheckCodes.Suspended)]
    public async Task PartTakenBackSince_WarnsInTheHead_AlsoOfADocumentSeenBefore(
        string state, string reason, string code)
    {
        await VerifyAsync(Award);
        Ledger.Add(Issuer.SetStatus(Cohort, 1, state, reason));
        var verdict = await VerifyAsync(Award);
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsDoNotStand);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains(CheckCodes.PartsDoNotStand, verdict.HeadlineCodes);
        Assert.Contains("“Second” of AuroraMSP", verdict.Headline, StringComparison.Ordinal);
        Assert.DoesNotContain("“First”", verdict.Headline, StringComparison.Ordinal);
        Assert.Equal([CheckCodes.InForce, code], verdict.Parts!.Select(part => part.Code));
    }

    [Fact]
    public async Task PartOfAnotherLedger_OrWithoutAPlace_IsNotKnown()
    {
        Issuer.Parts =
        [
            PartOf(0, "First"),
            new CredentialPart(SomeId, "Elsewhere", "AbroadMSP", new string('e', 64), 0),
            new CredentialPart(SomeId, "Nowhere", "a name with spaces", "no root", 0),
        ];
        var award = Issuer.Issue();
        Ledger.Issuances[award.Root] = award.Issuance;
        var verdict = await VerifyAsync(award.Documents[0]);
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsNotKnown);
        Assert.Equal(
            [PartStanding.Stands, PartStanding.NotKnown, PartStanding.NotKnown],
            verdict.Parts!.Select(part => part.Standing));
        Assert.Contains(CheckCodes.PartsNotKnown, verdict.HeadlineCodes);
    }

    [Fact]
    public async Task PartWithAForgedStatus_OrAForgedIssuance_DoesNotStand()
    {
        var status = Issuer.SetStatus(Cohort, 0, CredentialState.InForce, null);
        Ledger.Add(status with { Signature = Issuer.SetStatus(Cohort, 1, CredentialState.InForce, null).Signature });
        var forged = await VerifyAsync(Award);
        Assert.Equal(CheckCodes.StatusForged, forged.Parts![0].Code);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with { Signature = _award.Issuance.Signature };
        var verdict = await VerifyAsync(Award);
        Assert.All(verdict.Parts!, part => Assert.Equal(CheckCodes.StatementForged, part.Code));
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsDoNotStand);
    }

    [Fact]
    public async Task ForgedAward_AsksAfterNoPart()
    {
        byte[] forged = Change(Award, award => award["evidence"]![0]!["description"] =
            $"Issued by AuroraMSP, anchored on the ledger at {Cohort.Root}.4");
        var verdict = await VerifyAsync(forged);
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Unknown, CheckCodes.NotChecked);
        Assert.Equal(1, Ledger.Asked);
    }

    [Fact]
    public async Task Evidence_OfTheIssuersOwn_IsNoPart()
    {
        Issuer.Parts = [];
        var own = Issuer.Issue(SampleIssuer.Request() with
        {
            Evidence =
            [
                new CredentialEvidence
                {
                    Name = CredentialPart.Genre,
                    Description = $"Issued by AuroraMSP, anchored on the ledger at {Cohort.Root}.0",
                },
            ],
        });
        Ledger.Issuances[own.Root] = own.Issuance;
        Assert.Null((await VerifyAsync(own.Documents[0])).Parts);
    }

    [Fact]
    public async Task Parts_BeyondTheMost_AreNotAskedAfter_AndNotKnown()
    {
        const int TooMany = PartsCheck.MaxAsked + 2;
        Issuer.Parts = [.. Enumerable.Repeat(PartOf(0, "First"), TooMany)];
        var award = Issuer.Issue();
        Ledger.Issuances[award.Root] = award.Issuance;
        var verdict = await VerifyAsync(award.Documents[0]);
        Assert.Equal(1 + PartsCheck.MaxAsked, Ledger.Asked);
        Assert.Equal(2, verdict.Parts!.Count(part => part.Standing == PartStanding.NotKnown));
        AssertLine(verdict, CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsNotKnown);
    }

    [Fact]
    public async Task Parts_OfALedgerThatNeverAnswers_AreNotKnownInTime()
    {
        var verifier = new CredentialVerifier(
            new SilentLedger(Ledger, _award.Root), Time, new VerificationOptions { Ledger = LedgerName });
        var asked = verifier.VerifyAsync(Award, TestContext.Current.CancellationToken).AsTask();
        Assert.False(asked.IsCompleted);
        Time.Advance(PartsCheck.MaxTime);
        var verdict = await asked;
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.All(verdict.Parts!, part => Assert.Equal(CheckCodes.LedgerUnreachable, part.Code));
    }

    private static string SomeId => "urn:uuid:0197b0a0-0000-7000-8000-000000000001";

    private CredentialPart PartOf(int index, string title) => new(
        (string)JsonNode.Parse(Cohort.Documents[index])!["id"]!, title, "AuroraMSP", Cohort.Root, index);

    /// <summary>A ledger that answers about one issuance, and about others never.</summary>
    private sealed class SilentLedger(SampleLedger ledger, string answered) : ILedgerView
    {
        public async ValueTask<AnchorView> FindAnchorAsync(
            string mspId, string root, int index, AchievementReference? achievement,
            CancellationToken cancellationToken)
        {
            if (root != answered) await Task.Delay(Timeout.Infinite, cancellationToken);
            return await ledger.FindAnchorAsync(mspId, root, index, achievement, cancellationToken);
        }
    }
}
