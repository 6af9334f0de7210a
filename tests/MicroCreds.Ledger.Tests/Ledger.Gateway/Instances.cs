using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What an instance says of itself among several.</summary>
internal static class Instances
{
    public static async Task<JsonNode> ReadAsync(HttpClient anyone)
    {
        // Not ready yet, it tells that too.
        using var answer = await anyone.GetAsync("/readyz");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["instance"]!;
    }

    public static async Task<bool> LeadsAsync(GatewayHost host) => (bool)(await ReadAsync(host.Anyone))["leads"]!;
}
