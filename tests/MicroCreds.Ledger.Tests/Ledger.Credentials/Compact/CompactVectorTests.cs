using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

/// <summary>What is on paper is read for ever: the vectors that the specification names hold.</summary>
public sealed class CompactVectorTests
{
    private static readonly string Directory = Path.Combine(
        Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Compact", "Vectors");

    private static readonly string Specification = Path.Combine(Repository.Root, "gateway", "docs", "compact-form.md");

    public static TheoryData<string> Vectors =>
        [.. System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task Vector_TextAndRecords_MakeTheDocumentForEver(string file)
    {
        var vector = JsonNode.Parse(await File.ReadAllBytesAsync(
            Path.Combine(Directory, file), TestContext.Current.CancellationToken))!;
        byte[] text = Encoding.ASCII.GetBytes((string)vector["text"]!);
        var credential = CompactText.Read(text);
        Assert.Equal((string)vector["cbor"]!, Convert.ToHexStringLower(credential.ToCbor()));
        Assert.Equal((string)vector["text"]!, CompactText.Write(credential));

        var ledger = LedgerOf(vector);
        var validFrom = credential.ValidFrom;
        var verifier = new CredentialVerifier(
            ledger, new FakeTimeProvider(validFrom.AddDays(1)),
            new VerificationOptions { Ledger = (string)vector["ledger"]! });
        var expansion = await verifier.Compact.ExpandAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal((string)vector["document"]!, Encoding.UTF8.GetString(expansion.Document!));
        Assert.Equal(
            (string)vector["leaf"]!, Convert.ToHexStringLower(CredentialReader.Read(expansion.Document).LeafHash()));

        ledger.AnchoredAt = new LedgerPosition(7, 0, validFrom);
        ledger.AsOf = new LedgerMoment(9, validFrom.AddHours(1));
        var verdict = await verifier.VerifyAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
    }

    [Fact]
    public async Task Specification_NamesEveryVectorAndShowsTheFirst()
    {
        string said = await File.ReadAllTextAsync(Specification, TestContext.Current.CancellationToken);
        Assert.NotEmpty(Vectors);
        foreach (string file in Vectors.Select(row => row.Data)) Assert.Contains(file, said, StringComparison.Ordinal);

        var ordinary = JsonNode.Parse(await File.ReadAllBytesAsync(
            Path.Combine(Directory, "compact-1-ordinary.json"), TestContext.Current.CancellationToken))!;
        string[][] blocks = [.. said.Split("```text\n").Skip(1).Select(block => block.Split("\n```")[0].Split('\n'))];
        Assert.Equal((string)ordinary["text"]!, string.Concat(blocks[0]));
        Assert.Equal((string)ordinary["cbor"]!, string.Concat(blocks[1].Select(line => line.Split(' ')[0])));
    }

    [Fact]
    public async Task Vectors_AreTakenApartByLibrariesThatOthersWrote()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("compact", cancellation);
        var vectors = Vectors.Select(row => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Directory, row.Data)))!)
            .ToDictionary(vector => (string)vector["name"]!);
        string input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                input,
                new JsonArray([.. vectors.Values.Select(vector => new JsonObject
                {
                    ["name"] = vector["name"]!.DeepClone(),
                    ["text"] = vector["text"]!.DeepClone(),
                    ["leaf"] = vector["leaf"]!.DeepClone(),
                    ["ledger"] = vector["ledger"]!.DeepClone(),
                    ["size"] = vector["issuance"]!["statement"]!["size"]!.DeepClone(),
                })]).ToJsonString(),
                cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["take-apart.mjs", input], programs), EndToEnd.Until.Patience, cancellation);
            Assert.True(exitCode == 0, output);
            var read = output.Split('\n').Where(line => line.StartsWith('{'))
                .Select(line => JsonNode.Parse(line)!).ToList();
            Assert.Equal(vectors.Count, read.Count);
            foreach (var one in read) AssertSame(vectors[(string)one["name"]!], one);
        }
        finally
        {
            File.Delete(input);
        }
    }

    private static void AssertSame(JsonNode vector, JsonNode read)
    {
        var document = JsonNode.Parse((string)vector["document"]!)!;
        var anchor = document["ledgerAnchor"]!;
        Assert.Equal((string)vector["cbor"]!, (string?)read["cbor"]);
        Assert.True((bool)read["isDeterministic"]!);
        Assert.True((bool)read["isThisLedger"]!);
        Assert.Equal((string?)anchor["mspId"], (string?)read["mspId"]);
        Assert.Equal((string?)anchor["root"], (string?)read["root"]);
        Assert.Equal((string?)anchor["root"], (string?)read["rootOfPath"]);
        Assert.Equal((int)anchor["index"]!, (int)read["index"]!);
        Assert.True(JsonNode.DeepEquals(anchor["path"], read["path"]));
        Assert.Equal((string?)document["id"], "urn:uuid:" + read["id"]);
        Assert.Equal((string?)document["leafSalt"], (string?)read["salt"]);
        Assert.Equal((string?)document["credentialSubject"]!["name"], (string?)read["learner"]);
        Assert.Equal(
            (string?)document["validFrom"],
            DateTimeOffset.FromUnixTimeSeconds((long)read["validFrom"]!).ToString("yyyy-MM-ddTHH:mm:ssZ"));
        Assert.StartsWith(
            (string)read["gateway"]! + "/v1/status-lists/", (string)document["credentialStatus"]!["id"]!,
            StringComparison.Ordinal);
        Assert.Equal(1, (int)read["seedVersion"]!);
        string key = (string?)read["keyId"] ?? (string)anchor["keyId"]!;
        Assert.EndsWith("#" + key, (string)document["proof"]![0]!["verificationMethod"]!, StringComparison.Ordinal);
    }

    private static SampleLedger LedgerOf(JsonNode vector)
    {
        var ledger = new SampleLedger();
        var issuance = Record<Issuance>(vector["issuance"]!);
        var institution = Record<Institution>(vector["institution"]!);
        ledger.Issuances[issuance.Statement.Root] = issuance;
        ledger.Institutions[institution.MspId] = institution;
        ledger.Achievements.AddRange(vector["achievements"]!.AsArray().Select(one => Record<Achievement>(one!)));
        return ledger;
    }

    private static T Record<T>(JsonNode node) =>
        JsonSerializer.Deserialize<T>(node.ToJsonString(), LedgerJson.Options)!;
}
