using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>
/// Our credentials in the hands of others: Digital Bazaar's verifier, a JSON-LD processor that refuses undefined terms,
/// and Open Badges' own JSON Schema. All offline.
/// </summary>
public sealed class OtherVerifiersTests
{
    private const string SchemaFile = "shared/data/open-badges-3.0/achievementcredential.schema.json";

    [Fact]
    public async Task Credentials_VerifyByLibrariesThatOthersWrote()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("credentials", cancellation);
        var results = await RunAsync(programs, Samples(), cancellation);
        foreach (var (name, result) in results)
        {
            bool isBad = name.StartsWith("tampered", StringComparison.Ordinal)
                || name.StartsWith("expired", StringComparison.Ordinal);
            Assert.True(result["verified"]!.GetValue<bool>() != isBad, $"{name}: {result.ToJsonString()}");
            if (isBad) continue;

            Assert.Equal((name, false, false), (name, (bool)result["revoked"]!, (bool)result["suspended"]!));

            Assert.True(result["terms"]!.GetValue<bool>(),
                $"{name} uses a term without a meaning: {result["termsError"]}");
            Assert.True(result["resources"]!.GetValue<bool>(), $"{name} relies on other documents than it names.");
            Assert.True(result["quads"]!.GetValue<int>() > 40, $"{name} loses most of what it says.");
        }

        Assert.Equal(13, results.Count);
    }

    [Fact]
    public async Task StatusLists_AreReadByALibraryThatOthersWrote()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("credentials", cancellation);
        using var p256 = new SampleIssuer();
        using var ed25519 = new SampleIssuer("BorealMSP", "boreal.example", KeyAlgorithm.Ed25519);
        var samples = new List<JsonObject>();
        foreach (var issuer in new[] { p256, ed25519 })
        {
            byte[] document = issuer.Issue().Documents[0];
            foreach (var (revoked, suspended) in new[] { (false, false), (true, false), (false, true) })
            {
                samples.Add(
                    Sample($"{issuer.Key.Algorithm} {revoked} {suspended}", issuer, document, revoked, suspended));
            }

            // A list whose revocation somebody took out again is no list of the issuer's.
            var forged = Sample($"forged {issuer.Key.Algorithm}", issuer, document, isRevoked: true);
            var honest = Sample("", issuer, document)["lists"]!.AsObject();
            string url = issuer.Context.StatusList.Url;
            forged["lists"]![url]!["credentialSubject"] = honest[url]!["credentialSubject"]!.DeepClone();
            samples.Add(forged);
        }

        var results = await RunAsync(programs, samples, cancellation);
        foreach (var (name, result) in results)
        {
            bool isForged = name.StartsWith("forged", StringComparison.Ordinal);
            Assert.True((bool)result["verified"]! != isForged, $"{name}: {result.ToJsonString()}");
            if (!isForged)
            {
                Assert.EndsWith(
                    $" {(bool)result["revoked"]!} {(bool)result["suspended"]!}", name, StringComparison.Ordinal);
            }
        }

        Assert.Equal(8, results.Count);
    }

    [Fact]
    public async Task Credentials_WithATermThatNoContextDefines_AreFound()
    {
        // The check above is worth something only if the processor does refuse such terms.
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("credentials", cancellation);
        using var issuer = new SampleIssuer();
        var sample = Sample("undefined", issuer, issuer.Issue().Documents[0]);
        sample["credential"]!["credentialSubject"]!["undefinedTerm"] = "x";
        var results = await RunAsync(programs, [sample], cancellation);
        Assert.False(results["undefined"]["terms"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Credentials_PassOpenBadgesSchema()
    {
        var cancellation = TestContext.Current.CancellationToken;
        if (FindSchema() is not { } schema)
        {
            Assert.Skip($"Open Badges' JSON Schema is not at ../{SchemaFile}, beside the repository.");
            return;
        }

        string programs = await NodePrograms.InstallAsync("credentials", cancellation);
        foreach (var (name, result) in await RunAsync(programs, Samples(), cancellation, schema))
            Assert.True(result["schema"]!.GetValue<bool>(), $"{name}: {result["schemaErrors"]}");
    }

    private static List<JsonObject> Samples()
    {
        using var p256 = new SampleIssuer();
        using var ed25519 = new SampleIssuer("BorealMSP", "boreal.example", KeyAlgorithm.Ed25519);
        using var plain = new SampleIssuer("CiriusMSP", "cirius.example");
        p256.Parts =
        [
            new CredentialPart(
                "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27", "Data Literacy", "BorealMSP", new string('a', 64), 7),
        ];
        plain.Institution = plain.Institution with { Website = null, Identifiers = new Dictionary<string, string>() };
        plain.Achievement = plain.Achievement with
        {
            WorkloadHours = null,
            EqfLevel = null,
            QfEheaCycle = null,
            Supervision = null,
            Stackability = null,
            StacksInto = null,
            FurtherInformation = null,
            Prerequisites = null,
            FieldOfStudy = null,
            Skills = [],
            Language = "de-1996",
            Credits = 1e-7,
        };
        using var wallet = IssuerPrivateKey.Generate();
        var holder = HolderKeys.PublicOf(wallet);
        var full = SampleIssuer.Request("Zoë 漢字 😀 \"quoted\" \\ \u2028", "zoe@learner.example") with
        {
            Recipient = new Recipient
            {
                Name = "Zoë 漢字 😀 \"quoted\" \\",
                Email = "zoe@learner.example",
                Id = "did:example:zoe",
                Key = holder,
            },
            ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
            Result = new CredentialResult { Value = "5", Status = "Completed" },
            Evidence =
            [
                new CredentialEvidence
                    { Url = "https://aurora.example/e/1", Name = "Assignment", Description = "100 lines." },
                new CredentialEvidence { Description = "An oral examination." },
            ],
        };
        var samples = new List<JsonObject>();
        foreach (var issuer in new[] { p256, ed25519, plain })
        {
            string suite = issuer.Key.Algorithm.ToString() + " " + issuer.Institution.MspId;
            samples.Add(Sample(suite + " of one", issuer, issuer.Issue().Documents[0]));
            samples.Add(Sample(
                suite + " of three", issuer, issuer.Issue([SampleIssuer.Request(), full, full]).Documents[1]));
        }

        foreach (var issuer in new[] { p256, ed25519 })
        {
            var tampered = Sample("tampered " + issuer.Institution.MspId, issuer, issuer.Issue().Documents[0]);
            tampered["credential"]!["credentialSubject"]!["name"] = "Someone Else";
            samples.Add(tampered);

            var expired = Sample("expired " + issuer.Institution.MspId, issuer, issuer.Issue(full).Documents[0]);
            expired["at"] = SampleIssuer.IssuedAt.AddYears(6).ToString("O");
            samples.Add(expired);
        }

        samples.AddRange(OfContexts(p256));
        return samples;
    }

    // Our context is what the proof says, by its address and by its digest.
    private static IEnumerable<JsonObject> OfContexts(SampleIssuer issuer)
    {
        var renamed = Sample("tampered context", issuer, issuer.Issue().Documents[0]);
        string other = PublishedContext.UrlAt("https://thief.example");
        renamed["credential"]!["@context"]![2] = other;
        renamed["lists"]![other] = JsonNode.Parse("""{ "@context": { "@vocab": "https://thief.example/" } }""");
        yield return renamed;

        var another = Sample("tampered digest", issuer, issuer.Issue().Documents[0]);
        another["credential"]![PublishedContext.DigestMember]![0]!["digestSRI"] = "sha256-" + new string('A', 43) + "=";
        yield return another;

        issuer.TemplateVersion = CredentialTemplate.InlineVersion;
        yield return Sample("inline context, as before", issuer, issuer.Issue().Documents[0]);
    }

    private static JsonObject Sample(
        string name, SampleIssuer issuer, byte[] document, bool isRevoked = false, bool isSuspended = false)
    {
        string did = issuer.Institution.Did;
        return new JsonObject
        {
            ["name"] = name,
            ["credential"] = JsonNode.Parse(document),
            ["lists"] = SampleStatusLists.Of(issuer, document, isRevoked, isSuspended),
            ["controller"] = new JsonObject
            {
                ["@context"] = new JsonArray("https://www.w3.org/ns/did/v1"),
                ["id"] = did,
                ["assertionMethod"] = new JsonArray(did + "#key-1"),
                ["verificationMethod"] = new JsonArray(new JsonObject
                {
                    ["id"] = did + "#key-1",
                    ["type"] = "Multikey",
                    ["controller"] = did,
                    ["publicKeyMultibase"] = issuer.Key.PublicKeyMultibase,
                }),
            },
        };
    }

    private static async Task<Dictionary<string, JsonNode>> RunAsync(
        string programs, List<JsonObject> samples, CancellationToken cancellationToken, string? schema = null)
    {
        string input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(input, JsonSerializer.Serialize(samples), cancellationToken);
            string[] arguments = schema is null ? ["verify.mjs", input] : ["verify.mjs", input, schema];
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", arguments, programs), EndToEnd.Until.Patience, cancellationToken);
            Assert.True(exitCode == 0, output);
            return output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
                .ToDictionary(result => result["name"]!.GetValue<string>());
        }
        finally
        {
            File.Delete(input);
        }
    }

    private static string? FindSchema()
    {
        for (var folder = Directory.GetParent(Repository.Root); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, SchemaFile);
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
