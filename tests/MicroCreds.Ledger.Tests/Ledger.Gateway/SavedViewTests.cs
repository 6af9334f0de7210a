using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Searches are kept under a name, each for who keeps it.</summary>
public sealed class SavedViewTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Address = "/v1/saved-views";

    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_IsKept_ReplacedByOneOfItsName_AndForgotten_AndNobodyElseSeesIt()
    {
        using var reader = await ReaderAsync();
        using var other = await ReaderAsync();
        await KeepAsync(reader, "Revoked", "?state=revoked");
        await KeepAsync(reader, "Revoked", "?state=revoked&from=2026-01-01");
        await KeepAsync(other, "Theirs", "?state=suspended");
        var kept = (await ListAsync(reader)).Single()!;
        Assert.Equal("?state=revoked&from=2026-01-01", (string?)kept["query"]);
        using var foreign = await other.DeleteAsync($"{Address}/{kept["id"]}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using var gone = await reader.DeleteAsync($"{Address}/{kept["id"]}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Empty(await ListAsync(reader));
        Assert.Single(await ListAsync(other));
    }

    [Theory]
    [InlineData("", "?state=revoked")]
    [InlineData("A name", "state=revoked")]
    [InlineData("A name", "?state=unheard-of")]
    public async Task Search_ThatCannotBe_IsRefusedWhenItIsKept(string name, string query)
    {
        using var reader = await ReaderAsync();
        using var answer = await reader.PostAsJsonAsync(Address, new { name, query }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await ListAsync(reader));
    }

    [Fact]
    public async Task Search_BeyondTheMost_IsRefused_AndSaysSo()
    {
        using var reader = await ReaderAsync();
        for (int i = 0; i < SavedViews.MaxViews; i++) await KeepAsync(reader, $"View {i}", "?state=revoked");
        using var answer = await reader.PostAsJsonAsync(
            Address, new { name = "One more", query = "?state=revoked" }, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await KeepAsync(reader, "View 0", "?state=suspended");
    }

    private static async Task KeepAsync(HttpClient client, string name, string query)
    {
        using var answer = await GatewayHost.OkAsync(
            await client.PostAsJsonAsync(Address, new { name, query }, Cancellation));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static async Task<JsonArray> ListAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonNode>(Address, Cancellation))!["items"]!.AsArray();

    private async Task<HttpClient> ReaderAsync()
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = "a reader", ["roles"] = new JsonArray("reader") }));
        return _gateway.With((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!);
    }
}
