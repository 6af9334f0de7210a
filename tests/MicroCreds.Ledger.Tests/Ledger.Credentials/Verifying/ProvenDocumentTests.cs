using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>A credential that was found good is remembered, and still never verifies for an old reason.</summary>
public sealed class ProvenDocumentTests : TokenFixture
{
    private const int Index = 3;

    public static TheoryData<CredentialForm> Forms => [.. Enum.GetValues<CredentialForm>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_Again_SaysTheSame(CredentialForm form)
    {
        byte[] document = In(form);
        var first = await VerifyAsync(document);
        var again = await VerifyAsync(document);
        Assert.Equal(VerdictKind.Valid, again.Kind);
        Assert.Equal(first.Checks, again.Checks);
        Assert.Equal(first.Credential, again.Credential);
        Assert.Equal(form, again.Form);
        Assert.Equal("Learner Nr. 3", again.Credential!.Recipient);
        Assert.Equal(first.Document!.ToJson(), again.Document!.ToJson());
        Assert.Equal(2, Ledger.Asked);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainOnceRevoked_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Revoked, StatusReason.Misconduct));
        AssertFails(await VerifyAsync(document), CheckNames.Status, CheckCodes.Revoked);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainOnceSuspendedAndOnceReinstated_FollowsTheLedger(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.Suspended, StatusReason.UnderReview));
        AssertFails(await VerifyAsync(document), CheckNames.Status, CheckCodes.Suspended);
        Ledger.Add(Issuer.SetStatus(Cohort, Index, CredentialState.InForce, null));
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainOnceItsKeyWasStolen_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Issuer.SetKeyLife(key => key with { CompromisedSince = SampleIssuer.IssuedAt.AddHours(-1) });
        RefreshInstitution();
        AssertFails(await VerifyAsync(document), CheckNames.IssuerKey, CheckCodes.KeyCompromised);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainOnceExpired_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Time.SetUtcNow(SampleIssuer.IssuedAt.AddYears(20));
        AssertFails(await VerifyAsync(document), CheckNames.ValidityPeriod, CheckCodes.Expired);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainWithAnotherKeyUnderItsName_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Issuer.SetKeyLife(key => key with { PublicKeyMultibase = Issuer.OtherKey.PublicKeyMultibase });
        RefreshInstitution();
        AssertFails(await VerifyAsync(document), CheckNames.Signature, CheckCodes.SignatureMismatch);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainOnceTheKeyIsUnknown_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Issuer.Institution = Issuer.Institution with { Keys = [.. Issuer.Institution.Keys.Skip(1)] };
        RefreshInstitution();
        AssertFails(await VerifyAsync(document), CheckNames.Signature, CheckCodes.UnknownKey);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainWithoutTheLedger_IsIndeterminate(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Ledger.IsUnavailable = true;
        var verdict = await VerifyAsync(document);
        AssertUnknown(verdict, CheckNames.Signature, CheckCodes.LedgerUnreachable);
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.LedgerUnreachable);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainWithTheStatementForged_IsInvalid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with
        {
            Signature = SampleIssuer.Sign(Cohort.Issuance.Statement, Issuer.OtherKey),
        };
        AssertFails(await VerifyAsync(document), CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Verify_AgainWithAnyByteChanged_IsNeverValid(CredentialForm form)
    {
        byte[] document = await ValidAsync(form);
        for (int i = 0; i < document.Length; i += 13)
        {
            document[i] ^= 1;
            Assert.NotEqual(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
            document[i] ^= 1;
        }

        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
    }

    [Fact]
    public void Remember_NothingPersonal_StaysReadable()
    {
        byte[] document = Encoding.UTF8.GetBytes("the document");
        var digest = DocumentDigest.Of(document);
        var credential = CredentialReader.Read(Document);
        var proven = new ProvenDocuments();
        proven.Remember(digest, credential, Issuer.Key.PublicKeyMultibase, Description);

        var remembered = proven.Find(DocumentDigest.Of(document))!;
        Assert.Null(remembered.Outline.RecipientName);
        Assert.Null(remembered.Outline.SubjectId);
        Assert.Equal("{}"u8.ToArray(), remembered.Outline.ToJson());
        Assert.Equal("Learner Nr. 3", remembered.Open(digest).RecipientName);
        Assert.DoesNotContain("Learner", Encoding.UTF8.GetString(remembered.EncryptedName!), StringComparison.Ordinal);
        Assert.NotEqual("Learner Nr. 3", remembered.Open(DocumentDigest.Of("another"u8)).RecipientName);
    }

    [Fact]
    public void Remember_MoreThanTheLimit_StaysBelowIt()
    {
        var credential = CredentialReader.Read(Document);
        var proven = new ProvenDocuments();
        for (int i = 0; i <= ProvenDocuments.MaxRemembered; i++)
            proven.Remember(DocumentDigest.Of(BitConverter.GetBytes(i)), credential, "key", Description);
        Assert.InRange(proven.Count, 1, ProvenDocuments.MaxRemembered);
        Assert.NotNull(proven.Find(DocumentDigest.Of(BitConverter.GetBytes(ProvenDocuments.MaxRemembered))));
    }

    private LedgerDescription Description =>
        LedgerDescription.Of(Issuer.Achievement, Issuer.Institution.Did);

    private byte[] In(CredentialForm form) => form switch
    {
        CredentialForm.VcJwt => VcJwt,
        CredentialForm.SdJwtVc => SdJwt,
        _ => [.. Document],
    };

    private async Task<byte[]> ValidAsync(CredentialForm form)
    {
        byte[] document = In(form);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
        return document;
    }
}
