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
