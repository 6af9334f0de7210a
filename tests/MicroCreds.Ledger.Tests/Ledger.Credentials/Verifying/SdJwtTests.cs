using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class SdJwtTests : TokenFixture
{
    [Fact]
    public async Task Verify_EverythingDisclosed_IsValidAndSaysTheSame()
    {
        var verdict = await VerifyAsync(SdJwt);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal(CredentialForm.SdJwtVc, verdict.Form);
        Assert.Equal((await VerifyAsync()).Credential, verdict.Credential);
        Assert.Empty(verdict.Notices);
    }

    [Fact]
    public async Task Verify_AnyChoiceOfDisclosures_IsValid()
    {
        int count = ForgedToken.Of(SdJwt).Disclosures.Count;
        Assert.Equal(4, count);
        for (int choice = 0; choice < 1 << count; choice++)
        {
            byte[] shown = Changed(true, token =>
            {
                for (int i = count - 1; i >= 0; i--)
                {
                    if ((choice & (1 << i)) == 0) token.Disclosures.RemoveAt(i);
                }
            });
            var verdict = await VerifyAsync(shown);
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
            bool isNamed = ForgedToken.Of(shown).Disclosures.Exists(one => ForgedToken.NameOf(one) == "name");
            Assert.Equal(isNamed ? "Learner Nr. 3" : null, verdict.Credential!.Recipient);
            Assert.Equal(!isNamed, verdict.Notices.Any(notice => notice.Code == CheckCodes.NameWithheld));
        }
    }

    [Fact]
    public void Write_SdJwt_ShowsNothingThatIsWithheld()
    {
        var token = ForgedToken.Of(SdJwt);
        Assert.Equal("""{"alg":"ES256","kid":"did:web:aurora.example#key-1:jwk","typ":"dc+sd-jwt"}""",
            Encoding.UTF8.GetString(CanonicalJson.Canonicalize(token.Header)));
        string payload = token.Payload.ToJsonString();
        foreach (string secret in new[] { "Learner Nr. 3", "did:example:3", "An essay", "\"sub\"" })
            Assert.DoesNotContain(secret, payload, StringComparison.Ordinal);
        Assert.Equal("sha-256", (string?)token.Payload["_sd_alg"]);
        Assert.Equal("https://creds.aurora.example/credential-types/micro-credential/1", (string?)token.Payload["vct"]);
        Assert.EndsWith("#MicroCredential", (string?)token.Payload["aka_vcts"]![0], StringComparison.Ordinal);
        Assert.EndsWith("~", Encoding.ASCII.GetString(SdJwt), StringComparison.Ordinal);

        // The salt would let anyone guess what is withheld.
        string salt = (string)JsonNode.Parse(Document)!["leafSalt"]!;
        Assert.All(token.Disclosures, disclosure => Assert.DoesNotContain(
            salt, ForgedToken.Json(disclosure).ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SdJwt_GivesWhatIsShown()
    {
        byte[] shown = Changed(true, token =>
            token.Disclosures.RemoveAll(disclosure => ForgedToken.NameOf(disclosure) != "result"));
        var json = JsonNode.Parse(CredentialReader.Read(shown).ToJson())!;
        Assert.Equal("5", (string?)json["credentialSubject"]!["result"]![0]!["value"]);
        Assert.Null(json["credentialSubject"]!["name"]);
        Assert.Null(json["credentialSubject"]!["_sd"]);
        Assert.Null(json["evidence"]);
    }

    [Fact]
    public async Task Verify_AnyClaimChangedAndSignedByTheTrueKey_IsInvalid()
    {
        foreach (string name in ForgedToken.Of(SdJwt).Payload.Select(member => member.Key).ToArray())
        {
            byte[] forged = Resigned(true, token => token.Payload[name] = "x");
            Assert.True((await VerifyAsync(forged)).Kind == VerdictKind.Invalid, $"{name} is not bound.");

            // Tokens of before name no list of the IETF, and here the ledger decides.
            if (name == "status") continue;
            forged = Resigned(true, token => token.Payload.Remove(name));
            Assert.True((await VerifyAsync(forged)).Kind == VerdictKind.Invalid, $"{name} may be missing.");
        }
    }

    [Fact]
    public async Task Verify_TokenOfBefore_IsValid() => Assert.Equal(
        VerdictKind.Valid,
        (await VerifyAsync(Resigned(true, token =>
        {
            token.Payload.Remove("aka_vcts");
            token.Payload.Remove("vct#integrity");
            token.Payload.Remove("status");
            token.Payload["vct"] = CredentialType.Name;
        }))).Kind);

    [Fact]
    public async Task Verify_IssuerByAddressWithCertificates_IsValidByTheLedgersKey()
    {
        using var chain = new IssuerChain();
        using var certificate = chain.Certify(Issuer.Key, "aurora.example");
        var key = new TokenKey(Issuer.Key, Issuer.Institution.Did, "key-1")
        {
            IssuerUrl = IssuerIdentity.UrlOf(Issuer.Institution.Did),
            Certificates = [Convert.ToBase64String(certificate.RawData)],
        };
        var token = ForgedToken.Of(new CredentialFormWriter(key).WriteSdJwt(Document));
        Assert.Equal("https://aurora.example", (string?)token.Payload["iss"]);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(token.ToArray())).Kind);
        Assert.Equal(
            VerdictKind.Valid, (await VerifyAsync(new CredentialFormWriter(key).WriteVcJwt(Document))).Kind);

        // Another's certificate makes nobody the issuer, and another address neither.
        using var thief = IssuerPrivateKey.Generate();
        using var stolen = chain.Certify(thief, "aurora.example");
        token.Header["x5c"] = new JsonArray(Convert.ToBase64String(stolen.RawData));
        AssertFails(
            await VerifyAsync(token.Sign(thief)), CheckNames.Signature, CheckCodes.SignatureMismatch);
        token.Payload["iss"] = "https://boreal.example";
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(token.Sign(Issuer.Key))).Kind);
    }

    [Theory]
    [InlineData(
        """{"status_list":{"idx":5,"uri":"https://creds.aurora.example/v1/status-lists/AuroraMSP~list-1~any"}}""")]
    [InlineData("""{"status_list":{"idx":0,"uri":"https://elsewhere.example/list"}}""")]
    [InlineData("""{"status_list":{}}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task Verify_StatusThatIsNotItsPlace_IsInvalid(string status)
    {
        foreach (bool isSdJwt in new[] { false, true })
        {
            byte[] forged = Resigned(isSdJwt, token => token.Payload["status"] = JsonNode.Parse(status));
            Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(forged)).Kind);
        }
    }

    [Fact]
    public async Task Verify_OtherClaimWithItsOwnDigestSignedByTheTrueKey_IsNotTheAnchored()
    {
        // What a thief would do: put a digest of his own name in the place of the learner's, and sign.
        byte[] forged = Resigned(true, token =>
        {
            int at = token.Disclosures.FindIndex(disclosure => ForgedToken.NameOf(disclosure) == "name");
            string own = Disclosure("name", "A Thief");
            var digests = token.Payload["credentialSubject"]!["_sd"]!.AsArray();
            int place = digests.ToList().FindIndex(
                digest => (string?)digest == DigestOf(token.Disclosures[at]));
            digests[place] = DigestOf(own);
            token.Disclosures[at] = own;
        });
        var verdict = await VerifyAsync(forged);
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    public static TheoryData<string, Action<ForgedTokenList>> FaultyDisclosures => new()
    {
        { "foreign", list => list.Add(Disclosure("result", "6")) },
        { "twice", list => list.Add(list[0]) },
        { "changed", list => list[0] = Disclosure("name", "A Thief") },
        { "padded", list => list[0] += "=" },
        { "empty", list => list.Add("") },
        { "not encoded", list => list.Add("[\"salt\",\"name\",1]") },
        { "no list", list => list.Add(ForgedToken.Encode(new JsonObject())) },
        { "of an element", list => list.Add(ForgedToken.Encode(new JsonArray("salt", "value"))) },
        { "too many", list => list.AddRange(Enumerable.Range(0, 1000).Select(i => Disclosure("name", $"{i}"))) },
        { "key binding", list => list.Add("eyJhbGciOiJFUzI1NiJ9.e30.AA") },
    };

    [Theory]
    [MemberData(nameof(FaultyDisclosures), DisableDiscoveryEnumeration = true)]
    public async Task Verify_FaultyDisclosure_IsInvalidByFormat(string what, Action<ForgedTokenList> change)
    {
        byte[] token = Changed(true, forged =>
        {
            var list = new ForgedTokenList(forged.Disclosures);
            change(list);
            forged.Disclosures.Clear();
            forged.Disclosures.AddRange(list);
        });
        var verdict = await VerifyAsync(token);
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6ImtiK2p3dCJ9.e30.AA")]
    [InlineData("x")]
    public async Task Verify_KeyBindingAppended_IsInvalidByFormat(string binding)
    {
        var verdict = await VerifyAsync([.. SdJwt, .. Encoding.ASCII.GetBytes(binding)]);
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.Contains("keyBinding", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> MisplacedDisclosures => new()
    {
        { "", "issuer" },
        { "", "credentialSubject" },
        { "", "validUntil" },
        { "", "exp" },
        { "", "cnf" },
        { "", "leafSalt" },
        { "", "name" },
        { "", "_sd" },
        { "", "..." },
        { "credentialSubject", "achievement" },
        { "credentialSubject", "creditsEarned" },
        { "credentialSubject", "type" },
        { "credentialSubject", "_sd" },
        { "credentialSubject", "..." },
    };

    [Theory]
    [MemberData(nameof(MisplacedDisclosures))]
    public async Task Verify_DisclosureOfWhatStandsInTheOpen_IsInvalidByFormat(string holder, string name)
    {
        // Signed with its digest by the true key: still not read, since it would change what is said in the open.
        byte[] token = Resigned(true, forged =>
        {
            string disclosure = Disclosure(name, "x");
            var place = holder.Length == 0 ? forged.Payload : forged.Payload[holder]!;
            place["_sd"]!.AsArray().Add(DigestOf(disclosure));
            forged.Disclosures.Add(disclosure);
        });
        var verdict = await VerifyAsync(token);
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.Contains("disclosures/4", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TwoDisclosuresOfOneClaim_IsInvalidByFormat() => AssertFails(
        await VerifyAsync(Resigned(true, forged =>
        {
            string disclosure = Disclosure("name", "A Thief");
            forged.Payload["credentialSubject"]!["_sd"]!.AsArray().Add(DigestOf(disclosure));
            forged.Disclosures.Add(disclosure);
        })),
        CheckNames.Format, CheckCodes.NotACredential);

    public static TheoryData<string, Action<JsonObject>> FaultyClaims => new()
    {
        { "/cnf", payload => payload["cnf"] = new JsonObject { ["kid"] = "x" } },
        { "/sub", payload => payload["sub"] = "did:example:4" },
        { "/iat", payload => payload["iat"] = 0 },
        { "/aud", payload => payload["aud"] = "x" },
        { "/status", payload => payload["status"] = new JsonObject() },
        { "/vct", payload => payload["vct"] = "urn:other" },
        { "/iss", payload => payload["iss"] = "did:web:boreal.example" },
        { "/exp", payload => payload.Remove("exp") },
        { "/nbf", payload => payload["nbf"] = 1 },
        { "/_sd_alg", payload => payload["_sd_alg"] = "sha-1" },
        { "/_sd_alg", payload => payload.Remove("_sd_alg") },
        { "/_sd", payload => payload.Remove("_sd") },
        { "/_sd", payload => payload["_sd"]!.AsArray().Add(payload["_sd"]![0]!.DeepClone()) },
        { "/credentialSubject/_sd", payload => payload["credentialSubject"]!["_sd"] = "x" },
        {
            "/credentialSubject/_sd",
            payload => payload["credentialSubject"]!["_sd"]!.AsArray().Add(payload["_sd"]![0]!.DeepClone())
        },
        { "/credentialSubject", payload => payload["credentialSubject"]!["name"] = "In the Open" },
        {
            "/credentialSubject",
            payload => payload["credentialSubject"]!["achievement"]!["_sd"] = new JsonArray("x")
        },
        { "/evidence", payload => payload["evidence"] = new JsonArray() },
        { "/leafSalt", payload => payload["leafSalt"] = "AAECAwQFBgcICQoLDA0ODw" },
    };

    [Theory]
    [MemberData(nameof(FaultyClaims), DisableDiscoveryEnumeration = true)]
    public async Task Verify_FaultyClaim_IsInvalidByFormatAndNamesIt(string path, Action<JsonObject> change)
    {
        var verdict = await VerifyAsync(Resigned(true, token => change(token.Payload)));
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.Contains(path + ":", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
        Assert.Equal(0, Ledger.Asked);
    }

    private static string Disclosure(string name, JsonNode value) =>
        ForgedToken.Encode(new JsonArray("c2FsdHNhbHRzYWx0c2FsdA", name, value));

    private static string DigestOf(string disclosure) => Base64Url.EncodeToString(
        System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(disclosure)));
}

/// <summary>The disclosures of a token, for a theory to change.</summary>
public sealed class ForgedTokenList(IEnumerable<string> disclosures) : List<string>(disclosures);
