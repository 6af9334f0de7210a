using System.Text;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

/// <summary>A credential on paper is judged as its document would be.</summary>
public sealed class CompactVerifyingTests : CompactFixture
{
    [Fact]
    public async Task Verify_FirstAndAgain_SaysWhatTheDocumentSays()
    {
        var (form, document) = await WriteAsync();
        var whole = await VerifyAsync(document);
        foreach (var verdict in (Verdict[])[await VerifyTextAsync(form.Text!), await VerifyTextAsync(form.Text!)])
        {
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            Assert.Equal(whole.Checks, verdict.Checks);
            Assert.Equal(whole.Credential, verdict.Credential);
            Assert.Equal(whole.Form, verdict.Form);
            Assert.Equal(whole.Document!.ToJson(), verdict.Document!.ToJson());
        }
    }

    [Fact]
    public async Task Verify_OnceRevoked_IsInvalid()
    {
        string text = await ValidAsync();
        string root = Ledger.Issuances.Keys.Last();
        Ledger.Add(Issuer.SetStatus(
            new SampleCohort(Ledger.Issuances[root], []), 3, CredentialState.Revoked, StatusReason.Misconduct));
        AssertFails(await VerifyTextAsync(text), CheckNames.Status, CheckCodes.Revoked);
    }

    [Fact]
    public async Task Verify_OnceTheIssuerIsCalledOtherwise_IsMadeAsItWas()
    {
        string text = await TextAsync();
        var renamed = new InstitutionIdentity
        {
            Name = "Aurora and Boreal University",
            Country = "FI",
            Did = "did:web:aurora-boreal.example",
            ConfirmedAt = SampleIssuer.IssuedAt.AddHours(3),
        };
        Issuer.Institution = Issuer.Institution.With(renamed) with
        {
            Identities = [.. Issuer.Institution.Identities, renamed],
        };
        RefreshInstitution();

        var verdict = await VerifyTextAsync(text);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal("Aurora University", verdict.Credential!.IssuerName);
    }

    [Fact]
    public async Task Verify_OfAnIdentityThatTheIssuerNeverHad_IsInvalid()
    {
        string text = await TextAsync();
        Issuer.Institution = Issuer.Institution with { Name = "Others", Identities = [] };
        RefreshInstitution();
        AssertFails(await VerifyTextAsync(text), CheckNames.Anchor, CheckCodes.IssuerMismatch);
    }

    [Fact]
    public async Task Verify_WithoutTheLedger_CouldNotBeChecked()
    {
        string text = await TextAsync();
        Ledger.IsUnavailable = true;
        var verdict = await VerifyTextAsync(text);
        AssertUnknown(verdict, CheckNames.Anchor, CheckCodes.LedgerUnreachable);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(CheckCodes.NotChecked, Line(verdict, CheckNames.Signature).Code);

        Ledger.IsUnavailable = false;
        await ValidAsync(text);
        Ledger.IsUnavailable = true;
        var again = await VerifyTextAsync(text);
        Assert.Equal(VerdictKind.Indeterminate, again.Kind);
        Assert.Null(again.Document);
    }

    [Fact]
    public async Task Verify_OfAnotherLedger_SaysSo()
    {
        string text = await TextAsync();
        var other = new CredentialVerifier(Ledger, Time, new VerificationOptions { Ledger = "another" });
        var verdict = await other.VerifyAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        AssertUnknown(verdict, CheckNames.Anchor, CheckCodes.OtherLedger);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Fact]
    public async Task Verify_WithoutItsIssuance_IsInvalidOnceItCouldBeThere()
    {
        string text = await TextAsync();
        Ledger.Issuances.Clear();
        AssertFails(await VerifyTextAsync(text), CheckNames.Anchor, CheckCodes.NotAnchored);

        var early = new CredentialVerifier(
            Ledger, new FakeTimeProvider(SampleIssuer.IssuedAt.AddMinutes(1)),
            new VerificationOptions { Ledger = LedgerName });
        Ledger.AsOf = new LedgerMoment(9, SampleIssuer.IssuedAt);
        AssertUnknown(
            await early.VerifyAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken),
            CheckNames.Anchor, CheckCodes.NotAnchoredYet);
    }

    [Fact]
    public async Task Verify_OfAnAchievementThatIsNotKnownHere_CouldNotBeChecked()
    {
        string text = await TextAsync();
        Ledger.Achievements.Clear();
        AssertUnknown(await VerifyTextAsync(text), CheckNames.Anchor, CheckCodes.AchievementUnknown);
    }

    [Fact]
    public async Task Verify_WithAnotherKeyUnderItsName_IsInvalid()
    {
        string text = await ValidAsync();
        Issuer.SetKeyLife(key => key with { PublicKeyMultibase = Issuer.OtherKey.PublicKeyMultibase });
        RefreshInstitution();
        AssertFails(await VerifyTextAsync(text), CheckNames.Signature, CheckCodes.SignatureMismatch);

        Issuer.Institution = Issuer.Institution with { Keys = [.. Issuer.Institution.Keys.Skip(1)] };
        RefreshInstitution();
        AssertFails(await VerifyTextAsync(text), CheckNames.Signature, CheckCodes.UnknownKey);
    }

    private async Task<string> ValidAsync(string? text = null)
    {
        text ??= await TextAsync();
        Assert.Equal(VerdictKind.Valid, (await VerifyTextAsync(text)).Kind);
        return text;
    }
}
