using MicroCreds.Ledger.Credentials.Verifying;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class ValidityPeriodTests : VerifierFixture
{
    [Theory]
    [InlineData(-3, "notYetValid")] // minutes after validFrom; two are allowed for the issuer's clock
    [InlineData(-1, "withinPeriod")]
    [InlineData(0, "withinPeriod")]
    [InlineData(59, "withinPeriod")]
    [InlineData(60, "expired")] // validUntil itself is past
    [InlineData(61, "expired")]
    public async Task Verify_AroundThePeriodsEnds_IsExact(int minutes, string code)
    {
        var cohort = Issuer.Issue(SampleIssuer.Request() with { ValidUntil = SampleIssuer.IssuedAt.AddHours(1) });
        Ledger.Issuances[cohort.Root] = cohort.Issuance;
        var verifier = new CredentialVerifier(
            Ledger,
            new FakeTimeProvider(SampleIssuer.IssuedAt.AddMinutes(minutes)),
            new VerificationOptions { Ledger = LedgerName });
        var verdict = await verifier.VerifyAsync(cohort.Documents[0], TestContext.Current.CancellationToken);
        if (code == CheckCodes.WithinPeriod) Assert.Equal(VerdictKind.Valid, verdict.Kind);
        else AssertFails(verdict, CheckNames.ValidityPeriod, code);
    }
}
