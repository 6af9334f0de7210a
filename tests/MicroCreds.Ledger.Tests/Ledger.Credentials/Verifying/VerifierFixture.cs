using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>A cohort of five credentials on a ledger, and a verifier of it.</summary>
public abstract class VerifierFixture : IDisposable
{
    internal const string LedgerName = SampleIssuer.Ledger;

    private protected VerifierFixture()
    {
        Issuer = new SampleIssuer();
        Cohort = Issuer.Issue([.. Enumerable.Range(0, 5).Select(i => SampleIssuer.Request($"Learner Nr. {i}"))]);
        Ledger = SampleLedger.Of(Issuer, Cohort);
        Time = new FakeTimeProvider(SampleIssuer.IssuedAt.AddDays(2));
        Verifier = new CredentialVerifier(Ledger, Time, new VerificationOptions { Ledger = LedgerName });
    }

    internal SampleIssuer Issuer { get; }

    internal SampleCohort Cohort { get; set; }

    internal SampleLedger Ledger { get; }

    internal FakeTimeProvider Time { get; }

    internal CredentialVerifier Verifier { get; }

    internal byte[] Document => Cohort.Documents[3];

    public void Dispose()
    {
        Issuer.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<Verdict> VerifyAsync(byte[]? document = null) =>
        await Verifier.VerifyAsync(document ?? Document, TestContext.Current.CancellationToken);

    /// <summary>Changes a document without signing it anew.</summary>
    internal static byte[] Change(byte[] document, Action<JsonObject> change)
    {
        var changed = JsonNode.Parse(document)!.AsObject();
        change(changed);
        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }

    internal void RefreshInstitution() => Ledger.Institutions[Issuer.Institution.MspId] = Issuer.Institution;

    internal static Check Line(Verdict verdict, string check) =>
        Assert.Single(verdict.Checks, line => line.Name == check);

    internal static void AssertLine(Verdict verdict, string check, CheckOutcome outcome, string code)
    {
        var line = Line(verdict, check);
        Assert.Equal((outcome, code), (line.Outcome, line.Code));
    }

    internal static void AssertFails(Verdict verdict, string check, string code)
    {
        AssertLine(verdict, check, CheckOutcome.Fail, code);
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
        Assert.NotNull(Line(verdict, check).NextStep);
    }

    internal static void AssertUnknown(Verdict verdict, string check, string code)
    {
        AssertLine(verdict, check, CheckOutcome.Unknown, code);
        Assert.NotEqual(VerdictKind.Valid, verdict.Kind);
    }
}
