using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class HostileDocumentTests : VerifierFixture
{
    public static TheoryData<string> NoCredentials =>
    [
        "", " ", "{}", "[]", "null", "\"text\"", "1", "{\"a\":1,\"a\":2}",
        "{\"name\":\"\\ud800\"}",
        "{\"n\":9007199254740993}",
        "{\"a\":1} {}", "not json",
        "{\"@context\":[],\"issuer\":[],\"credentialSubject\":null,\"proof\":[{}],\"ledgerAnchor\":7}",
        "{\"type\":[[[]]],\"proof\":[[]],\"issuer\":{\"id\":{}},\"credentialSubject\":{\"achievement\":[]}}",
    ];

    [Theory]
    [MemberData(nameof(NoCredentials))]
    public async Task Verify_NoCredential_IsInvalidByFormat(string text)
    {
        var verdict = await VerifyAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
        Assert.Equal(CheckOutcome.Fail, Line(verdict, CheckNames.Format).Outcome);
        Assert.Equal(7, verdict.Checks.Count);
        Assert.Null(verdict.Credential);
        Assert.Equal(0, Ledger.Asked);
    }

    [Fact]
    public async Task Verify_InvalidUtf8_IsInvalidByFormat()
    {
        byte[] broken = [.. Document];
        broken[^40] = 0xff;
        AssertFails(await VerifyAsync(broken), CheckNames.Format, CheckCodes.NotJson);
    }

    [Fact]
    public async Task Verify_NestedAThousandDeep_IsInvalidByFormat()
    {
        string text = string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000);
        AssertFails(await VerifyAsync(Encoding.UTF8.GetBytes(text)), CheckNames.Format, CheckCodes.NotJson);
    }

    [Fact]
    public async Task Verify_Huge_IsNotRead_AndNotValid()
    {
        byte[] huge = new byte[50_000_000];
        var verdict = await VerifyAsync(huge);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(CheckCodes.TooLarge, verdict.Checks[0].Code);
    }

    [Fact]
    public async Task Verify_ManyNamesAtOnce_IsInvalidByFormat()
    {
        string text = "{" + string.Join(",", Enumerable.Range(0, 15_000).Select(i => $"\"m{i}\":{i}")) + "}";
        AssertFails(await VerifyAsync(Encoding.UTF8.GetBytes(text)), CheckNames.Format, CheckCodes.NotACredential);
    }

    [Theory]
    [InlineData("https://www.w3.org/2018/credentials/v1")]
    [InlineData("https://www.w3.org/ns/credentials/v2/")]
    public async Task Verify_AnotherContext_IsInvalidByFormat(string context) => AssertFails(
        await VerifyAsync(Change(Document, root => root["@context"]![0] = context)),
        CheckNames.Format, CheckCodes.NotACredential);

    [Fact]
    public async Task Verify_ContextAdded_IsInvalidByFormat()
    {
        // A further context could give the terms before it another meaning.
        AssertFails(
            await VerifyAsync(Change(Document, root => root["@context"]!.AsArray().Add(
                new JsonObject { ["name"] = "https://evil.example/name" }))),
            CheckNames.Format, CheckCodes.NotACredential);
    }

    [Fact]
    public async Task Verify_ContextsExchanged_IsInvalidByFormat() => AssertFails(
        await VerifyAsync(Change(Document, root =>
        {
            var first = root["@context"]![0]!.DeepClone();
            root["@context"]![0] = root["@context"]![1]!.DeepClone();
            root["@context"]![1] = first;
        })),
        CheckNames.Format, CheckCodes.NotACredential);

    public static TheoryData<string, Action<JsonObject>> FaultyProofs => new()
    {
        { "missing", root => root.Remove("proof") },
        { "none", root => root["proof"] = new JsonArray() },
        { "another purpose", root => root["proof"]![0]!["proofPurpose"] = "authentication" },
        { "another type", root => root["proof"]![0]!["type"] = "Ed25519Signature2020" },
        { "another suite", root => root["proof"]![0]!["cryptosuite"] = "ecdsa-rdfc-2019" },
        { "an expiry", root => root["proof"]![0]!["expires"] = "2099-01-01T00:00:00Z" },
        { "no time", root => root["proof"]![0]!["created"] = "yesterday" },
        { "no key", root => root["proof"]![0]!["verificationMethod"] = "did:web:aurora.example" },
        { "no contexts", root => root["proof"]![0]!.AsObject().Remove("@context") },
        { "other contexts", root => root["proof"]![0]!["@context"]!.AsArray().RemoveAt(1) },
        { "hexadecimal value", root => root["proof"]![0]!["proofValue"] = "f" + new string('0', 128) },
        { "short value", root => root["proof"]![0]!["proofValue"] = "z3sA" },
        { "endless value", root => root["proof"]![0]!["proofValue"] = "z" + new string('2', 100_000) },
        { "value of another alphabet", root => root["proof"]![0]!["proofValue"] = "z" + new string('0', 87) },
    };

    [Theory]
    [MemberData(nameof(FaultyProofs), DisableDiscoveryEnumeration = true)]
    public async Task Verify_FaultyProof_IsInvalidBySignature(string what, Action<JsonObject> change)
    {
        var verdict = await VerifyAsync(Change(Document, change));
        AssertFails(verdict, CheckNames.Signature, CheckCodes.ProofMalformed);
        Assert.Contains("/proof", Line(verdict, CheckNames.Signature).Detail, StringComparison.Ordinal);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task Verify_OtherSuiteThanTheKeys_IsInvalidBySignature() => AssertFails(
        await VerifyAsync(Change(Document, root => root["proof"]![0]!["cryptosuite"] = "eddsa-jcs-2022")),
        CheckNames.Signature, CheckCodes.SignatureMismatch);

    [Fact]
    public async Task Verify_MethodOfAnotherDid_IsInvalidBySignature() => AssertFails(
        await VerifyAsync(Change(Document, root => root["proof"]![0]!["verificationMethod"] =
            "did:web:boreal.example#key-1")),
        CheckNames.Signature, CheckCodes.ForeignKey);

    public static TheoryData<string, Action<JsonObject>> FaultyParts => new()
    {
        { "/id", root => root["id"] = "https://aurora.example/1" },
        { "/id", root => root["id"] = "urn:uuid:" },
        { "/type", root => root["type"] = new JsonArray("VerifiableCredential") },
        { "/issuer", root => root["issuer"] = "did:web:aurora.example" },
        { "/issuer/id", root => root["issuer"]!["id"] = "https://aurora.example" },
        { "/validFrom", root => root["validFrom"] = "2026-03-01T12:00:00" },
        { "/validFrom", root => root["validFrom"] = "2026-02-30T12:00:00Z" },
        { "/validUntil", root => root["validUntil"] = "2025-01-01T00:00:00Z" },
        { "/leafSalt", root => root["leafSalt"] = "c2hvcnQ" },
        { "/leafSalt", root => root.Remove("leafSalt") },
        { "/ledgerAnchor", root => root.Remove("ledgerAnchor") },
        { "/ledgerAnchor/index", root => root["ledgerAnchor"]!["index"] = 5 },
        { "/ledgerAnchor/index", root => root["ledgerAnchor"]!["index"] = -1 },
        { "/ledgerAnchor/index", root => root["ledgerAnchor"]!["index"] = 0.5 },
        { "/ledgerAnchor/size", root => root["ledgerAnchor"]!["size"] = 2_000_000 },
        { "/ledgerAnchor/root", root => root["ledgerAnchor"]!["root"] = new string('A', 64) },
        { "/ledgerAnchor/path", root => root["ledgerAnchor"]!["path"] = "x" },
        {
            "/ledgerAnchor/path",
            root => root["ledgerAnchor"]!["path"] =
                new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => JsonValue.Create(new string('a', 64)))])
        },
        { "/ledgerAnchor/path/0", root => root["ledgerAnchor"]!["path"]![0] = 7 },
        { "/ledgerAnchor", root => root["ledgerAnchor"]!["note"] = "more" },
        { "/_sd", root => root["_sd"] = new JsonArray() },
        { "/credentialSubject/_sd", root => root["credentialSubject"]!["_sd"] = new JsonArray() },
        { "/credentialSubject", root => root["credentialSubject"] = new JsonArray() },
        { "/credentialSubject/name", root => root["credentialSubject"]!.AsObject().Remove("name") },
        {
            "/credentialSubject/achievement/id",
            root => root["credentialSubject"]!["achievement"]!["id"] =
                "did:web:boreal.example/achievements/python-basics/2"
        },
        {
            "/credentialSubject/achievement/version",
            root => root["credentialSubject"]!["achievement"]!["version"] = "3"
        },
    };

    [Theory]
    [MemberData(nameof(FaultyParts), DisableDiscoveryEnumeration = true)]
    public async Task Verify_FaultyPart_IsInvalidByFormatAndNamesIt(string path, Action<JsonObject> change)
    {
        var verdict = await VerifyAsync(Change(Document, change));
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        Assert.Contains(path + ":", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FaultyDocument_TellsNoValueOfIt()
    {
        var verdict = await VerifyAsync(Change(Document, root =>
        {
            root["credentialSubject"]!["name"] = new JsonObject { ["secret"] = "Maija Esimerkki" };
            root["id"] = "Maija Esimerkki";
        }));
        Assert.DoesNotContain(verdict.Checks, check => check.Detail.Contains("Maija", StringComparison.Ordinal));
    }
}
