using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>From the first credential to the award, by the sample's own pathways, at more than one gateway.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class PathwayFlowTests(RunningConsortium consortium)
{
    private const string Address = "/v1/pathways/AuroraMSP/arctic-data/1/evaluations";

    [Fact]
    public async Task Learner_SeesWhatIsMissing_EarnsIt_AndIsAwardedWhatEveryoneVerifies()
    {
        var owner = consortium[0];
        var first = await owner.IssueAsync(Registrar.Request("data-literacy", "Helmi Saarinen"));
        var halfway = await EvaluateUntilAsync(consortium[1], 3, first.Json);
        Assert.False((bool)halfway["complete"]!);
        var step = Assert.Single(halfway["ways"]![0]!["steps"]!.AsArray())!;
        Assert.Equal("arctic-climate-risk", (string?)step["take"]!["achievement"]!["id"]);

        var second = await owner.IssueAsync(Registrar.Request("arctic-climate-risk", "Helmi Saarinen"));
        var done = await EvaluateUntilAsync(consortium[1], 8, first.Json, second.Json);
        Assert.True((bool)done["complete"]!);

        var (status, award) = await owner.SendAsync(HttpMethod.Post, "/v1/pathways/arctic-data/1/awards", new JsonObject
        {
            ["credentials"] = new JsonArray(first.Json, second.Json),
            ["recipient"] = new JsonObject { ["name"] = "Helmi Saarinen" },
        });
        Assert.True(status == HttpStatusCode.Created, award?.ToString());
        Assert.Equal(
            new[] { first.Id, second.Id }.Order(StringComparer.Ordinal),
            award!["evidence"]!.AsArray().Select(part => (string)part!["id"]!).Order(StringComparer.Ordinal));
        await consortium[2].VerifyUntilAsync(award.ToJsonString(), "valid");
    }

    [Fact]
    public async Task AnotherInstitution_CannotAwardInTheOwnersName()
    {
        var body = new JsonObject
        {
            ["credentials"] = new JsonArray(),
            ["recipient"] = new JsonObject { ["name"] = "Helmi Saarinen" },
        };
        var (status, problem) = await consortium[1].SendAsync(
            HttpMethod.Post, "/v1/pathways/arctic-data/1/awards", body);
        Assert.True(status == HttpStatusCode.NotFound, problem?.ToString());
    }

    /// <summary>Evaluates until so many credits count: another gateway may be a moment behind.</summary>
    private static async Task<JsonNode> EvaluateUntilAsync(
        RunningInstitution institution, double credits, params JsonNode[] credentials)
    {
        using var http = institution.Anyone();
        JsonNode found = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                var body = new JsonObject
                {
                    ["credentials"] = new JsonArray([.. credentials.Select(one => one.DeepClone())]),
                };
                using var answer = await http.PostAsJsonAsync(Address, body, TestContext.Current.CancellationToken);
                found = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
                return (double?)found["evaluation"]?["credits"]?["counted"] == credits;
            },
            () => found.ToJsonString());
        return found["evaluation"]!;
    }
}
