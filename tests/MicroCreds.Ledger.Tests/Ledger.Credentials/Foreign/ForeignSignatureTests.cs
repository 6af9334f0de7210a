using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.Resolving;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>Of a foreign signature is said that it holds, or does not, or could not be checked; no more.</summary>
public sealed class ForeignSignatureTests
{
    private const string Web = "did:web:others.example";

    [Theory]
    [InlineData(KeyAlgorithm.P256, true)]
    [InlineData(KeyAlgorithm.Ed25519, true)]
    [InlineData(KeyAlgorithm.P256, false)]
    [InlineData(KeyAlgorithm.Ed25519, false)]
    public async Task Check_KeyInTheDid_HoldsUntilALetterIsChanged(KeyAlgorithm algorithm, bool isToken)
    {
        using var key = IssuerPrivateKey.Generate(algorithm);
        string did = "did:key:" + key.PublicKeyMultibase;
        byte[] signed = isToken
            ? Token(key, did, did + "#" + key.PublicKeyMultibase)
            : Document(key, did, did + "#" + key.PublicKeyMultibase);
        Assert.Equal(ForeignSignatureCodes.Holds, (await CheckAsync(signed)).Code);

        byte[] changed = isToken
            ? Token(key, did, did + "#" + key.PublicKeyMultibase, payload => payload["name"] = "Other")
            : Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(signed).Replace("Course", "Degree", StringComparison.Ordinal));
        var found = await CheckAsync(changed);
        Assert.Equal(ForeignSignatureOutcome.DoesNotHold, found.Outcome);
        Assert.Equal(ForeignSignatureCodes.DoesNotHold, found.Code);
    }

    [Fact]
    public async Task Check_KeyOfAnotherThanTheIssuer_IsNotChecked()
    {
        using var key = IssuerPrivateKey.Generate();
        string did = "did:key:" + key.PublicKeyMultibase;
        byte[] signed = Document(key, Web, did + "#" + key.PublicKeyMultibase);
        Assert.Equal(ForeignSignatureCodes.KeyElsewhere, (await CheckAsync(signed)).Code);
    }

    [Fact]
    public async Task Check_KeyFromTheWeb_HoldsAsLongAsItIsThere()
    {
        using var key = IssuerPrivateKey.Generate();
        byte[] signed = Document(key, Web, Web + "#k1");
        Assert.Equal(ForeignSignatureCodes.Holds, (await CheckAsync(signed, Served(key, "k1"))).Code);
        Assert.Equal(ForeignSignatureCodes.KeyUnknown, (await CheckAsync(signed, Served(key, "k2"))).Code);
        Assert.Equal(
            ForeignSignatureCodes.KeyNotTrusted,
            (await CheckAsync(signed, Served(key, "k1", revoked: "2020-01-01T00:00:00Z"))).Code);
        Assert.Equal(ForeignSignatureCodes.KeysNotFetched, (await CheckAsync(signed)).Code);
        Assert.Equal(
            ForeignSignatureCodes.KeysUnreachable,
            (await CheckAsync(signed, new Answer(HttpStatusCode.NotFound, ""))).Code);
    }

    [Theory]
    [InlineData("cryptosuite", "eddsa-rdfc-2022", ForeignSignatureCodes.MethodUnknown)]
    [InlineData("proofValue", "z3sA", ForeignSignatureCodes.Malformed)]
    [InlineData("verificationMethod", "https://others.example/key", ForeignSignatureCodes.KeysUnreachable)]
    public async Task Check_WhatIsNotKnownHere_IsNotChecked(string member, string value, string code)
    {
        using var key = IssuerPrivateKey.Generate();
        string did = "did:key:" + key.PublicKeyMultibase;
        var document = JsonNode.Parse(Document(key, did, did + "#" + key.PublicKeyMultibase))!;
        document["proof"]![member] = value;
        var found = await CheckAsync(Encoding.UTF8.GetBytes(document.ToJsonString()));
        Assert.Equal(ForeignSignatureOutcome.NotChecked, found.Outcome);
        Assert.Equal(code, found.Code);
    }

    /// <summary>Whoever is shown as the issuer is who signed, or the signature says nothing.</summary>
    [Theory]
    [InlineData("iss", true)]
    [InlineData("issuer", true)]
    [InlineData("vc", true)]
    [InlineData("issuers", true)]
    [InlineData("iss", false)]
    [InlineData("vc", false)]
    public async Task Check_TokenThatNamesTwoIssuers_IsNobodys(string member, bool isAnother)
    {
        using var key = IssuerPrivateKey.Generate();
        string did = "did:key:" + key.PublicKeyMultibase;
        string other = isAnother ? Web : did;
        byte[] signed = Signed(key, "", payload =>
        {
            payload["iss"] = member == "iss" ? other : did;
            payload["issuer"] = member switch
            {
                "issuer" => new JsonObject { ["id"] = other },
                "issuers" => new JsonArray(did),
                _ => did,
            };
            if (member == "vc") payload["vc"] = new JsonObject { ["issuer"] = other };
        });
        Assert.Equal(
            isAnother ? ForeignSignatureCodes.KeyElsewhere : ForeignSignatureCodes.Holds,
            (await CheckAsync(signed)).Code);
    }

    [Theory]
    [InlineData(KeyAlgorithm.Ed25519, "alg", "\"Ed25519\"", ForeignSignatureCodes.Holds)]
    [InlineData(KeyAlgorithm.P256, "crit", "[\"exp\"]", ForeignSignatureCodes.MethodUnknown)]
    [InlineData(KeyAlgorithm.P256, "b64", "false", ForeignSignatureCodes.MethodUnknown)]
    [InlineData(KeyAlgorithm.P256, "alg", "\"ES384\"", ForeignSignatureCodes.MethodUnknown)]
    [InlineData(KeyAlgorithm.P256, "alg", "\"Ed25519\"", ForeignSignatureCodes.DoesNotHold)]
    public async Task Check_HeaderThatAsksForMore_IsNotChecked(
        KeyAlgorithm algorithm, string member, string value, string code)
    {
        using var key = IssuerPrivateKey.Generate(algorithm);
        byte[] signed = Signed(key, "", changeHeader: header => header[member] = JsonNode.Parse(value));
        Assert.Equal(code, (await CheckAsync(signed)).Code);
    }

    /// <summary>Each disclosure has its one digest, in what was signed or in another disclosure (RFC 9901).</summary>
    [Fact]
    public async Task Check_DisclosuresOfAnSdJwt_HoldOnlyIfTheirDigestsAreSigned()
    {
        using var key = IssuerPrivateKey.Generate();
        string inner = Disclosure("salt-1", "city", "Turku");
        string outer = Disclosure("salt-2", "address", new JsonObject { ["_sd"] = new JsonArray(DigestOf(inner)) });
        string element = Disclosure("salt-3", "FI");
        void Change(JsonObject payload)
        {
            payload["_sd"] = new JsonArray(DigestOf(outer), "nobody-has-this-one");
            payload["nationalities"] = new JsonArray(new JsonObject { ["..."] = DigestOf(element) });
        }

        foreach (string good in new[] { "~", $"~{outer}~", $"~{inner}~{outer}~{element}~", $"~{element}~kb.kb.kb" })
        {
            var found = await CheckAsync(Signed(key, good, Change));
            Assert.Equal(ForeignSignatureCodes.Holds, found.Code);
            Assert.Equal(good.EndsWith('b'), found.Detail.Contains("key binding", StringComparison.Ordinal));
        }

        string another = Disclosure("salt-4", "address", "Elsewhere");
        foreach (string bad in new[] { $"~{another}~", $"~{inner}~", $"~{outer}~{outer}~", "~AA~", "~~" })
        {
            Assert.Equal(
                ForeignSignatureOutcome.DoesNotHold, (await CheckAsync(Signed(key, bad, Change))).Outcome);
        }

        // A member of the name of another, a digest twice, one of a member where an element's is due.
        Action<JsonObject>[] unsound =
        [
            payload => payload["_sd"] = new JsonArray(DigestOf(Disclosure("salt-1", "name", "Degree"))),
            payload => payload["_sd"] = new JsonArray(DigestOf(outer), DigestOf(outer)),
            payload => payload["list"] = new JsonArray(new JsonObject { ["..."] = DigestOf(outer) }),
            payload => payload["_sd"] = DigestOf(outer),
        ];
        string[] disclosed = [Disclosure("salt-1", "name", "Degree"), outer, outer, outer];
        foreach (var (change, disclosure) in unsound.Zip(disclosed))
        {
            Assert.Equal(
                ForeignSignatureOutcome.DoesNotHold,
                (await CheckAsync(Signed(key, $"~{disclosure}~", change))).Outcome);
        }

        var unknown = await CheckAsync(Signed(key, $"~{outer}~", payload => payload["_sd_alg"] = "md5"));
        Assert.Equal(ForeignSignatureCodes.MethodUnknown, unknown.Code);
    }

    private static string Disclosure(params JsonNode?[] parts) =>
        Encoding.ASCII.GetString(StrictBase64Url.Encode(Encoding.UTF8.GetBytes(new JsonArray(parts).ToJsonString())));

    private static string DigestOf(string disclosure) =>
        SealedCredential.DigestOf(Encoding.ASCII.GetBytes(disclosure));

    /// <summary>A token that is changed before it is signed.</summary>
    private static byte[] Signed(
        IssuerPrivateKey key, string rest, Action<JsonObject>? change = null, Action<JsonObject>? changeHeader = null)
    {
        string did = "did:key:" + key.PublicKeyMultibase;
        var header = new JsonObject
        {
            ["alg"] = CompactJws.AlgorithmOf(key.Algorithm),
            ["kid"] = $"{did}#{key.PublicKeyMultibase}",
        };
        changeHeader?.Invoke(header);
        var payload = Credential(did);
        change?.Invoke(payload);
        string signed = $"{Encoded(header)}.{Encoded(payload)}";
        string signature = Encoding.ASCII.GetString(StrictBase64Url.Encode(key.Sign(Encoding.ASCII.GetBytes(signed))));
        return Encoding.ASCII.GetBytes($"{signed}.{signature}{rest}");
    }

    private static async Task<ForeignSignature> CheckAsync(byte[] signed, HttpMessageHandler? web = null)
    {
        using var signatures = new ForeignSignatures(
            web is null ? null : new DidWebResolver(null, web), new FakeTimeProvider(SampleIssuer.IssuedAt));
        return await signatures.CheckAsync(signed, TestContext.Current.CancellationToken);
    }

    private static JsonObject Credential(string issuer) => new()
    {
        ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
        ["type"] = new JsonArray("VerifiableCredential"),
        ["issuer"] = new JsonObject { ["id"] = issuer, ["name"] = "Others" },
        ["name"] = "Course",
        ["credentialSubject"] = new JsonObject(),
    };

    private static byte[] Document(IssuerPrivateKey key, string issuer, string method)
    {
        var document = Credential(issuer);
        var proof = new JsonObject
        {
            ["@context"] = document["@context"]!.DeepClone(),
            ["type"] = "DataIntegrityProof",
            ["cryptosuite"] = DataIntegrity.SuiteOf(key.Algorithm),
            ["created"] = "2026-01-01T00:00:00Z",
            ["verificationMethod"] = method,
            ["proofPurpose"] = "assertionMethod",
        };
        byte[] message = DataIntegrity.BytesToSign(
            DataIntegrity.HashOptions(CanonicalObject.From(proof)), CanonicalJson.Canonicalize(document));
        proof["proofValue"] = Encoding.ASCII.GetString(SignatureText.Write(key.Sign(message)));
        document["proof"] = proof;
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static byte[] Token(
        IssuerPrivateKey key, string issuer, string method, Action<JsonObject>? change = null)
    {
        var header = new JsonObject
        {
            ["alg"] = CompactJws.AlgorithmOf(key.Algorithm),
            ["kid"] = method,
            ["typ"] = "vc+jwt",
        };
        var payload = Credential(issuer);
        string head = Encoded(header);
        byte[] signature = key.Sign(Encoding.ASCII.GetBytes($"{head}.{Encoded(payload)}"));
        change?.Invoke(payload);
        return Encoding.ASCII.GetBytes(
            $"{head}.{Encoded(payload)}.{Encoding.ASCII.GetString(StrictBase64Url.Encode(signature))}");
    }

    private static string Encoded(JsonObject json) =>
        Encoding.ASCII.GetString(StrictBase64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString())));

    private static Answer Served(IssuerPrivateKey key, string name, string? revoked = null)
    {
        var method = new JsonObject
        {
            ["id"] = $"{Web}#{name}",
            ["type"] = "Multikey",
            ["controller"] = Web,
            ["publicKeyMultibase"] = key.PublicKeyMultibase,
        };
        if (revoked is not null) method["revoked"] = revoked;
        return new Answer(HttpStatusCode.OK, new JsonObject
        {
            ["id"] = Web,
            ["verificationMethod"] = new JsonArray(method),
            ["assertionMethod"] = new JsonArray($"{Web}#{name}"),
        }.ToJsonString());
    }

    private sealed class Answer(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }
}
