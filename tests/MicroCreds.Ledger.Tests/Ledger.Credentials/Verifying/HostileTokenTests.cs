using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>What is wrong with tokens as such, alike for both kinds.</summary>
public sealed class HostileTokenTests : TokenFixture
{
    public static TheoryData<string, JsonNode?> FaultyHeaders => new()
    {
        { "alg", "none" },
        { "alg", "None" },
        { "alg", "HS256" },
        { "alg", "ES384" },
        { "alg", "es256" },
        { "alg", null },
        { "alg", 256 },
        { "typ", "JWT" },
        { "typ", null },
        { "cty", "text/plain" },
        { "jwk", new JsonObject { ["kty"] = "EC" } },
        { "jku", "https://evil.example/keys" },
        { "x5u", "https://evil.example/cert" },
        { "x5c", new JsonArray("MIIB") },
        { "crit", new JsonArray("exp") },
        { "b64", false },
        { "kid", "did:web:aurora.example" },
        { "kid", "did:web:aurora.example#key-1" },
        { "kid", "#key-1:jwk" },
        { "kid", "did:web:aurora.example#:jwk" },
        { "kid", null },
    };

    [Theory]
    [MemberData(nameof(FaultyHeaders), DisableDiscoveryEnumeration = true)]
    public async Task Verify_FaultyHeader_IsInvalidBySignature(string name, JsonNode? value)
    {
        foreach (bool isSdJwt in new[] { false, true })
        {
            var verdict = await VerifyAsync(Resigned(isSdJwt, token =>
            {
                if (value is null) token.Header.Remove(name);
                else token.Header[name] = value.DeepClone();
            }));
            AssertFails(verdict, CheckNames.Signature, CheckCodes.ProofMalformed);
            Assert.Contains("header", Line(verdict, CheckNames.Signature).Detail, StringComparison.Ordinal);
            Assert.Equal(0, Ledger.Asked);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_ProofBesideTheTokensOwn_IsInvalid(bool isSdJwt) => AssertFails(
        await VerifyAsync(Resigned(isSdJwt, token => token.Payload["proof"] = new JsonArray())),
        CheckNames.Signature, CheckCodes.ProofMalformed);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_AlgNoneWithoutSignature_IsInvalid(bool isSdJwt)
    {
        byte[] token = ForgedToken.Of(Token(isSdJwt)).Change(forged =>
        {
            forged.Header["alg"] = "none";
            forged.Signature = "";
        }).ToArray();
        AssertFails(await VerifyAsync(token), CheckNames.Signature, CheckCodes.ProofMalformed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_MacWithThePublicKey_IsInvalid(bool isSdJwt)
    {
        // The public key is no secret: whoever takes it for one lets anyone sign.
        byte[] secret = Encoding.ASCII.GetBytes(Issuer.Key.PublicKeyMultibase);
        var token = ForgedToken.Of(Token(isSdJwt)).Change(forged => forged.Header["alg"] = "HS256");
        AssertFails(
            await VerifyAsync(token.Sign(message => HMACSHA256.HashData(secret, message))),
            CheckNames.Signature, CheckCodes.ProofMalformed);
        AssertFails(
            await VerifyAsync(token.Sign(message => HMACSHA512.HashData(secret, message))),
            CheckNames.Signature, CheckCodes.ProofMalformed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_AlgorithmOfAnotherKind_IsInvalid(bool isSdJwt) => AssertFails(
        await VerifyAsync(Resigned(isSdJwt, token => token.Header["alg"] = "EdDSA")),
        CheckNames.Signature, CheckCodes.SignatureMismatch);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_EmbeddedKeyOfAThief_IsInvalid(bool isSdJwt)
    {
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = thief.ExportParameters(includePrivateParameters: false).Q;
        var token = ForgedToken.Of(Token(isSdJwt)).Change(forged => forged.Header["jwk"] = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        });
        byte[] forged = token.Sign(message => thief.SignData(
            message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        AssertFails(await VerifyAsync(forged), CheckNames.Signature, CheckCodes.ProofMalformed);
        token.Header.Remove("jwk");
        forged = token.Sign(message => thief.SignData(
            message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        AssertFails(await VerifyAsync(forged), CheckNames.Signature, CheckCodes.SignatureMismatch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_DerSignature_IsInvalid(bool isSdJwt)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Issuer.Key.ToPem());
        byte[] token = ForgedToken.Of(Token(isSdJwt)).Sign(message => key.SignData(
            message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        AssertFails(await VerifyAsync(token), CheckNames.Signature, CheckCodes.ProofMalformed);
    }

    [Theory]
    [InlineData("did:web:boreal.example#key-1:jwk", CheckCodes.ForeignKey)]
    [InlineData("did:web:aurora.example#key-2:jwk", CheckCodes.SignatureMismatch)]
    [InlineData("did:web:aurora.example#key-9:jwk", CheckCodes.UnknownKey)]
    public async Task Verify_AnotherKeyNamed_IsInvalid(string kid, string code)
    {
        foreach (bool isSdJwt in new[] { false, true })
        {
            AssertFails(
                await VerifyAsync(Resigned(isSdJwt, token => token.Header["kid"] = kid)), CheckNames.Signature, code);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_KeyOfAnotherInstitution_IsInvalid(bool isSdJwt)
    {
        using var other = new SampleIssuer("BorealMSP", "boreal.example");
        Ledger.Institutions["BorealMSP"] = other.Institution;
        var token = ForgedToken.Of(Token(isSdJwt)).Change(
            forged => forged.Header["kid"] = "did:web:boreal.example#key-1:jwk");
        AssertFails(await VerifyAsync(token.Sign(other.Key)), CheckNames.Signature, CheckCodes.ForeignKey);
    }

    [Fact]
    public async Task Verify_OneKindAsTheOther_IsInvalid()
    {
        // The type tells what the payload means, so neither passes for the other.
        string jwt = Encoding.ASCII.GetString(VcJwt);
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(Encoding.ASCII.GetBytes(jwt + "~"))).Kind);
        string sdJwt = Encoding.ASCII.GetString(SdJwt);
        Assert.Equal(VerdictKind.Invalid, (await VerifyAsync(Encoding.ASCII.GetBytes(sdJwt.Split('~')[0]))).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_OtherSpellingOfTheSameBytes_IsInvalid(bool isSdJwt)
    {
        string text = Encoding.ASCII.GetString(Token(isSdJwt));
        string jws = text.Split('~')[0];
        string[] parts = jws.Split('.');

        // 64 bytes leave four bits in the last letter that no byte takes.
        char last = (char)(parts[2][^1] + 1);
        string[] others =
        [
            $"{parts[0]}.{parts[1]}.{parts[2][..^1]}{last}", $"{parts[0]}.{parts[1]}.{parts[2]}==",
            $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}=.{parts[2]}",
            $"{parts[0]}.{parts[1][..8]}\n{parts[1][8..]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2].Replace('-', '+').Replace('_', '/')}+",
            $"{parts[0]}.{parts[1]}.{parts[2]}.", $"{parts[0]}.{parts[1]}", $"{parts[0]}..{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2]}{parts[2]}",
        ];
        foreach (string other in others)
        {
            byte[] token = Encoding.ASCII.GetBytes(text.Replace(jws, other, StringComparison.Ordinal));
            Assert.True((await VerifyAsync(token)).Kind == VerdictKind.Invalid, other);
        }

        Assert.Equal(0, Ledger.Asked);
    }

    public static TheoryData<string> FaultyPayloads =>
    [
        "[]", "null", "\"x\"", "1", "", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\\ud800\"}", "{\"n\":9007199254740993}",
        string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000),
        "{\"credentialSubject\":[],\"_sd\":{},\"issuer\":7,\"ledgerAnchor\":[]}",
        "{\"credentialSubject\":{\"_sd\":[1,null]},\"_sd\":[{}]}",
    ];

    [Theory]
    [MemberData(nameof(FaultyPayloads))]
    public async Task Verify_FaultyPayload_IsInvalidByFormat(string payload)
    {
        foreach (bool isSdJwt in new[] { false, true })
        {
            string header = Encoding.ASCII.GetString(Token(isSdJwt)).Split('.')[0];
            string message = $"{header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
            string signature = Base64Url.EncodeToString(Issuer.Key.Sign(Encoding.ASCII.GetBytes(message)));
            byte[] token = Encoding.ASCII.GetBytes($"{message}.{signature}" + (isSdJwt ? "~" : ""));
            AssertFails(await VerifyAsync(token), CheckNames.Format, CheckCodes.NotACredential);
        }
    }

    [Fact]
    public async Task Verify_Oversize_IsNotRead_AndNotValid()
    {
        foreach (string text in new[]
            { "eyJ" + new string('A', 300_000), "eyJ.." + new string('~', 300_000) })
        {
            var verdict = await VerifyAsync(Encoding.ASCII.GetBytes(text));
            Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
            Assert.Equal(CheckCodes.TooLarge, verdict.Checks[0].Code);
        }
    }

    [Theory]
    [InlineData("ey")]
    [InlineData("ey~")]
    [InlineData("eyJ..")]
    [InlineData("ey.~.~.")]
    [InlineData("eyJhbGciOiJub25lIn0..")]
    public async Task Verify_RuinOfAToken_IsInvalidByFormat(string text) => AssertFails(
        await VerifyAsync(Encoding.ASCII.GetBytes(text)), CheckNames.Format, CheckCodes.NotACredential);

    [Fact]
    public async Task Verify_AnyLetterOfTheTokenChanged_IsInvalid()
    {
        foreach (bool isSdJwt in new[] { false, true })
        {
            byte[] token = Token(isSdJwt);
            for (int i = 0; i < token.Length; i += 7)
            {
                byte[] changed = [.. token];
                changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';
                Assert.True(
                    (await VerifyAsync(changed)).Kind == VerdictKind.Invalid, $"Letter {i} of {token.Length} changed.");
            }
        }
    }

    [Fact]
    public async Task Verify_FaultyToken_TellsNoValueOfIt()
    {
        var verdict = await VerifyAsync(Resigned(false, token =>
        {
            token.Payload["iss"] = "Maija Esimerkki";
            token.Header["kid"] = "Maija Esimerkki";
        }));
        Assert.DoesNotContain(verdict.Checks, check => check.Detail.Contains("Maija", StringComparison.Ordinal));
    }
}
