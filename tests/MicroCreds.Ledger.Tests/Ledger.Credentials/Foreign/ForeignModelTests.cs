using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>Others' credentials are held to the W3C's data model and to what their proofs say of themselves.</summary>
public sealed class ForeignModelTests : VerifierFixture
{
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();

    private string Did => "did:key:" + _key.PublicKeyMultibase;

    [Fact]
    public async Task Verify_CredentialThatKeepsToTheModel_HasNothingAgainstIt()
    {
        var verdict = await JudgeAsync(await SignedAsync(Credential()));
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Equal(ForeignSignatureOutcome.Holds, verdict.Foreign!.Signature.Outcome);
        Assert.Empty(verdict.Notices);
        Assert.DoesNotContain(verdict.Checks, check => check.Outcome == CheckOutcome.Fail);
    }

    [Theory]
    [InlineData("@context", """["https://example.org/other", "https://www.w3.org/ns/credentials/v2"]""", "/@context")]
    [InlineData("@context", """["https://www.w3.org/ns/credentials/v2", 7]""", "/@context/1")]
    [InlineData(
        "@context",
        """["https://www.w3.org/ns/credentials/v2", { "VerifiableCredential": "https://example.org/#other" }]""",
        "/@context/1")]
    [InlineData("type", """["VerifiableCredential", "NowhereDefined"]""", "/type/1")]
    [InlineData("id", "\"no url\"", "/id")]
    [InlineData("issuer", "null", "/issuer")]
    [InlineData("credentialSubject", "[{}]", "/credentialSubject/0")]
    [InlineData("validFrom", "\"yesterday\"", "/validFrom")]
    [InlineData("validUntil", "\"2020-01-01T00:00:00Z\"", "/validUntil")]
    [InlineData("evidence", "{}", "/evidence/type")]
    [InlineData("credentialSchema", """{ "type": "JsonSchema" }""", "/credentialSchema/id")]
    [InlineData("name", """{ "@value": "A", "url": "https://example.org" }""", "/name")]
    [InlineData("undefined", "1", "/undefined")]
    [InlineData("relatedResource", """{ "id": "https://example.org/a" }""", "/relatedResource")]
    [InlineData(
        "relatedResource",
        """
        { "id": "https://www.w3.org/ns/credentials/v2",
          "digestSRI": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }
        """,
        "/relatedResource")]
    public async Task Verify_CredentialThatDoesNot_IsToldSoWithThePlace(string member, string value, string place)
    {
        var credential = Credential();
        credential[member] = JsonNode.Parse(value);
        using var parsed = JsonDocument.Parse(credential.ToJsonString());
        Assert.Contains(DataModelCheck.OfCredential(parsed.RootElement), fault => fault.Path == place);

        // What is unsound in such a way is no credential that anything else could be said of.
        if (member is "@context" or "type") return;
        var verdict = await JudgeAsync(await SignedAsync(credential));
        var notice = Assert.Single(verdict.Notices, one => one.Code == CheckCodes.ForeignNotConforming);
        Assert.Contains(place, notice.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OfCredential_OurOwn_KeepsToTheModel()
    {
        foreach (int version in new[] { CredentialTemplate.InlineVersion, CredentialTemplate.Version })
        {
            Issuer.TemplateVersion = version;
            using var own = JsonDocument.Parse(Issuer.Issue().Documents[0]);
            Assert.Empty(DataModelCheck.OfCredential(own.RootElement));
        }
    }

    [Theory]
    [InlineData("validUntil", "2026-03-01T12:00:01Z", CheckCodes.ForeignExpired)]
    [InlineData("validFrom", "2036-01-01T00:00:00Z", CheckCodes.ForeignNotYetValid)]
    public async Task Verify_CredentialOutsideItsPeriod_IsToldByItsOwnWord(string member, string time, string code)
    {
        var credential = Credential();
        credential[member] = time;
        var verdict = await JudgeAsync(await SignedAsync(credential));
        var check = Assert.Single(verdict.Checks, check => check.Outcome == CheckOutcome.Fail);
        Assert.Equal((CheckNames.ValidityPeriod, code), (check.Name, check.Code));
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
    }

    /// <summary>What a token says of its period in two places is as narrow as both together.</summary>
    [Theory]
    [InlineData("exp", -1, null, CheckCodes.ForeignExpired)]
    [InlineData("exp", -1, "vct", CheckCodes.ForeignExpired)]
    [InlineData("exp", -1, "vc", CheckCodes.ForeignExpired)]
    [InlineData("nbf", 1, null, CheckCodes.ForeignNotYetValid)]
    [InlineData("nbf", 1, "vct", CheckCodes.ForeignNotYetValid)]
    [InlineData("exp", 1, null, null)]
    public async Task Verify_TokenOutsideItsPeriod_IsToldByWhicheverWordIsNarrower(
        string claim, int hours, string? form, string? code)
    {
        var payload = Credential();
        payload["validUntil"] = "2099-01-01T00:00:00Z";
        if (form == "vct") payload = new JsonObject { ["iss"] = Did, ["vct"] = "https://example.org/course" };
        if (form == "vc") payload = new JsonObject { ["iss"] = Did, ["vc"] = payload };
        payload[claim] = Time.GetUtcNow().AddHours(hours).ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = $"{Did}#{_key.PublicKeyMultibase}" };
        string empty = $"{ForgedToken.Encode(header)}.{ForgedToken.Encode(payload)}.AA{(form == "vct" ? "~" : "")}";
        var verdict = await JudgeAsync(ForgedToken.Of(Encoding.ASCII.GetBytes(empty)).Sign(_key));
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Equal(code, verdict.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Fail)?.Code);
    }

    [Theory]
    [InlineData("expires", "\"2026-03-01T12:00:01Z\"")]
    [InlineData("created", "\"yesterday\"")]
    [InlineData("proofPurpose", "\"authentication\"")]
    [InlineData("type", "\"Ed25519Signature2020\"")]
    [InlineData("previousProof", "\"urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27\"")]
    public async Task Verify_ProofWithAnOptionThatDoesNotHold_IsNotBelieved(string option, string value)
    {
        var signed = JsonNode.Parse(await SignedAsync(Credential()))!;
        signed["proof"]![0]![option] = JsonNode.Parse(value);
        var verdict = await JudgeAsync(Encoding.UTF8.GetBytes(signed.ToJsonString()));
        Assert.Equal(ForeignSignatureCodes.Malformed, verdict.Foreign!.Signature.Code);
    }

    [Theory]
    [InlineData(false, ForeignSignatureCodes.KeyElsewhere)]
    [InlineData(true, ForeignSignatureCodes.DoesNotHold)]
    public async Task Verify_KeyOfAnotherThanTheIssuer_IsToldApartFromAForgery(bool isChanged, string code)
    {
        var credential = Credential();
        credential["issuer"] = "https://example.org/issuers/1";
        var signed = JsonNode.Parse(await SignedAsync(credential))!;
        if (isChanged) signed["credentialSubject"]!["name"] = "Somebody Else";
        var verdict = await JudgeAsync(Encoding.UTF8.GetBytes(signed.ToJsonString()));
        Assert.Equal(code, verdict.Foreign!.Signature.Code);
    }

    private JsonObject Credential() => new()
    {
        ["@context"] = new JsonArray(CredentialVocabulary.CredentialsContext),
        ["id"] = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        ["type"] = new JsonArray("VerifiableCredential"),
        ["issuer"] = Did,
        ["validFrom"] = CredentialTime.Write(SampleIssuer.IssuedAt),
        ["credentialSubject"] = new JsonObject { ["name"] = "Aino Virtanen" },
    };

    private async Task<byte[]> SignedAsync(JsonObject credential) => await DataIntegrity.SignAsync(
        CanonicalObject.From(credential), _key, $"{Did}#{_key.PublicKeyMultibase}", SampleIssuer.IssuedAt,
        TestContext.Current.CancellationToken);

    private async Task<Verdict> JudgeAsync(byte[] received)
    {
        using var signatures = new ForeignSignatures(web: null, Time);
        return await new ReceivedVerifier(Verifier, signatures).VerifyAsync(
            received, cancellationToken: TestContext.Current.CancellationToken);
    }
}
