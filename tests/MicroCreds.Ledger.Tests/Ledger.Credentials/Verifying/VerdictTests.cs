using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class VerdictTests : VerifierFixture
{
    private static readonly string[] AllChecks =
        ["format", "signature", "anchor", "issuerKey", "status", "validityPeriod", "accreditation"];

    [Fact]
    public async Task Verify_EachOfACohort_IsValid()
    {
        foreach (byte[] document in Cohort.Documents)
        {
            var verdict = await VerifyAsync(document);
            Assert.All(verdict.Checks.SkipLast(1), check => Assert.Equal(CheckOutcome.Pass, check.Outcome));
            AssertLine(verdict, CheckNames.Accreditation, CheckOutcome.Warning, CheckCodes.AccreditationNotKnown);
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            Assert.Equal(AllChecks, verdict.Checks.Select(check => check.Name));
            Assert.Empty(verdict.Notices);
            Assert.Equal(Ledger.AsOf, verdict.AsOf);
        }
    }

    [Fact]
    public async Task Verify_Ed25519Issuer_IsValid()
    {
        using var issuer = new SampleIssuer("BorealMSP", "boreal.example", KeyAlgorithm.Ed25519);
        var cohort = issuer.Issue();
        var verifier = new CredentialVerifier(
            SampleLedger.Of(issuer, cohort), Time, new VerificationOptions { Ledger = LedgerName });
        var verdict = await verifier.VerifyAsync(cohort.Documents[0], TestContext.Current.CancellationToken);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains("eddsa-jcs-2022", Encoding.UTF8.GetString(cohort.Documents[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_PrettyPrintedAndReordered_IsValid()
    {
        var source = JsonNode.Parse(Document)!.AsObject();
        var reordered = new JsonObject();
        foreach (var (name, value) in source.Reverse()) reordered[name] = value?.DeepClone();
        string text = reordered.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(Encoding.UTF8.GetBytes(text))).Kind);
    }

    [Fact]
    public async Task Verify_Twice_RemembersTheStatementButStillAsksTheLedger()
    {
        await VerifyAsync();
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);
        Assert.Equal(2, Ledger.Asked);

        // What was remembered is this statement under this signature, and no other.
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with
        {
            Statement = Cohort.Issuance.Statement with { StatusOffset = 1 },
        };
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Fact]
    public async Task Verdict_AsJson_HasTheNamesOfTheInterface()
    {
        var verdict = await VerifyAsync();
        var json = JsonSerializer.SerializeToNode(verdict, JsonSerializerOptions.Web)!;
        Assert.Equal("valid", json["verdict"]!.GetValue<string>());
        Assert.Equal("format", json["checks"]![0]!["check"]!.GetValue<string>());
        Assert.Equal("pass", json["checks"]![0]!["outcome"]!.GetValue<string>());
        Assert.Equal("wellFormed", json["checks"]![0]!["code"]!.GetValue<string>());
        Assert.Equal(9, json["asOf"]!["block"]!.GetValue<int>());
        Assert.Equal("python-basics", json["credential"]!["achievement"]!.GetValue<string>());
    }

    [Fact]
    public void KindOf_AnyFailIsInvalid_AnyUnknownIsNeverValid()
    {
        var pass = new Check("a", CheckOutcome.Pass, "a", "a");
        var unknown = new Check("b", CheckOutcome.Unknown, "b", "b");
        var fail = new Check("c", CheckOutcome.Fail, "c", "c");
        Assert.Equal(VerdictKind.Valid, Verdict.KindOf([pass, pass]));
        Assert.Equal(VerdictKind.Indeterminate, Verdict.KindOf([pass, unknown]));
        Assert.Equal(VerdictKind.Invalid, Verdict.KindOf([pass, unknown, fail]));
        Assert.Equal(VerdictKind.Invalid, Verdict.KindOf([fail, pass]));
        Assert.Equal(VerdictKind.Indeterminate, Verdict.KindOf([]));
        var warning = new Check("d", CheckOutcome.Warning, "d", "d");
        Assert.Equal(VerdictKind.Valid, Verdict.KindOf([pass, warning]));
        Assert.Equal(VerdictKind.Indeterminate, Verdict.KindOf([unknown, warning]));
        Assert.Equal(CheckOutcome.Unknown, default);
    }
}
