using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>The consortium's description: what is accepted, and that every fault is named at once.</summary>
public sealed class ConsortiumFileTests
{
    private static readonly string SampleFile = Path.Combine(Repository.Root, "network", "consortium.json");

    [Fact]
    public void Sample_IsReadAndGood()
    {
        var sample = ConsortiumFile.Read(SampleFile);
        Assert.Equal(4, sample.Organizations.Count);
        Assert.Equal(3, sample.Organizations.Where(o => o.Kind == "university").DistinctBy(o => o.Country).Count());
        Assert.Equal("microcreds", Assert.Single(sample.Chaincodes).Name);
    }

    [Fact]
    public void Faults_AreAllNamed()
    {
        var json = JsonNode.Parse(File.ReadAllText(SampleFile))!;
        json["channel"] = "Upper Case";
        json["batch"]!["maxMessageCount"] = 0;
        json["organizations"]![1]!["mspId"] = "AuroraMSP";
        json["organizations"]![2]!["peer"] = "0.0.0.0:9051";
        json["chaincodes"]![0]!["endorsementPolicy"] = "OutOf(9, 'AuroraMSP.peer')";
        json["chaincodes"]![0]!["servers"]!["NobodyMSP"] = "127.0.0.1:1";
        var fault = Assert.Throws<DevNetworkException>(() => ConsortiumFile.Parse(json.ToJsonString()));
        string[] parts = ["Upper Case", "maxMessageCount", "AuroraMSP", "loopback", "OutOf", "NobodyMSP"];
        foreach (string part in parts)
        {
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Collections_AsFabricsFilesHaveThem_AreRead_AndTheirFaultsNamed()
    {
        var json = JsonNode.Parse(File.ReadAllText(SampleFile))!;
        json["organizations"]![0]!["furtherPeers"] = new JsonArray("127.0.0.1:7052");
        json["chaincodes"]![0]!["collections"] = JsonNode.Parse("""
            [{
              "name": "shared", "policy": "OR('AuroraMSP.member', 'TejoMSP.member')", "requiredPeerCount": 1,
              "maxPeerCount": 2, "blockToLive": 1000000, "memberOnlyRead": true, "memberOnlyWrite": true,
              "endorsementPolicy": { "signaturePolicy": "OR('AuroraMSP.member')" }
            }]
            """);
        var read = Assert.Single(ConsortiumFile.Parse(json.ToJsonString()).Chaincodes[0].Collections);
        Assert.Equal((1, 2, 1_000_000, true), (
            read.RequiredPeerCount, read.MaxPeerCount, read.BlockToLive, read.MemberOnlyWrite));

        // What a file leaves out is what Fabric's own tools take it for.
        json["chaincodes"]![0]!["collections"] = JsonNode.Parse("""
            [
              { "name": "plain", "policy": "OR('AuroraMSP.member')" },
              { "name": "safe", "policy": "OR('AuroraMSP.member', 'TejoMSP.member')", "requiredPeerCount": 1 }
            ]
            """);
        Assert.Equal(
            [(0, 1), (1, 1)],
            ConsortiumFile.Parse(json.ToJsonString()).Chaincodes[0].Collections
                .Select(collection => (collection.RequiredPeerCount, collection.MaxPeerCount)));

        json["organizations"]![0]!["furtherPeers"] = new JsonArray("10.0.0.1:7052");
        json["chaincodes"]![0]!["collections"] = JsonNode.Parse("""
            [
              { "name": "_implicit_org_AuroraMSP", "policy": "AND('AuroraMSP.member', 'TejoMSP.member')" },
              { "name": "twice", "policy": "OR('NobodyMSP.member')", "requiredPeerCount": 2, "blockToLive": -1 },
              { "name": "twice", "policy": "OR('TejoMSP.member')",
                "endorsementPolicy": { "signaturePolicy": "OutOf(3, 'TejoMSP.peer')" } }
            ]
            """);
        var fault = Assert.Throws<DevNetworkException>(() => ConsortiumFile.Parse(json.ToJsonString()));
        foreach (string part in (string[])[
            "furtherPeers[0]", "collections[0].name", "only OR", "NobodyMSP", "collections[1].requiredPeerCount",
            "collections[1].blockToLive", "'twice' is given twice",
            "collections[2].endorsementPolicy.signaturePolicy"])
        {
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{ \"nmae\": \"typing error\" }")]
    public void Json_NotExpected_IsRefusedWithAReason(string json) =>
        Assert.NotEmpty(Assert.Throws<DevNetworkException>(() => ConsortiumFile.Parse(json)).Message);

    [Fact]
    public void File_Missing_IsNamed()
    {
        var fault = Assert.Throws<DevNetworkException>(() => ConsortiumFile.Read("nowhere.json"));
        Assert.Contains("nowhere.json", fault.Message, StringComparison.Ordinal);
    }
}
