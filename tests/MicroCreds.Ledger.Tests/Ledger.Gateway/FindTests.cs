using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Finding what was issued, by what people know of it.</summary>
public sealed class FindTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("name=Þórsdóttir Sólveig")]
    [InlineData("name=solveig thorsdottir")]
    [InlineData("name=Solvieg Thorsdotir")]
    [InlineData("name=solv")]
    [InlineData("q=Sólveig")]
    [InlineData("q=S-4711")]
    [InlineData("email=Solveig@Student.Example")]
    [InlineData("q=solveig@student.example")]
    [InlineData("studentNumber=S-4711")]
    [InlineData("name=solveig&achievement=data-literacy&state=inForce")]
    public async Task Search_ByWhatIsKnown_FindsThePerson(string query)
    {
        string id = await IssueAsync("Sólveig Þórsdóttir", "solveig@student.example", "S-4711");
        var found = await FoundAsync(query, id);
        var item = found["items"]!.AsArray().Single(one => (string?)one!["id"] == id)!;
        Assert.Equal("Sólveig Þórsdóttir", (string?)item["name"]);
        Assert.Equal("Data Literacy", (string?)item["title"]);
        Assert.Equal("inForce", (string?)item["state"]);
    }

    [Theory]
    [InlineData("name=Nobody Whatsoever")]
    [InlineData("q=nobody@student.example")]
    [InlineData("name=solveig&achievement=another")]
    [InlineData("name=solveig&until=2001-01-01")]
    [InlineData("name=solveig&batch=no-such")]
    [InlineData("q=00000000-0000-0000-0000-000000000000")]
    public async Task Search_ForSomethingElse_FindsNothing(string query)
    {
        await FoundAsync("name=solveig", await IssueAsync("Sólveig Þórsdóttir", "solveig@student.example", "S-4711"));
        Assert.Empty((await ListAsync(query))["items"]!.AsArray());
    }

    [Fact]
    public async Task Search_ByState_FindsTheRevoked_AndPagesInOrder()
    {
        string kept = await IssueAsync("Paged Keeper", null, null);
        string revoked = await IssueAsync("Paged Leaver", null, null);
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{revoked}/revocation", new { reason = "withdrawn" }));
        await FoundAsync("state=revoked", revoked);
        await FoundAsync("name=paged&state=revoked", revoked);
        Assert.DoesNotContain(kept, (await ListAsync("state=revoked")).ToJsonString(), StringComparison.Ordinal);

        await FoundAsync("name=paged", kept);
        var first = await ListAsync("name=paged&pageSize=1");
        var second = await ListAsync($"name=paged&pageSize=1&after={first["next"]}");
        string[] ids = [.. new[] { first, second }.Select(page => (string)page["items"]![0]!["id"]!)];
        Assert.Equal([revoked, kept], ids);
        Assert.Null(second["next"]);
    }

    [Fact]
    public async Task Batch_IsListed_AndItsRowsAreFound()
    {
        string mark = Guid.NewGuid().ToString("N")[..8];
        using var accepted = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/batches",
            new JsonArray(GatewayHost.Row($"Batched One {mark}"), GatewayHost.Row($"Batched Two {mark}"))));
        string batch = (string)JsonNode.Parse(await accepted.Content.ReadAsStringAsync(Cancellation))!["id"]!;
        await Until.TrueAsync(
            async () => (await ListAsync($"batch={batch}&name={mark}"))["items"]!.AsArray().Count == 2,
            () => $"the batch {batch} was not found");
        var listed = JsonNode.Parse(await _gateway.Registrar.GetStringAsync("/v1/batches?pageSize=100", Cancellation))!;
        Assert.Contains(listed["items"]!.AsArray(), one => (string?)one!["id"] == batch);
    }

    [Fact]
    public async Task Erasure_TakesThePersonOutOfTheIndex_WordByWord()
    {
        string mark = "zz" + Guid.NewGuid().ToString("N")[..10];
        string id = await IssueAsync($"Erasable {mark}", null, null);
        await FoundAsync($"name={mark}", id);
        Assert.True(Holds(mark));
        using var erased = await _gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.Empty((await ListAsync($"name={mark}"))["items"]!.AsArray());
        Assert.False(Holds(mark));
    }

    [Theory]
    [InlineData("state=gone", "state")]
    [InlineData("from=yesterday", "from")]
    [InlineData("after=x", "after")]
    [InlineData("achievement=No Such", "achievement")]
    [InlineData("pageSize=0", "pageSize")]
    public async Task Search_WithWhatCannotBeRead_IsToldWhat(string query, string what)
    {
        using var answer = await _gateway.Registrar.GetAsync($"/v1/credentials?{query}", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{what}\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WithoutALogin_IsRefused()
    {
        using var answer = await _gateway.Anyone.GetAsync("/v1/credentials?name=a", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private bool Holds(string word)
    {
        using var reader = _gateway.Services.GetRequiredService<GatewayStore>().Database.Read();
        string[] questions =
        [
            "SELECT count(*) FROM name_word WHERE word = $0", "SELECT count(*) FROM name_slip WHERE word = $0",
        ];
        return questions.Any(question => (long)reader.Prepare(question, 1).With(word).ExecuteScalar()! > 0);
    }

    private async Task<string> IssueAsync(string name, string? email, string? number)
    {
        var recipient = new JsonObject { ["name"] = name };
        if (email is not null) recipient["email"] = email;
        if (number is not null) recipient["studentNumber"] = number;
        using var answer = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/credentials", new JsonObject
            {
                ["achievement"] = "data-literacy",
                ["recipient"] = recipient,
                ["duplicates"] = "allow",
            }));
        return GatewayHost.IdOf(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task<JsonNode> ListAsync(string query) =>
        JsonNode.Parse(await _gateway.Registrar.GetStringAsync($"/v1/credentials?{query}", Cancellation))!;

    private async Task<JsonNode> FoundAsync(string query, string id)
    {
        JsonNode? found = null;
        await Until.TrueAsync(
            async () => (found = await ListAsync(query)).ToJsonString().Contains(id, StringComparison.Ordinal),
            () => $"{query} did not find {id}: {found}");
        return found!;
    }
}
