using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using SimpleBase;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>The figures of the specifications' own test vectors.</summary>
public sealed class DataIntegrityTests
{
    private const string DocumentHash = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19";

    private static readonly string[] Contexts =
        ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"];

    /// <summary>W3C vc-di-ecdsa, appendix A (P-256, JCS), and vc-di-eddsa, appendix B (JCS).</summary>
    public static TheoryData<string, string, string, string> Vectors => new()
    {
        {
            "ecdsa-jcs-2019",
            "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
            "fe5799489119c7fe3c528715e72bd39d2ec6b4ab345978df32e9a9312648ec25",
            "z5ptCet75SaEgzG4v4zJhbJtfNi74Wv7Fq15hhKouJQQjEPQvPZKaYxcMXAMLPQS2FXrkCWokNJkFVkwxNzZfD5oT"
        },
        {
            "eddsa-jcs-2022",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db",
            "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void BytesToSign_SpecificationsVector_AreItsHashesAndVerify(
        string suite, string multikey, string optionsHash, string proofValue)
    {
        var options = CanonicalObject.From(Options(suite, multikey));
        byte[] document = CanonicalObject.From(Document()).ToArray();
        byte[] bytes = DataIntegrity.BytesToSign(DataIntegrity.HashOptions(options), document);

        Assert.Equal(optionsHash + DocumentHash, Convert.ToHexStringLower(bytes));
        var key = Multikey.Parse(multikey);
        Assert.Equal(suite, DataIntegrity.SuiteOf(key.Algorithm));
        Assert.True(key.Verify(bytes, Base58.Bitcoin.Decode(proofValue.AsSpan(1))));
    }

    [Fact]
    public void BytesToSign_ProofOptionChanged_AreOthers()
    {
        var options = Options("ecdsa-jcs-2019", "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP");
        options["proofPurpose"] = "authentication";
        Assert.NotEqual(
            "fe5799489119c7fe3c528715e72bd39d2ec6b4ab345978df32e9a9312648ec25",
            Convert.ToHexStringLower(DataIntegrity.HashOptions(CanonicalObject.From(options))));
    }

    private static JsonObject Options(string suite, string multikey) => new()
    {
        ["type"] = "DataIntegrityProof",
        ["cryptosuite"] = suite,
        ["created"] = "2023-02-24T23:36:38Z",
        ["verificationMethod"] = $"did:key:{multikey}#{multikey}",
        ["proofPurpose"] = "assertionMethod",
        ["@context"] = new JsonArray([.. Contexts.Select(context => JsonValue.Create(context))]),
    };

    private static JsonObject Document() => new()
    {
        ["@context"] = new JsonArray([.. Contexts.Select(context => JsonValue.Create(context))]),
        ["id"] = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        ["type"] = new JsonArray("VerifiableCredential", "AlumniCredential"),
        ["name"] = "Alumni Credential",
        ["description"] = "A minimum viable example of an Alumni Credential.",
        ["issuer"] = "https://vc.example/issuers/5678",
        ["validFrom"] = "2023-01-01T00:00:00Z",
        ["credentialSubject"] = new JsonObject
        {
            ["id"] = "did:example:abcdefgh",
            ["alumniOf"] = "The School of Examples",
        },
    };
}
