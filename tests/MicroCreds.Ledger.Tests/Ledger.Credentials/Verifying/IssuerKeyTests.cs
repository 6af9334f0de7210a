using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class IssuerKeyTests : VerifierFixture
{
    private static DateTimeOffset Anchored => SampleIssuer.IssuedAt;

    [Fact]
    public async Task Verify_ProofByTheIssuersOtherKey_IsValid()
    {
        // A proof is made when it is asked for, by a key in force; which one anchored it stands in the issuance.
        byte[] document = SignAnew(Issuer.OtherKey, Issuer.Institution.Did, "key-2");
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
    }

    [Fact]
    public async Task Verify_AnchorNamesTheIssuersOtherKey_IsInvalid()
    {
        byte[] document = SignAnew(Issuer.OtherKey, Issuer.Institution.Did, "key-2", anchorKeyId: "key-2");
        AssertFails(await VerifyAsync(document), CheckNames.IssuerKey, CheckCodes.OtherKey);
    }

    [Fact]
    public async Task Verify_ProofByTheOtherKeyUnderTheFirstOnesName_IsInvalid() => AssertFails(
        await VerifyAsync(SignAnew(Issuer.OtherKey, Issuer.Institution.Did, "key-1")),
        CheckNames.Signature, CheckCodes.SignatureMismatch);

    [Fact]
    public async Task Verify_ProofByAForeignInstitution_IsInvalid()
    {
        using var foreign = new SampleIssuer("BorealMSP", "boreal.example");
        Ledger.Institutions["BorealMSP"] = foreign.Institution;
        AssertFails(
            await VerifyAsync(SignAnew(foreign.Key, foreign.Institution.Did, "key-1")),
            CheckNames.Signature, CheckCodes.ForeignKey);
        AssertFails(
            await VerifyAsync(SignAnew(foreign.Key, Issuer.Institution.Did, "key-1")),
            CheckNames.Signature, CheckCodes.SignatureMismatch);
    }

    [Fact]
    public async Task Verify_ForeignInstitutionAnchorsInAnothersName_IsInvalid()
    {
        // Boreal writes Aurora's DID on a credential, signs it with its own key and anchors it under its own name.
        using var foreign = new SampleIssuer("BorealMSP", "boreal.example");
        foreign.Institution = foreign.Institution with { Did = Issuer.Institution.Did };
        var cohort = foreign.Issue();
        foreign.Institution = foreign.Institution with { Did = "did:web:boreal.example" };
        Ledger.Institutions["BorealMSP"] = foreign.Institution;
        Ledger.Issuances[cohort.Root] = cohort.Issuance;

        var verdict = await VerifyAsync(cohort.Documents[0]);
        AssertFails(verdict, CheckNames.Signature, CheckCodes.ForeignKey);
        AssertFails(verdict, CheckNames.IssuerKey, CheckCodes.IssuerMismatch);
    }

    [Fact]
    public async Task Verify_KeyThatWasNeverRegistered_IsInvalid()
    {
        Issuer.Institution = Issuer.Institution with { Keys = [.. Issuer.Institution.Keys.Skip(1)] };
        RefreshInstitution();
        var verdict = await VerifyAsync();
        AssertFails(verdict, CheckNames.Signature, CheckCodes.UnknownKey);
        AssertFails(verdict, CheckNames.IssuerKey, CheckCodes.UnknownKey);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Fact]
    public async Task Verify_KeyOnTheLedgerUnusable_IsNeverValid()
    {
        Issuer.SetKeyLife(key => key with { PublicKeyMultibase = "zNonsense" });
        RefreshInstitution();
        var verdict = await VerifyAsync();
        AssertUnknown(verdict, CheckNames.Signature, CheckCodes.KeyUnusable);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Theory]
    [InlineData(1, false)] // compromised an hour after anchoring: it stands
    [InlineData(0, true)] // from that very moment on it does not
    [InlineData(-1, true)]
    public async Task Verify_KeyCompromised_IsJudgedByTheTimeOfAnchoring(int hours, bool fails)
    {
        Issuer.SetKeyLife(key => key with
        {
            CompromisedSince = Anchored.AddHours(hours),
            RevokedAt = Anchored.AddDays(3),
        });
        RefreshInstitution();
        var verdict = await VerifyAsync();
        if (fails)
        {
            AssertFails(verdict, CheckNames.IssuerKey, CheckCodes.KeyCompromised);
            Assert.Empty(verdict.Notices);
        }
        else
        {
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            Assert.Equal(CheckCodes.KeyCompromisedLater, Assert.Single(verdict.Notices).Code);
        }
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(1, false)]
    [InlineData(-10, false)] // within what peers let transactions' clocks be off; the contract kept the order
    [InlineData(-60, true)]
    public async Task Verify_KeyWithdrawn_StandsIfAnchoredBefore(int minutes, bool fails)
    {
        Issuer.SetKeyLife(key => key with { RevokedAt = Anchored.AddMinutes(minutes) });
        RefreshInstitution();
        var verdict = await VerifyAsync();
        if (fails) AssertFails(verdict, CheckNames.IssuerKey, CheckCodes.KeyRevoked);
        else Assert.Equal(VerdictKind.Valid, verdict.Kind);
    }

    [Fact]
    public async Task Verify_KeyRegisteredAfterAnchoring_IsInvalid()
    {
        Issuer.SetKeyLife(key => key with { ValidFrom = Anchored.AddHours(1) });
        RefreshInstitution();
        AssertFails(await VerifyAsync(), CheckNames.IssuerKey, CheckCodes.KeyNotYetValid);
    }

    [Fact]
    public async Task Verify_AnchoringTimeNotKnown_IsIndeterminateOnlyIfTheKeyWasWithdrawn()
    {
        Ledger.AnchoredAt = null;
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);

        Issuer.SetKeyLife(key => key with
        { CompromisedSince = Anchored.AddHours(1), RevokedAt = Anchored.AddHours(2) });
        RefreshInstitution();
        var verdict = await VerifyAsync();
        AssertUnknown(verdict, CheckNames.IssuerKey, CheckCodes.AnchoringTimeUnknown);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Fact]
    public async Task Verify_InstitutionMissing_IsIndeterminate()
    {
        Ledger.Institutions.Clear();
        var verdict = await VerifyAsync();
        AssertUnknown(verdict, CheckNames.Signature, CheckCodes.IssuerUnknown);
        AssertUnknown(verdict, CheckNames.Anchor, CheckCodes.IssuerUnknown);
        AssertUnknown(verdict, CheckNames.IssuerKey, CheckCodes.IssuerUnknown);
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.NotChecked);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Fact]
    public async Task Verify_LedgerGivesAnotherInstitution_IsInvalid()
    {
        using var foreign = new SampleIssuer("BorealMSP", "boreal.example");
        Ledger.Institutions["AuroraMSP"] = foreign.Institution;
        var verdict = await VerifyAsync();
        AssertFails(verdict, CheckNames.Signature, CheckCodes.ForeignKey);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.AnchorMismatch);
        AssertFails(verdict, CheckNames.IssuerKey, CheckCodes.IssuerMismatch);
    }

    /// <summary>Keeps credential and anchor and makes another proof of them.</summary>
    private byte[] SignAnew(IssuerPrivateKey key, string did, string keyId, string? anchorKeyId = null)
    {
        using var parsed = StrictJson.Parse(Document);
        var anchor = CredentialReader.Read(parsed).Anchor;
        var unsigned = JsonNode.Parse(Document)!.AsObject();
        unsigned.Remove("proof");
        unsigned.Remove("ledgerAnchor");
        return new CredentialSigner(key, did, keyId, SampleIssuer.IssuedAt).Complete(
            UnsignedCredential.FromCanonical(CanonicalJson.Canonicalize(unsigned)),
            anchor with { KeyId = anchorKeyId ?? anchor.KeyId });
    }
}
