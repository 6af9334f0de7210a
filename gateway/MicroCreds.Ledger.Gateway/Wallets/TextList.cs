using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Gateway.Wallets;

/// <summary>Texts as a JSON array, as metadata and queries have them.</summary>
internal static class TextList
{
    /// <summary>Makes one of texts, in their order.</summary>
    public static JsonArray Of(params IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
