using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class VcJwtTests : TokenFixture
{
    [Fact]
    public async Task Verify_VcJwt_IsValidAndSaysTheSame()
    {
        var verdict = await VerifyAsync(VcJwt);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal(CredentialForm.VcJwt, verdict.Form);
        var other = await VerifyAsync();
        Assert.Equal(other.Credential, verdict.Credential);
        Assert.Equal(other.Checks, verdict.Checks);
    }

    [Fact]
    public void Write_VcJwt_MirrorsTheCredential()
    {
        var token = ForgedToken.Of(VcJwt);
        Assert.Equal("""{"alg":"ES256","cty":"vc","kid":"did:web:aurora.example#key-1:jwk","typ":"vc+jwt"}""",
            Encoding.UTF8.GetString(CanonicalJson.Canonicalize(token.Header)));
        Assert.Equal("did:web:aurora.example", (string?)token.Payload["iss"]);
        Assert.Equal((string?)token.Payload["id"], (string?)token.Payload["jti"]);
        Assert.Equal("did:example:3", (string?)token.Payload["sub"]);
        Assert.Equal(SampleIssuer.IssuedAt.ToUnixTimeSeconds(), (long?)token.Payload["nbf"]);
        Assert.Equal(SampleIssuer.IssuedAt.AddYears(20).ToUnixTimeSeconds(), (long?)token.Payload["exp"]);
        Assert.Null(token.Payload["proof"]);
    }

    [Theory]
    [InlineData(" {0}")]
    [InlineData("{0}\n")]
    [InlineData("\r\n\t{0} \n\n")]
    public async Task Verify_WhiteSpaceAround_IsValid(string form)
    {
        string text = form.Replace("{0}", Encoding.ASCII.GetString(VcJwt), StringComparison.Ordinal);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(Encoding.ASCII.GetBytes(text))).Kind);
    }

    [Fact]
    public async Task Verify_Ed25519_IsValid()
    {
        using var issuer = new SampleIssuer("BorealMSP", "boreal.example", KeyAlgorithm.Ed25519);
        var cohort = issuer.Issue();
        Ledger.Issuances[cohort.Root] = cohort.Issuance;
        Ledger.Institutions["BorealMSP"] = issuer.Institution;
        Ledger.Achievements.Add(issuer.Achievement);
        var writer = new CredentialFormWriter(issuer.Key, issuer.Institution.Did, "key-1");
        foreach (byte[] token in new[]
            { writer.WriteVcJwt(cohort.Documents[0]), writer.WriteSdJwt(cohort.Documents[0]) })
        {
            Assert.Equal("EdDSA", (string?)ForgedToken.Of(token).Header["alg"]);
            Assert.Equal(VerdictKind.Valid, (await VerifyAsync(token)).Kind);
        }
    }

    [Fact]
    public async Task Verify_AnyMemberOfThePayloadChanged_IsInvalid()
    {
        // Signed anew by the true key: what a thief with the key could do.
        foreach (string name in ForgedToken.Of(VcJwt).Payload.Select(member => member.Key).ToArray())
        {
            byte[] forged = Resigned(false, token => token.Payload[name] = "x");
            Assert.True((await VerifyAsync(forged)).Kind == VerdictKind.Invalid, $"{name} is not bound.");

            // Tokens of before name no list of the IETF, and here the ledger decides.
            if (name == "status") continue;
            forged = Resigned(false, token => token.Payload.Remove(name));
            Assert.True((await VerifyAsync(forged)).Kind == VerdictKind.Invalid, $"{name} may be missing.");
        }
    }

    [Fact]
    public async Task Verify_NameChangedAndSignedByTheTrueKey_IsNotTheAnchored()
    {
        byte[] forged = Resigned(false, token => token.Payload["credentialSubject"]!["name"] = "Somebody Else");
        var verdict = await VerifyAsync(forged);
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Fact]
    public async Task Verify_NameChanged_IsInvalidBySignature() => AssertFails(
        await VerifyAsync(Changed(false, token => token.Payload["credentialSubject"]!["name"] = "Somebody Else")),
        CheckNames.Signature, CheckCodes.SignatureMismatch);

    public static TheoryData<string, JsonNode?> FalseClaims => new()
    {
        { "iss", "did:web:boreal.example" },
        { "jti", "urn:uuid:00000000-0000-4000-8000-000000000000" },
        { "sub", "did:example:4" },
        { "sub", null },
        { "nbf", 0 },
        { "nbf", "2026-03-01T12:00:00Z" },
        { "exp", 4_000_000_000 },
        { "exp", null },
        { "exp", 1e300 },
        { "aud", "https://verifier.example" },
        { "iat", 1_772_366_400 },
        { "cnf", new JsonObject { ["jwk"] = new JsonObject() } },
        { "vc", new JsonObject() },
        { "vct", "urn:x" },
        { "_sd", new JsonArray() },
    };

    [Theory]
    [MemberData(nameof(FalseClaims), DisableDiscoveryEnumeration = true)]
    public async Task Verify_ClaimThatTheCredentialDoesNotMake_IsInvalidAndNamesIt(string name, JsonNode? value)
    {
        var verdict = await VerifyAsync(Resigned(false, token =>
        {
            if (value is null) token.Payload.Remove(name);
            else token.Payload[name] = value.DeepClone();
        }));
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.Contains($"/{name}:", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
        Assert.Equal(0, Ledger.Asked);
    }

    [Fact]
    public async Task Verify_KeyWithdrawnSinceIssuing_TokenOfTheNewKeyIsValid()
    {
        // The document keeps the proof of its key; a token is made anew, and a withdrawn key must not sign it.
        Issuer.SetKeyLife(key => key with { RevokedAt = SampleIssuer.IssuedAt.AddDays(1) });
        RefreshInstitution();
        var verdict = await VerifyAsync(WriterOf(Issuer.OtherKey, "key-2").WriteVcJwt(Document));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_StolenKeySignsWhatWasNeverAnchored_IsInvalid(bool isSdJwt)
    {
        // The thief has the key, the anchor of a credential from before the theft, and a name of his own.
        Issuer.SetKeyLife(key => key with
        {
            RevokedAt = SampleIssuer.IssuedAt.AddDays(1),
            CompromisedSince = SampleIssuer.IssuedAt.AddHours(1),
        });
        RefreshInstitution();
        var own = Issuer.Issue(SampleIssuer.Request("A Thief"));
        var document = JsonNode.Parse(own.Documents[0])!.AsObject();
        document["ledgerAnchor"] = JsonNode.Parse(Document)!["ledgerAnchor"]!.DeepClone();
        byte[] forged = CanonicalJson.Canonicalize(document);
        var writer = WriterOf(Issuer.Key, "key-1");
        var verdict = await VerifyAsync(isSdJwt ? writer.WriteSdJwt(forged) : writer.WriteVcJwt(forged));
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_KeyCompromisedBeforeAnchoring_IsInvalid(bool isSdJwt)
    {
        Issuer.SetKeyLife(key => key with
        {
            RevokedAt = SampleIssuer.IssuedAt.AddDays(1),
            CompromisedSince = SampleIssuer.IssuedAt.AddHours(-1),
        });
        RefreshInstitution();

        // Also where another key signs the token: the key of the anchor is what counts.
        byte[] token = isSdJwt
            ? WriterOf(Issuer.OtherKey, "key-2").WriteSdJwt(Document)
            : WriterOf(Issuer.OtherKey, "key-2").WriteVcJwt(Document);
        AssertFails(await VerifyAsync(token), CheckNames.IssuerKey, CheckCodes.KeyCompromised);
    }

    [Fact]
    public async Task Verify_Revoked_IsInvalidInEveryForm()
    {
        Ledger.Add(Issuer.SetStatus(Cohort, 3, CredentialState.Revoked, StatusReason.IssuedInError));
        AssertFails(await VerifyAsync(VcJwt), CheckNames.Status, CheckCodes.Revoked);
        AssertFails(await VerifyAsync(SdJwt), CheckNames.Status, CheckCodes.Revoked);
    }

    [Fact]
    public async Task Verify_Expired_IsInvalidInEveryForm()
    {
        Time.SetUtcNow(SampleIssuer.IssuedAt.AddYears(21));
        AssertFails(await VerifyAsync(VcJwt), CheckNames.ValidityPeriod, CheckCodes.Expired);
        AssertFails(await VerifyAsync(SdJwt), CheckNames.ValidityPeriod, CheckCodes.Expired);
    }
}
