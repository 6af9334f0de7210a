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
