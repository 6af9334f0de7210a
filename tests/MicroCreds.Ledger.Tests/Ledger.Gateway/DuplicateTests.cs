using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>One award is issued once: the rule for lone credentials and for batches.</summary>
public sealed class DuplicateTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Theory]
    [InlineData("email", "aino@student.example", "AINO@student.example")]
    [InlineData("studentNumber", "s 4711", "S  4711")]
    [InlineData("studentNumber", "Zo\u00eb 1", "zoe\u0308 1")]
    [InlineData("id", "did:example:aino", "did:example:aino")]
    public async Task SamePerson_SameAward_AnswersWhatThereIs_AndWhatCanBeDone(string member, string one, string other)
    {
        string name = $"Aino {Guid.NewGuid():N}";
        string mark = Guid.NewGuid().ToString("N");
        using var first = await IssueAsync(name, member, Marked(one));
        using var second = await IssueAsync("Aino of another spelling", member, Marked(other));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var answer = await JsonAsync(second);
        Assert.Equal("alreadyIssued", (string?)answer["outcome"]);
        Assert.Equal(first.Headers.Location!.ToString(), (string?)answer["credential"]);
        Assert.Contains(answer["next"]!.AsArray(), one => ((string)one!).Contains("allow", StringComparison.Ordinal));

        string Marked(string text) => member == "id" ? text + mark : mark + text;
    }

    [Fact]
    public async Task Namesakes_WithNothingElse_AskForADecision_AndNeverAreOneOrTwoInSilence()
    {
        string name = $"Aino {Guid.NewGuid():N}";
        using var first = await IssueAsync(name);
        using var second = await IssueAsync(name.ToUpperInvariant().Replace(" ", "  ", StringComparison.Ordinal));
        using var third = await IssueAsync(name, "email", $"{Guid.NewGuid():N}@student.example");
        foreach (var asked in new[] { second, third })
        {
            Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
            var problem = await JsonAsync(asked);
            Assert.EndsWith("possible-duplicate", (string?)problem["type"], StringComparison.Ordinal);
            Assert.Contains((await IdOfAsync(first))!, (string)problem["detail"]!, StringComparison.Ordinal);
        }

        using var decided = await IssueAsync(name, "duplicates", "allow");
        Assert.Equal(HttpStatusCode.Created, decided.StatusCode);
        Assert.NotEqual(await IdOfAsync(first), await IdOfAsync(decided));
    }

    [Fact]
    public async Task Namesakes_ToldApartByTheirMail_EachGetTheirOwn()
    {
        string name = $"Aino {Guid.NewGuid():N}";
        using var first = await IssueAsync(name, "email", $"{Guid.NewGuid():N}@student.example");
        using var second = await IssueAsync(name, "email", $"{Guid.NewGuid():N}@student.example");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.NotEqual(await IdOfAsync(first), await IdOfAsync(second));
    }

    [Fact]
    public async Task Revoked_IsNeverHandedOutAsIfNew()
    {
        string name = $"Aino {Guid.NewGuid():N}";
        string mail = $"{Guid.NewGuid():N}@student.example";
        using var first = await IssueAsync(name, "email", mail, key: "revoked-" + mail);
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"{first.Headers.Location}/revocation", new { reason = "issuedInError" }));
        using var again = await IssueAsync(name, "email", mail);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.NotEqual(await IdOfAsync(first), await IdOfAsync(again));

        // The request that led to the revoked one finds that one, and is told so.
        using var repeated = await IssueAsync(name, "email", mail, key: "revoked-" + mail);
        Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
        var answer = await JsonAsync(repeated);
        Assert.Equal("revoked", (string?)answer["outcome"]);
        Assert.Equal(await IdOfAsync(first), (string?)answer["id"]);
    }

    [Fact]
    public async Task Batch_EqualRows_AreOne_AndTheSameFileWithARowMore_IssuesThatRow()
    {
        var one = GatewayHost.Row("Batch Aino");
        var two = GatewayHost.Row("Batch Bela");
        var first = await FinishAsync(await PostAsync(one, two, one));
        Assert.Equal(2, (int)first["size"]!);
        var left = Assert.Single(first["leftOut"]!.AsArray())!;
        Assert.Equal((3, "duplicate", 1), ((int)left["row"]!, (string)left["reason"]!, (int)left["sameAsRow"]!));

        var more = await FinishAsync(await PostAsync(one, two, one, GatewayHost.Row("Batch Caio")));
        Assert.Equal(1, (int)more["size"]!);
        Assert.Equal(
            [(1, "alreadyIssued"), (2, "alreadyIssued"), (3, "alreadyIssued")],
            more["leftOut"]!.AsArray().Select(row => ((int)row!["row"]!, (string)row["reason"]!)));
        Assert.StartsWith("urn:uuid:", (string?)more["leftOut"]![0]!["credential"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_Namesakes_AskForADecision_AndNothingIsDone()
    {
        string name = $"Aino {Guid.NewGuid():N}";
        var bare = new JsonObject
        {
            ["achievement"] = "data-literacy",
            ["recipient"] = new JsonObject { ["name"] = name },
        };
        using var asked = await PostAsync(bare, GatewayHost.Row("Batch Dora"), (JsonObject)bare.DeepClone());
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
        var problem = await JsonAsync(asked);
        Assert.EndsWith("possible-duplicate", (string?)problem["type"], StringComparison.Ordinal);
        Assert.Equal(3, (int)Assert.Single(problem["errors"]!.AsArray())!["row"]!);

        var allowed = (JsonObject)bare.DeepClone();
        allowed["duplicates"] = "allow";
        var batch = await FinishAsync(await PostAsync(bare, allowed));
        Assert.Equal(2, (int)batch["size"]!);
    }

    private async Task<HttpResponseMessage> IssueAsync(
        string name, string? member = null, string? value = null, string? key = null)
    {
        var request = new JsonObject
        {
            ["achievement"] = "data-literacy",
            ["recipient"] = new JsonObject { ["name"] = name },
        };
        if (member == "duplicates")
            request[member] = value;
        else if (member is not null)
            request["recipient"]![member] = value;
        return key is null
            ? await _issuer.PostAsync("/v1/credentials", request)
            : await _issuer.PostAsync("/v1/credentials", request, key);
    }

    private async Task<HttpResponseMessage> PostAsync(params JsonObject[] rows)
    {
        using var content = new StringContent(
            string.Join('\n', rows.Select(row => row.ToJsonString())), Encoding.UTF8, "application/x-ndjson");
        return await _issuer.Registrar.PostAsync("/v1/batches", content);
    }

    private async Task<JsonNode> FinishAsync(HttpResponseMessage accepted)
    {
        using (accepted)
        {
            await GatewayHost.OkAsync(accepted);
            using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
            while (true)
            {
                var batch = await _issuer.Registrar.GetFromJsonAsync<JsonNode>(
                    accepted.Headers.Location, deadline.Token);
                if ((string?)batch!["state"] is "issued") return batch;
            }
        }
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    private static async Task<string?> IdOfAsync(HttpResponseMessage answer) =>
        (string?)(await JsonAsync(answer))["id"];
}
