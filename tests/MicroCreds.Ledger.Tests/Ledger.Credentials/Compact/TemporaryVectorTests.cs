using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

public sealed class TemporaryVectorTests : CompactFixture
{
    [Fact]
    public async Task Write()
    {
        var (form, document) = await WriteAsync(SampleIssuer.Request());
        var credential = CompactText.Read(Encoding.ASCII.GetBytes(form.Text!));
        JsonNode Node<T>(T value) => JsonNode.Parse(JsonSerializer.Serialize(value, LedgerJson.Options))!;
        var vector = new JsonObject
        {
            ["name"] = "compact-2-ordinary",
            ["text"] = form.Text,
            ["cbor"] = Convert.ToHexStringLower(credential.ToCbor()),
            ["ledger"] = SampleIssuer.Ledger,
            ["issuance"] = Node(Ledger.Issuances.Values.Single()),
            ["institution"] = Node(Issuer.Institution),
            ["achievements"] = new JsonArray(Node(Issuer.Achievement)),
            ["leaf"] = Convert.ToHexStringLower(CredentialReader.Read(document).LeafHash()),
            ["document"] = Encoding.UTF8.GetString(document),
        };
        var options = new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        await File.WriteAllTextAsync(
            Path.Combine(Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Compact", "Vectors", "compact-2-ordinary.json"),
            vector.ToJsonString(options) + "\n", TestContext.Current.CancellationToken);
    }
}
