using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class LedgerReachTests : VerifierFixture
{
    [Fact]
    public async Task Verify_LedgerUnreachable_IsIndeterminate()
    {
        Ledger.IsUnavailable = true;
        var verdict = await VerifyAsync();
        foreach (string check in new[]
            { CheckNames.Signature, CheckNames.Anchor, CheckNames.IssuerKey, CheckNames.Status })
        {
            AssertUnknown(verdict, check, CheckCodes.LedgerUnreachable);
        }

        AssertLine(verdict, CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed);
        AssertLine(verdict, CheckNames.ValidityPeriod, CheckOutcome.Pass, CheckCodes.WithinPeriod);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Null(verdict.AsOf);
    }

    [Fact]
    public async Task Verify_LedgerUnreachableAndLetterChanged_IsInvalid()
    {
        Ledger.IsUnavailable = true;
        AssertFails(
            await VerifyAsync(Change(Document, root => root["name"] = "Another title")),
            CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Fact]
    public async Task Verify_LedgerUnreachableAndExpired_IsInvalid()
    {
        var cohort = Issuer.Issue(SampleIssuer.Request() with { ValidUntil = SampleIssuer.IssuedAt.AddDays(1) });
        Ledger.IsUnavailable = true;
        AssertFails(await VerifyAsync(cohort.Documents[0]), CheckNames.ValidityPeriod, CheckCodes.Expired);
    }

    [Fact]
    public async Task Verify_AnotherFaultOfTheView_IsNotTakenForAnAnswer()
    {
        var verifier = new CredentialVerifier(
            new BrokenLedger(), Time, new VerificationOptions { Ledger = LedgerName });
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await verifier.VerifyAsync(Document, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1, -10, true)] // a moment ago, and the view ends before it
    [InlineData(1, 1, true)] // a moment ago, and the view is just past it
    [InlineData(4, 1, true)]
    [InlineData(6, -10, false)] // more than five minutes ago
    [InlineData(1, 10, false)] // the view has long passed the time it claims
    [InlineData(-1, -10, true)] // the issuer's clock is a little ahead
    [InlineData(-10, -10, false)] // it claims to come from the future
    public async Task Verify_NotAnchoredAndIssuedAMomentAgo_IsToBeAskedAgain(
        int minutesAgo, int viewAheadMinutes, bool isUnknown)
    {
        Ledger.Issuances.Clear();
        Ledger.AsOf = new LedgerMoment(9, SampleIssuer.IssuedAt.AddMinutes(viewAheadMinutes));
        var verifier = new CredentialVerifier(
            Ledger,
            new FakeTimeProvider(SampleIssuer.IssuedAt.AddMinutes(minutesAgo)),
            new VerificationOptions { Ledger = LedgerName });
        AssertMissing(await verifier.VerifyAsync(Document, TestContext.Current.CancellationToken), isUnknown);
    }

    [Fact]
    public async Task Verify_NotAnchoredLongAgoAndViewKnowsNoHeight_IsInvalid()
    {
        Ledger.Issuances.Clear();
        Ledger.AsOf = null;
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.NotAnchored);
    }

    private static void AssertMissing(Verdict verdict, bool isUnknown)
    {
        if (isUnknown)
        {
            AssertUnknown(verdict, CheckNames.Anchor, CheckCodes.NotAnchoredYet);
            Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        }
        else
        {
            AssertFails(verdict, CheckNames.Anchor, CheckCodes.NotAnchored);
        }
    }

    private sealed class BrokenLedger : ILedgerView
    {
        public ValueTask<AnchorView> FindAnchorAsync(
            string mspId, string root, int index, AchievementReference? achievement,
            CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A programming mistake.");
    }
}
