using System.Text.Json.Nodes;
using MicroCreds.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class MetadataTests
{
    public enum Level
    {
        Bachelor,
        Master,
    }

    [Fact]
    public async Task GetMetadata_Evaluated_DescribesEveryContract()
    {
        var chaincode = Chaincode();
        await using var server = await TestServer.StartAsync(chaincode);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", "org.hyperledger.fabric:GetMetadata");
        string text = (await peer.ExpectResponseAsync("tx1")).Payload.ToStringUtf8();
        Assert.Equal(chaincode.Metadata, text);
        var document = JsonNode.Parse(text)!;
        Assert.Equal(("Credentials", "2.1"), (
            document["info"]!["title"]!.GetValue<string>(), document["info"]!["version"]!.GetValue<string>()));
        Assert.Equal(
            ["credentials", "second", "org.hyperledger.fabric"],
            document["contracts"]!.AsObject().Select(contract => contract.Key));
    }

    [Fact]
    public void Transaction_Described_HasIntentParametersAndResult()
    {
        var transactions = JsonNode.Parse(Chaincode().Metadata)!["contracts"]!["credentials"]!["transactions"]!;
        AssertJson(
            """
            { "name": "Issue", "tag": ["submit", "SUBMIT"],
              "parameters": [
                { "name": "credential", "required": true, "schema": { "$ref": "#/components/schemas/Credential" } },
                { "name": "level", "required": true, "schema": { "type": "string", "enum": ["bachelor", "master"] } },
                { "name": "note", "required": false, "schema": { "type": ["string", "null"] } } ],
              "returns": { "type": "array", "items": { "$ref": "#/components/schemas/Credential" } } }
            """,
            transactions[0]!);
        AssertJson(
            """
            { "name": "Count", "tag": ["evaluate", "EVALUATE"], "parameters": [],
              "returns": { "type": "integer", "format": "int64" } }
            """,
            transactions[1]!);
        AssertJson("""{ "name": "Retire", "tag": ["submit", "SUBMIT"], "parameters": [] }""", transactions[2]!);
    }

    [Fact]
    public void Type_ThatContainsItself_IsDescribedOnce()
    {
        var schemas = JsonNode.Parse(Chaincode().Metadata)!["components"]!["schemas"]!;
        AssertJson(
            """
            { "Credential": { "$id": "Credential", "type": "object",
                "properties": {
                  "id": { "type": "string" },
                  "credits": { "type": "number" },
                  "issued": { "type": "string", "format": "date-time" },
                  "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Credential" } },
                  "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                  "replacedBy": { "type": ["string", "null"] } },
                "required": ["id", "credits", "issued", "parts", "labels"],
                "additionalProperties": false } }
            """,
            schemas);
    }

    private static ContractChaincode Chaincode()
    {
        var credentials = new ContractDefinition("credentials") { Title = "Credentials", Version = "2.1" };
        credentials.Submit("Issue", (TransactionContext _, Credential credential, Level level, string? note = null) =>
            new[] { credential });
        credentials.Evaluate("Count", (TransactionContext _) => 1L);
        credentials.Submit("Retire", (TransactionContext _) => { });
        return new ContractChaincode(credentials, new ContractDefinition("second"));
    }

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());

    public sealed record Credential(
        string Id,
        decimal Credits,
        DateTimeOffset Issued,
        IReadOnlyList<Credential> Parts,
        IReadOnlyDictionary<string, string> Labels,
        string? ReplacedBy = null);
}
