using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>Credentials that are bound to a learner's key, and what wallets prove with it.</summary>
public sealed class HolderBindingTests : VerifierFixture
{
    private const string Audience = "https://employer.example";
    private const string Nonce = "pZ3-8.7q";

    private static readonly PresentationRequest Asked = new(Audience, Nonce);

    private readonly IssuerPrivateKey _wallet = IssuerPrivateKey.Generate();

    public HolderBindingTests()
    {
        var bound = SampleIssuer.Request("Learner Nr. 0") with
        {
            Recipient = new Recipient { Name = "Learner Nr. 0", Key = HolderKeys.PublicOf(_wallet) },
            Result = new CredentialResult { Value = "5" },
        };
        Cohort = Issuer.Issue([bound, SampleIssuer.Request("Learner Nr. 1")]);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance;
    }

    private byte[] Bound => Cohort.Documents[0];

    private CredentialFormWriter Writer => new(Issuer.Key, Issuer.Institution.Did, "key-1");

    private byte[] SdJwt => Writer.WriteSdJwt(Bound);

    private JsonObject Claims => new()
    {
        ["iat"] = Time.GetUtcNow().ToUnixTimeSeconds(),
        ["aud"] = Audience,
        ["nonce"] = Nonce,
    };

    [Fact]
    public async Task Bound_InEveryForm_IsValid_AndSaysThatNobodyProvedTheKey()
    {
        foreach (byte[] form in new[] { Bound, Writer.WriteVcJwt(Bound), SdJwt })
        {
            var verdict = await VerifyAsync(form);
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            Assert.Equal(CheckCodes.HolderNotProven, Assert.Single(verdict.Notices).Code);
            Assert.DoesNotContain(verdict.Checks, check => check.Name == CheckNames.Holder);
        }
    }

    [Fact]
    public void Bound_HasTheKeyAlone_WithoutWhatTheWalletNotedAboutIt()
    {
        var jwk = JsonNode.Parse(Bound)!["cnf"]!["jwk"]!.AsObject();
        Assert.Equal(["crv", "kty", "x", "y"], jwk.Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Presented_ForWhoAsked_IsProven()
    {
        var verdict = await PresentAsync(Present());
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        AssertLine(verdict, CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);
        Assert.Empty(verdict.Notices);
    }

    [Fact]
    public async Task Presented_WithoutTheName_IsProven_AndLeadsToTheSameAnchor()
    {
        byte[] shown = ForgedToken.Of(SdJwt).Change(token => token.Disclosures.RemoveAll(
            disclosure => ForgedToken.NameOf(disclosure) != "result")).ToArray();
        var verdict = await PresentAsync(HolderKeys.Present(shown, _wallet, Claims));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Null(verdict.Credential!.Recipient);
    }

    [Fact]
    public async Task Presented_WhereNothingWasAskedFor_Warns()
    {
        var verdict = await VerifyAsync(Present());
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        AssertLine(verdict, CheckNames.Holder, CheckOutcome.Warning, CheckCodes.HolderProofNotAsked);
    }

    [Fact]
    public async Task BoundByItsToken_InEitherForm_IsValid_AndProvenByThatWalletAlone()
    {
        var (key, other) = (Multikey.Parse(_wallet.PublicKeyMultibase), IssuerPrivateKey.Generate());
        byte[] free = Cohort.Documents[1];
        byte[] sdJwt = await Writer.WriteBoundSdJwtAsync(free, key, TestContext.Current.CancellationToken);
        byte[] jwt = await Writer.WriteBoundVcJwtAsync(free, key, TestContext.Current.CancellationToken);
        foreach (byte[] form in new[] { sdJwt, jwt })
        {
            var verdict = await VerifyAsync(form);
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            Assert.Equal(CheckCodes.HolderNotProven, Assert.Single(verdict.Notices).Code);
        }

        var proven = await PresentAsync(HolderKeys.Present(sdJwt, _wallet, Claims));
        AssertLine(proven, CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);
        AssertFails(
            await PresentAsync(HolderKeys.Present(sdJwt, other, Claims)), CheckNames.Holder,
            CheckCodes.HolderProofForged);

        // Once the issuer's key was in other hands, those could have bound it to any wallet.
        var stolen = Cohort.Issuance.IssuedAt.AddHours(1);
        Issuer.SetKeyLife(life => life with { CompromisedSince = stolen, RevokedAt = stolen.AddHours(1) });
        RefreshInstitution();
        var doubtful = await PresentAsync(HolderKeys.Present(sdJwt, _wallet, Claims));
        AssertFails(doubtful, CheckNames.Holder, CheckCodes.HolderKeyDoubtful);
    }

    [Fact]
    public async Task BoundInItsLeaf_CannotBeBoundAnewByAToken()
    {
        var thief = Multikey.Parse(IssuerPrivateKey.Generate().PublicKeyMultibase);
        await Assert.ThrowsAsync<FormatException>(async () =>
            await Writer.WriteBoundSdJwtAsync(Bound, thief, TestContext.Current.CancellationToken));

        // With the issuer's key somebody could write such a token; the leaf betrays it.
        var open = JsonNode.Parse(Bound)!.AsObject();
        open.Remove("cnf");
        byte[] forged = await Writer.WriteBoundSdJwtAsync(
            CanonicalJson.Canonicalize(open), thief, TestContext.Current.CancellationToken);
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(forged)).Kind);
        byte[] said = ForgedToken.Of(SdJwt).Change(token => token.Payload["boundBy"] = "token").Sign(Issuer.Key);
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(said)).Kind);
    }

    [Theory]
    [InlineData("https://other.example", Nonce)]
    [InlineData(Audience, "another")]
    public async Task Presented_ForAnother_IsRefused(string audience, string nonce) => AssertFails(
        await PresentAsync(Present(), new PresentationRequest(audience, nonce)),
        CheckNames.Holder, CheckCodes.HolderProofElsewhere);

    [Fact]
    public async Task Proof_UnderOtherDisclosures_IsRefused()
    {
        // A verifier that has a presentation shows more or less of it than the learner did.
        string proof = Encoding.ASCII.GetString(Present()).Split('~')[^1];
        byte[] other = ForgedToken.Of(SdJwt).Change(token => token.Disclosures.RemoveAt(0)).ToArray();
        AssertFails(
            await PresentAsync([.. other, .. Encoding.ASCII.GetBytes(proof)]),
            CheckNames.Holder, CheckCodes.HolderProofElsewhere);
    }

    [Fact]
    public async Task Proof_OfAnotherKey_IsRefused()
    {
        using var thief = IssuerPrivateKey.Generate();
        AssertFails(
            await PresentAsync(HolderKeys.Present(SdJwt, thief, Claims)),
            CheckNames.Holder, CheckCodes.HolderProofForged);
    }

    [Fact]
    public async Task Binding_ReplacedAndSignedByTheTrueIssuersKey_IsInvalidByAnchor()
    {
        // Who stole the issuer's key still cannot make an old credential its own: the leaf commits to the holder's.
        using var thief = IssuerPrivateKey.Generate();
        byte[] rebound = ForgedToken.Of(SdJwt).Change(token => token.Payload["cnf"]!["jwk"] =
            JsonWebKey.Of(MicroCreds.Ledger.Model.Multikey.Parse(thief.PublicKeyMultibase))).Sign(Issuer.Key);
        var verdict = await PresentAsync(HolderKeys.Present(rebound, thief, Claims));
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Fact]
    public async Task Binding_Removed_IsInvalidByAnchor()
    {
        byte[] unbound = ForgedToken.Of(SdJwt).Change(token => token.Payload.Remove("cnf")).Sign(Issuer.Key);
        AssertFails(await VerifyAsync(unbound), CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Fact]
    public async Task Proof_AskedForAndMissing_IsRefused()
    {
        foreach (byte[] form in new[] { SdJwt, Bound, Cohort.Documents[1] })
            AssertFails(await PresentAsync(form), CheckNames.Holder, CheckCodes.HolderProofMissing);
    }

    [Theory]
    [InlineData(-7200)]
    [InlineData(600)]
    public async Task Proof_TooOldOrOfTheFuture_IsRefused(int seconds) => AssertFails(
        await PresentAsync(Present((_, payload) => payload["iat"] = (long)payload["iat"]! + seconds)),
        CheckNames.Holder, CheckCodes.HolderProofOutOfTime);

    [Fact]
    public async Task Proof_ThatHasExpired_IsRefused() => AssertFails(
        await PresentAsync(Present((_, payload) => payload["exp"] = (long)payload["iat"]!)),
        CheckNames.Holder, CheckCodes.HolderProofOutOfTime);

    [Fact]
    public async Task Proof_ThatWasGoodWhenItCame_StaysGood_AndTheRestIsAsItIsNow()
    {
        byte[] presented = Present((_, payload) => payload["exp"] = (long)payload["iat"]! + 300);
        var came = Asked with { ReceivedAt = Time.GetUtcNow() };
        Time.Advance(TimeSpan.FromHours(2));
        AssertFails(await PresentAsync(presented), CheckNames.Holder, CheckCodes.HolderProofOutOfTime);
        AssertLine(
            await PresentAsync(presented, came), CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);
        Ledger.Statuses[(Cohort.Root, 0)] = Issuer.SetStatus(Cohort, 0, CredentialState.Revoked, "issuedInError");
        AssertFails(await PresentAsync(presented, came), CheckNames.Status, CheckCodes.Revoked);
        AssertFails(
            await PresentAsync(presented, came with { ReceivedAt = came.ReceivedAt - TimeSpan.FromHours(1) }),
            CheckNames.Holder, CheckCodes.HolderProofOutOfTime);
    }

    [Theory]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    public async Task Proof_ByEd25519_IsTakenUnderEitherNameOfTheAlgorithm(string name)
    {
        using var wallet = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        byte[] bound = await Writer.WriteBoundSdJwtAsync(
            Cohort.Documents[1], Multikey.Parse(wallet.PublicKeyMultibase), TestContext.Current.CancellationToken);
        byte[] presented = HolderKeys.Present(bound, wallet, Claims, (header, _) => header["alg"] = name);
        AssertLine(await PresentAsync(presented), CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);

        // Credentials themselves have one spelling.
        byte[] respelt = ForgedToken.Of(SdJwt).Change(token => token.Header["alg"] = "Ed25519").ToArray();
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(respelt)).Kind);
    }

    [Fact]
    public void Claims_OfAToken_AreAllThatItSays_WithWhatIsDisclosed()
    {
        var claims = SelectiveClaims.Of(Present());
        Assert.Equal(Issuer.Institution.Did, claims.GetProperty("iss").GetString());
        Assert.Equal("Learner Nr. 0", claims.GetProperty("credentialSubject").GetProperty("name").GetString());
        Assert.True(claims.TryGetProperty("vct", out _) && claims.TryGetProperty("nbf", out _));
        Assert.False(claims.TryGetProperty("_sd", out _) || claims.TryGetProperty("_sd_alg", out _));
        Assert.Throws<CredentialFormatException>(() => SelectiveClaims.Of("see a.b.c"u8.ToArray()));
    }

    public static TheoryData<string, Action<JsonObject, JsonObject>> Faulty => new()
    {
        { "header/alg", (header, _) => header["alg"] = "none" },
        { "header/alg", (header, _) => header["alg"] = "HS256" },
        { "header/typ", (header, _) => header["typ"] = "JWT" },
        { "header", (header, _) => header["jwk"] = new JsonObject() },
        { "header", (header, _) => header["x5c"] = new JsonArray() },
        { "/aud", (_, payload) => payload["aud"] = new JsonArray(Audience) },
        { "/nonce", (_, payload) => payload.Remove("nonce") },
        { "/iat", (_, payload) => payload.Remove("iat") },
        { "/iat", (_, payload) => payload["iat"] = "now" },
        { "/iat", (_, payload) => payload["iat"] = 1e300 },
        { "/sd_hash", (_, payload) => payload.Remove("sd_hash") },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public async Task Proof_Malformed_IsRefusedAndNamesIt_AndTheRestIsJudged(
        string path, Action<JsonObject, JsonObject> change)
    {
        var verdict = await PresentAsync(Present(change));
        AssertFails(verdict, CheckNames.Holder, CheckCodes.HolderProofMalformed);
        Assert.Contains(path + ":", Line(verdict, CheckNames.Holder).Detail, StringComparison.Ordinal);
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
    }

    [Fact]
    public async Task Proof_WithASwappedAlgorithm_IsRefused() => AssertFails(
        await PresentAsync(Present((header, _) => header["alg"] = "EdDSA")),
        CheckNames.Holder, CheckCodes.HolderProofForged);

    [Theory]
    [InlineData("""{ "kty": "EC" }""")]
    [InlineData("""{ "kty": "oct", "k": "AAAA" }""")]
    [InlineData("""{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }""")]
    [InlineData("""{ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA" }""")]
    [InlineData("\"key\"")]
    public void Key_ThatIsNone_IsNamedInTheRequest(string jwk)
    {
        using var json = JsonDocument.Parse(jwk);
        var request = SampleIssuer.Request() with
        {
            Recipient = new Recipient { Name = "Learner", Key = json.RootElement },
        };
        var fault = Assert.Single(CredentialBuilder.Validate(request, SampleIssuer.IssuedAt));
        Assert.Equal("/recipient/key", fault.Path);
    }

    private byte[] Present(Action<JsonObject, JsonObject>? change = null) =>
        HolderKeys.Present(SdJwt, _wallet, Claims, change);

    private async Task<Verdict> PresentAsync(byte[] presented, PresentationRequest? request = null) =>
        await Verifier.VerifyAsync(presented, request ?? Asked, TestContext.Current.CancellationToken);
}
