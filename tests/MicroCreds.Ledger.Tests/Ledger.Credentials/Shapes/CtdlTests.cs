using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>Achievements and pathways in CTDL.</summary>
public sealed class CtdlTests : ShapeFixture
{
    private static Pathway Path => new()
    {
        MspId = "AuroraMSP",
        Id = "computing",
        Version = 1,
        Name = "Scientific Computing",
        Description = "Programming for science.",
        Award = new AchievementReference("certificate", 1),
        Credits = 15,
        Groups =
        [
            new PathwayGroup
            {
                Id = "core",
                Name = "Core",
                Rule = PathwayRule.All,
                Items = [new PathwayItem("AuroraMSP", "python-basics"), new PathwayItem("BorealMSP", "data/x")],
            },
            new PathwayGroup
            {
                Id = "more",
                Name = "More",
                Description = "What you like.",
                Rule = PathwayRule.Choice,
                MinCount = 1,
                MinCredits = 2.5,
                Items = [new PathwayItem("AuroraMSP", "python-basics")],
                Pool = new PathwayPool { Fields = ["06"] },
            },
        ],
    };

    [Fact]
    public void Of_SaysWhatIsFixed_LetterByLetter()
    {
        SampleAwards.RequireGolden("shape-ctdl-achievement.json", Written(OfAchievement()));
        SampleAwards.RequireGolden("shape-ctdl-pathway.json", Written(OfPathway()));
    }

    [Fact]
    public async Task Of_UsesNoTermThatCtdlDoesNotDefine()
    {
        string folder = PublishedSchemas.FolderOrSkip("ctdl", "context.json");
        foreach (var document in new[] { OfAchievement(), OfPathway() })
        {
            var said = await JudgeAsync("ctdl", document, folder);
            Assert.True((bool)said["terms"]!, said.ToJsonString());
            Assert.True((int)said["quads"]! > 20, "Most of what it says is lost.");
        }

        var wrong = OfAchievement();
        wrong["@graph"]![0]!["ceterms"] = "x";
        wrong["@graph"]![0]!["undefinedTerm"] = "x";
        Assert.False((bool)(await JudgeAsync("ctdl", wrong, folder))["terms"]!);
    }

    [Fact]
    public void Of_UsesOnlyTermsOfTheVocabulary()
    {
        string folder = PublishedSchemas.FolderOrSkip("ctdl", "schema.json");
        string schema = File.ReadAllText(System.IO.Path.Combine(folder, "schema.json"));
        var known = JsonNode.Parse(schema)!["@graph"]!.AsArray()
            .Select(one => (string)one!["@id"]!).ToHashSet();
        foreach (var document in new[] { OfAchievement(), OfPathway() })
        {
            var used = new HashSet<string>();
            Collect(document["@graph"]!, used);
            Assert.Contains("ceterms:name", used);
            Assert.Empty(used.Except(known));
        }
    }

    private JsonObject OfAchievement() => CtdlDescription.Of(
        Issuer.Achievement, Issuer.Institution,
        "https://creds.aurora.example/v1/achievements/AuroraMSP/python-basics/2");

    private JsonObject OfPathway() => CtdlDescription.Of(
        Path, Issuer.Institution, "https://creds.aurora.example/v1/pathways/AuroraMSP/computing/1",
        item => item.MspId == "AuroraMSP"
            ? ($"Name of {item.Id}", $"did:web:aurora.example/achievements/{item.Id}/1") : null);

    private static string Written(JsonObject document) => document.ToJsonString(new() { WriteIndented = true }) + "\n";

    /// <summary>The terms and the values of lists that are used: all that has a prefix of CTDL's.</summary>
    private static void Collect(JsonNode node, HashSet<string> used)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var one in list.OfType<JsonNode>()) Collect(one, used);
                break;
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    Add(name, used);
                    if (value is not null) Collect(value, used);
                }

                break;
            case JsonValue value when value.TryGetValue(out string? text):
                Add(text, used);
                break;
        }
    }

    private static void Add(string text, HashSet<string> used)
    {
        string[] prefixes = ["ceterms:", "credentialStat:", "lifeCycle:", "deliveryType:"];
        if (prefixes.Any(prefix => text.StartsWith(prefix, StringComparison.Ordinal))) used.Add(text);
    }
}
