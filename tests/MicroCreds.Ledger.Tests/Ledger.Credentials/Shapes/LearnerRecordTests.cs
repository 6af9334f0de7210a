using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>Learner records (CLR 2.0): written, judged by others, and read again.</summary>
public sealed class LearnerRecordTests : ShapeFixture
{
    [Fact]
    public async Task Sign_SaysWhatIsFixed_LetterByLetter()
    {
        var record = JsonNode.Parse(await RecordAsync(one => one with
        {
            LearnerId = "did:example:zoe",
            Credentials = [SampleAwards.Full.Document, SampleAwards.Scant.Document],
            MadeAt = SampleAwards.MadeAt,
        }))!.AsObject();
        var proof = record["proof"]![0]!;
        Assert.Equal("did:web:aurora.example#key-1", (string?)proof["verificationMethod"]);
        Assert.Equal(3, proof["@context"]!.AsArray().Count);
        record.Remove("proof");
        SampleAwards.RequireGolden("shape-clr.json", record.ToJsonString());
    }

    [Fact]
    public async Task Verify_EachCredentialInIt_StandsAsItDoesAlone_AndTheRecordIsSigned()
    {
        var verdict = await VerifyReceivedAsync(await RecordAsync());
        Assert.Equal(2, verdict.Each!.Count);
        Assert.All(verdict.Each, one =>
        {
            Assert.Equal(VerdictKind.Valid, one.Kind);
            Assert.Equal([Wrapping.Record], one.Unwrapped!);
            Assert.Contains(one.Notices, notice => notice.Code == CheckCodes.RecordSigned);
        });
        Assert.Equal(["Learner Nr. 2", "Learner Nr. 3"], verdict.Each.Select(one => one.Credential!.Recipient));

        // One that was revoked is revoked in a record, too.
        Ledger.Statuses[(Cohort.Root, 3)] = Issuer.SetStatus(Cohort, 3, CredentialState.Revoked, "issuedInError");
        verdict = await VerifyReceivedAsync(await RecordAsync());
        Assert.Equal([VerdictKind.Valid, VerdictKind.Invalid], verdict.Each!.Select(one => one.Kind));
    }

    [Fact]
    public async Task Verify_RecordThatSomebodyChanged_TakesNothingFromTheCredential_AndIsTold()
    {
        byte[] changed = Change(await RecordAsync(), record => record["name"] = "Doctorate");
        var verdict = await VerifyReceivedAsync(changed);
        Assert.All(verdict.Each!, one =>
        {
            Assert.Equal(VerdictKind.Valid, one.Kind);
            Assert.Contains(one.Notices, notice => notice.Code == CheckCodes.RecordAltered);
        });

        // A credential that was changed in it is not valid, whatever the record's signature is.
        byte[] forged = Change(await RecordAsync(), record =>
            record["credentialSubject"]!["verifiableCredential"]![0]!["credentialSubject"]!["name"] = "Somebody Else");
        verdict = await VerifyReceivedAsync(forged);
        Assert.Equal([VerdictKind.Invalid, VerdictKind.Valid], verdict.Each!.Select(one => one.Kind));
    }

    [Theory]
    [InlineData("no proof")]
    [InlineData("another's name")]
    [InlineData("withdrawn key")]
    [InlineData("token")]
    [InlineData("unknown suite")]
    [InlineData("ended")]
    [InlineData("another purpose")]
    public async Task Verify_RecordThatCannotBeChecked_SaysSo(string way)
    {
        byte[] record = await RecordAsync(keyId: way == "withdrawn key" ? "key-2" : "key-1");
        if (way == "withdrawn key")
        {
            var keys = Issuer.Institution.Keys;
            Issuer.Institution = Issuer.Institution with
            {
                Keys = [keys[0], keys[1] with { RevokedAt = Time.GetUtcNow() }],
            };
            RefreshInstitution();
        }

        byte[] brought = way switch
        {
            "no proof" => Change(record, one => one.Remove("proof")),
            "another's name" => Change(record, one => one["issuer"]!["id"] = "did:web:others.example"),
            "ended" => SignAgain(record, proof => proof["expires"] = CredentialTime.Write(Time.GetUtcNow())),
            "another purpose" => SignAgain(record, proof => proof["proofPurpose"] = "authentication"),
            "unknown suite" => Change(record, one => one["proof"]![0]!["cryptosuite"] = "eddsa-rdfc-2022"),
            "token" => Encoding.ASCII.GetBytes($"{Encoded("{\"alg\":\"ES256\"}")}.{Encoded(Encoding.UTF8.GetString(
                Change(record, one => one.Remove("proof"))))}.{Encoded(new string('s', 64))}"),
            _ => record,
        };
        var verdict = await VerifyReceivedAsync(brought);
        Assert.All(verdict.Each!, one =>
        {
            Assert.Equal(VerdictKind.Valid, one.Kind);
            Assert.Contains(one.Notices, notice => notice.Code == CheckCodes.RecordNotChecked);
        });
    }

    private byte[] SignAgain(byte[] record, Action<JsonObject> change) => Change(record, one =>
    {
        var proof = one["proof"]![0]!.DeepClone().AsObject();
        one.Remove("proof");
        proof.Remove("proofValue");
        change(proof);
        byte[] signature = Issuer.Key.Sign(DataIntegrity.BytesToSign(
            DataIntegrity.HashOptions(CanonicalObject.From(proof)), CanonicalObject.From(one).ToArray()));
        proof["proofValue"] = Encoding.ASCII.GetString(SignatureText.Write(signature));
        one["proof"] = new JsonArray(proof);
    });

    [Fact]
    public async Task Verify_OthersRecord_IsNamedAsOne_WhateverIsInIt()
    {
        byte[] foreign = Change(await RecordAsync(), record =>
        {
            record["issuer"]!["id"] = "did:web:others.example";
            record["credentialSubject"]!["verifiableCredential"] = new JsonArray(new JsonObject
            {
                ["@context"] = new JsonArray(CredentialVocabulary.CredentialsContext),
                ["type"] = new JsonArray("VerifiableCredential"),
                ["issuer"] = "did:web:others.example",
                ["credentialSubject"] = new JsonObject { ["name"] = "A degree" },
            });
        });
        var verdict = await VerifyReceivedAsync(foreign);
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Equal(ForeignKind.LearnerRecord, verdict.Foreign!.Kind);
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task OthersVerifier_AcceptsTheRecordAndEachCredential_AndRefusesAChangedOne(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        var documents = issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request()]).Documents;
        var record = JsonNode.Parse(await new LearnerRecord
        {
            Id = Guid.NewGuid(),
            Name = "Record of achievements",
            Publisher = issuer.Institution,
            LearnerName = "Maija Esimerkki",
            Credentials = [.. documents.Select(one => (ReadOnlyMemory<byte>)one)],
            MadeAt = Time.GetUtcNow(),
        }.SignAsync(issuer.Key, "key-1", TestContext.Current.CancellationToken))!;
        string? folder = PublishedSchemas.Find("clr-2.0", "context-2.0.1.json");
        var said = await JudgeAsync("clr", record.DeepClone(), folder, issuer);
        Assert.True((bool)said["verified"]!, said.ToJsonString());
        Assert.Equal([true, true], said["embedded"]!.AsArray().Select(one => (bool)one!["verified"]!));
        if (folder is not null)
        {
            Assert.True((bool)said["terms"]!, said.ToJsonString());
            Assert.True((int)said["quads"]! > 100, "The record loses most of what it says.");
        }

        record["name"] = "Doctorate";
        Assert.False((bool)(await JudgeAsync("clr", record, folder: null, issuer))["verified"]!);
    }

    private static string Encoded(string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
