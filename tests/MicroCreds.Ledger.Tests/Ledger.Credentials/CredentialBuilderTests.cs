using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class CredentialBuilderTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();
    private readonly CredentialContext _context;

    public CredentialBuilderTests() =>
        _context = _issuer.Context with { ValidFrom = SampleIssuer.IssuedAt.AddMilliseconds(789) };

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public void Build_FullRequest_HasTheStandardElements()
    {
        var credential = Build(SampleIssuer.Request("Maija Esimerkki", "maija@learner.example") with
        {
            Recipient = new Recipient
            { Name = "Maija Esimerkki", Email = "maija@learner.example", Id = "did:example:maija" },
            ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
            Result = new CredentialResult { Value = "5", Status = "Completed" },
            Evidence = [new CredentialEvidence { Url = "https://aurora.example/e/1", Name = "Assignment" }],
        });

        var subject = credential["credentialSubject"]!;
        var achievement = subject["achievement"]!;
        Assert.Equal("Maija Esimerkki", Text(subject["name"]));
        Assert.Equal("did:example:maija", Text(subject["id"]));
        Assert.Equal("did:web:aurora.example", Text(credential["issuer"]!["id"]));
        Assert.Equal("FI", Text(credential["issuer"]!["address"]!["addressCountryCode"]));
        Assert.Equal("2026-03-01T12:00:00Z", Text(credential["awardedDate"]));
        Assert.Equal("2026-03-01T12:00:00Z", Text(credential["validFrom"]));
        Assert.Equal("2031-03-01T12:00:00Z", Text(credential["validUntil"]));
        Assert.Equal("Python – für den Einstieg", Text(credential["name"]));
        Assert.Equal("did:web:aurora.example/achievements/python-basics/2", Text(achievement["id"]));
        Assert.Equal("MicroCredential", Text(achievement["achievementType"]));
        Assert.Equal(2.5, achievement["creditsAvailable"]!.GetValue<double>());
        Assert.Equal("ECTS", Text(achievement["creditSystem"]));
        Assert.Equal(3, achievement["learningOutcome"]!.AsArray().Count);
        Assert.Equal("Written assignment and oral examination", Text(achievement["assessmentType"]));
        Assert.Equal("blended", Text(achievement["participationForm"]));
        Assert.NotNull(achievement["qualityAssurance"]);
        Assert.Equal("6", Text(achievement["alignment"]![0]!["targetCode"]));
        Assert.Equal("first", Text(achievement["alignment"]![1]!["targetCode"]));
        Assert.Equal("ext:ESCOSkill", Text(achievement["alignment"]![2]!["targetType"]));
        Assert.Equal(SampleIssuer.PythonSkill, Text(achievement["alignment"]![2]!["targetUrl"]));
        Assert.Equal("supervisedOnsiteWithIdentity", Text(achievement["assessmentSupervision"]));
        Assert.Equal("stackable", Text(achievement["stackability"]));
        Assert.StartsWith("Certificate", Text(achievement["stacksInto"]), StringComparison.Ordinal);
        Assert.Equal("Taught every autumn.", Text(achievement["furtherInformation"]));
        Assert.Equal("None", Text(achievement["prerequisites"]));
        Assert.Equal("5", Text(subject["result"]![0]!["value"]));
        Assert.Equal("https://aurora.example/e/1", Text(credential["evidence"]![0]!["id"]));
        Assert.DoesNotContain("maija@learner.example", credential.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Email_IsHashedWithItsSalt()
    {
        var credential = Build(SampleIssuer.Request(email: "maija@learner.example"));
        var identifier = credential["credentialSubject"]!["identifier"]![0]!;
        string salted = "maija@learner.example" + Text(identifier["salt"]);
        Assert.Equal("emailAddress", Text(identifier["identityType"]));
        Assert.Equal(
            "sha256$" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salted))),
            Text(identifier["identityHash"]));
    }

    [Fact]
    public void Build_SameRequestTwice_DiffersInIdSaltAndLeaf()
    {
        var request = SampleIssuer.Request();
        var first = Build(request);
        var second = Build(request);
        Assert.NotEqual(Text(first["id"]), Text(second["id"]));
        Assert.NotEqual(Text(first["leafSalt"]), Text(second["leafSalt"]));
        Assert.NotEqual(CredentialLeaf.Hash(first), CredentialLeaf.Hash(second));
        Assert.Equal(22, Text(first["leafSalt"]).Length);
    }

    [Fact]
    public void Build_Id_TellsNoMoreOfTheTimeThanValidFrom()
    {
        var credential = Build(SampleIssuer.Request());
        string id = Text(credential["id"])["urn:uuid:".Length..].Replace("-", "", StringComparison.Ordinal);
        long milliseconds = long.Parse(id.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(
            DateTimeOffset.Parse(Text(credential["validFrom"]), CultureInfo.InvariantCulture),
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        Assert.Equal('7', id[12]);
    }

    [Fact]
    public void Fill_IsCanonicalAndItsLeafIsTheDocumentsLeaf()
    {
        var template = new CredentialTemplate(_issuer.Achievement, _issuer.Institution, _context);
        var credential = template.Fill(SampleIssuer.Request("Ünïcode \"quoted\" \\ 漢字 😀"), leaf: 0);
        var node = JsonNode.Parse(credential.Canonical.Span)!.AsObject();
        Assert.Equal(CanonicalJson.Canonicalize(node), credential.Canonical.ToArray());
        Assert.Equal(CredentialLeaf.Hash(node), credential.LeafHash());
    }

    [Fact]
    public void Complete_LeafStaysTheSame_AndTheDocumentIsCanonical()
    {
        var cohort = _issuer.Issue();
        var completed = JsonNode.Parse(cohort.Documents[0])!.AsObject();
        Assert.Equal(CanonicalJson.Canonicalize(completed), cohort.Documents[0]);
        Assert.Equal(cohort.Root, Convert.ToHexStringLower(CredentialLeaf.Hash(completed)));
        using var parsed = StrictJson.Parse(cohort.Documents[0]);
        Assert.Equal(cohort.Root, Convert.ToHexStringLower(CredentialReader.Read(parsed).LeafHash()));
    }

    [Fact]
    public void Complete_AfterARestart_TakesUpWhatWasStored()
    {
        var template = new CredentialTemplate(_issuer.Achievement, _issuer.Institution, _context);
        var credential = template.Fill(SampleIssuer.Request(), leaf: 0);
        var again = UnsignedCredential.FromCanonical(credential.Canonical.ToArray());
        Assert.Equal(credential.Id, again.Id);
        Assert.Equal(credential.LeafHash(), again.LeafHash());

        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var signer = new CredentialSigner(key, _issuer.Institution.Did, "key-1", SampleIssuer.IssuedAt);
        var anchor = new LedgerAnchorDocument
        {
            Ledger = "credentials",
            MspId = "AuroraMSP",
            Root = new string('a', 64),
            Index = 0,
            Size = 1,
            Path = [],
            KeyId = "key-1",
        };

        // Ed25519 signatures do not vary, so both must be the same to the byte.
        Assert.Equal(signer.Complete(credential, anchor), signer.Complete(again, anchor));
        Assert.Throws<FormatException>(() => UnsignedCredential.FromCanonical(signer.Complete(again, anchor)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"a\"")]
    public void FromCanonical_NoCredential_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => UnsignedCredential.FromCanonical(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Build_AchievementOfAnotherInstitution_IsRefused() => Assert.Throws<ArgumentException>(() =>
        new CredentialTemplate(_issuer.Achievement with { MspId = "BorealMSP" }, _issuer.Institution, _context));

    [Fact]
    public void Context_IsPinned()
    {
        // The context is part of every hash and signature ever made: this figure changes only with a new context.
        Assert.Equal(
            "0be73245a1475d7cc8dd41038ed16266293d8d71061afcd27ddef1cefa2b8b1c",
            Convert.ToHexStringLower(SHA256.HashData(CredentialVocabulary.Contexts)));
        Assert.Equal("sha256-FT1lxh76gvyuYXuWezcvCkh1ZObFYONzaj6h+30i1e0=", PublishedContext.Integrity);
    }

    private JsonObject Build(CredentialRequest request)
    {
        Assert.Empty(CredentialBuilder.Validate(request, SampleIssuer.IssuedAt));
        return CredentialBuilder.Build(request, _issuer.Achievement, _issuer.Institution, _context);
    }

    private static string Text(JsonNode? node)
    {
        Assert.NotNull(node);
        Assert.Equal(JsonValueKind.String, node.GetValueKind());
        return node.GetValue<string>();
    }
}
