using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A pathway of three achievements of three credits each, and what it leads to.</summary>
internal static class SamplePathway
{
    public const string Award = "pathway-award";

    private static readonly string[] Achievements = [Award, "part-one", "part-two", "part-three"];

    public static async Task PublishAchievementsAsync(GatewayHost host)
    {
        foreach (string id in Achievements)
        {
            var achievement = GatewayHost.Achievement(id);
            achievement["fieldOfStudy"] = "0612";
            achievement["eqfLevel"] = 6;
            await GatewayHost.OkAsync(await host.PostAsync("/v1/achievements", achievement));
        }
    }

    /// <summary>Publishes everything, and issues a learner the parts named.</summary>
    public static async Task<JsonArray> IssueAsync(GatewayHost host, string pathway, string name, params string[] parts)
    {
        await PublishAchievementsAsync(host);
        await GatewayHost.OkAsync(await host.PostAsync("/v1/pathways", Definition(pathway)));
        var credentials = new JsonArray();
        foreach (string part in parts)
        {
            using var answer = await GatewayHost.OkAsync(
                await host.PostAsync("/v1/credentials", GatewayHost.Row(name, part)));
            credentials.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync()));
        }

        return credentials;
    }

    public static JsonObject Definition(string id, int version = 1) => JsonNode.Parse($$"""
        {
          "id": "{{id}}", "version": {{version}}, "name": "Three Parts", "description": "Three parts make a whole.",
          "award": { "id": "{{Award}}", "version": 1 }, "credits": 9, "eqfLevel": 6,
          "groups": [
            { "id": "core", "name": "Core", "rule": "all", "items": [ { "mspId": "AuroraMSP", "id": "part-one" } ] },
            { "id": "electives", "name": "Electives", "rule": "choice", "minCredits": 6, "minLevel": 6,
              "pool": { "fields": ["06"] }, "after": ["core"] }
          ]
        }
        """)!.AsObject();
}
