using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Drafts and pictures of achievements through the API.</summary>
public sealed class AchievementDraftTests(AchievementsFixture achievements) : IClassFixture<AchievementsFixture>
{
    private readonly GatewayHost _gateway = achievements.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Draft_WithGaps_IsKept_ThenFilled_ThenPublished_AndIsGone()
    {
        string id = $"draft-{Guid.NewGuid():N}"[..20];
        var draft = await CreateAsync(new JsonObject { ["name"] = "Half a Thing" });
        string address = $"/v1/achievement-drafts/{draft["id"]}";
        Assert.Contains(draft["faults"]!.AsArray(), fault => (string)fault!["place"]! == "/learningOutcomes");
        using (var refused = await _gateway.PostAsync(address + "/publication", new JsonObject { ["revision"] = 1 }))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        draft = await PutAsync(address, 1, GatewayHost.Achievement(id));
        Assert.Equal(2, (int)draft["revision"]!);
        Assert.Empty(draft["faults"]!.AsArray());
        using (var stale = await _gateway.PostAsync(address + "/publication", new JsonObject { ["revision"] = 1 }))
            Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        using (var published = await _gateway.PostAsync(address + "/publication", new JsonObject { ["revision"] = 2 }))
            Assert.Equal(HttpStatusCode.Created, published.StatusCode);

        var record = JsonNode.Parse(await _gateway.Anyone.GetStringAsync(
            $"/v1/achievements/{_gateway.MspId}/{id}/1", Cancellation));
        Assert.Equal("Data Literacy", (string)record!["name"]!);
        using var gone = await _gateway.Registrar.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Draft_ThatSomebodyElseChanged_IsNotOverwritten()
    {
        var draft = await CreateAsync(new JsonObject { ["name"] = "First" });
        string address = $"/v1/achievement-drafts/{draft["id"]}";
        await PutAsync(address, 1, new JsonObject { ["name"] = "Second" });
        using var late = await _gateway.Registrar.PutAsJsonAsync(
            address, new JsonObject { ["revision"] = 1, ["content"] = new JsonObject { ["name"] = "Third" } },
            Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        var now = JsonNode.Parse(await _gateway.Registrar.GetStringAsync(address, Cancellation));
        Assert.Equal("Second", (string)now!["content"]!["name"]!);
        using var away = await _gateway.Registrar.DeleteAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, away.StatusCode);
    }

    [Fact]
    public async Task Draft_OfAVersionThatIsTaken_IsTold_WithTheNextOne()
    {
        var content = GatewayHost.Achievement("data-literacy");
        content["name"] = "Something Else";
        var draft = await CreateAsync(content);
        var fault = Assert.Single(draft["faults"]!.AsArray());
        Assert.Equal("/version", (string)fault!["place"]!);
        Assert.Contains("The next one is", (string)fault["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_AreForIssuers_AndPicturesForEverybody()
    {
        using var reader = await ClientAsync("reader");
        foreach (string address in (string[])["/v1/achievement-drafts", "/v1/skills?q=data"])
        {
            using var refused = await reader.GetAsync(address, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var put = await reader.PutAsJsonAsync(
            "/v1/achievements/data-literacy/1/badge-image", Upload(SamplePictures.Svg), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        var found = JsonNode.Parse(await _gateway.Registrar.GetStringAsync("/v1/skills?q=data", Cancellation));
        Assert.Equal("analyse big data", (string)Assert.Single(found!["items"]!.AsArray())!["name"]!);
    }

    [Fact]
    public async Task Image_OfADraft_IsItsVersionsOnceItIsPublished_AndNeverChangesUnderItsAddress()
    {
        string id = $"pictured-{Guid.NewGuid():N}"[..20];
        var draft = await CreateAsync(GatewayHost.Achievement(id));
        string address = $"/v1/achievement-drafts/{draft["id"]}";
        using (var put = await _gateway.Registrar.PutAsJsonAsync(
            address + "/badge-image", Upload(SamplePictures.Svg), Cancellation))
        {
            await GatewayHost.OkAsync(put);
            draft = JsonNode.Parse(await put.Content.ReadAsStringAsync(Cancellation))!;
        }

        using (var published = await _gateway.PostAsync(
            address + "/publication", new JsonObject { ["revision"] = (long)draft["revision"]! }))
            await GatewayHost.OkAsync(published);
        var image = JsonNode.Parse(await _gateway.Anyone.GetStringAsync(
            $"/v1/achievements/{_gateway.MspId}/{id}/1/badge-image", Cancellation))!;
        Assert.Equal("A hexagon", (string)image["alternative"]!);
        string path = $"/badge-images/{image["digest"]}";
        using var picture = await _gateway.Anyone.GetAsync(path, Cancellation);
        byte[] bytes = await picture.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(
            (string)image["digest"]!,
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        Assert.Contains("immutable", picture.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "sandbox", picture.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.TryAddWithoutValidation("If-None-Match", picture.Headers.ETag!.ToString());
        using var unchanged = await _gateway.Anyone.SendAsync(again, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        // Taken away, nothing shows it, and it goes.
        using var away = await _gateway.Registrar.DeleteAsync($"/v1/achievements/{id}/1/badge-image", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, away.StatusCode);
        using var gone = await _gateway.Anyone.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Image_ThatIsNone_OrSaysNothing_OrOfNothing_IsRefused()
    {
        const string Address = "/v1/achievements/data-literacy/1/badge-image";
        using var noPicture = await _gateway.Registrar.PutAsJsonAsync(Address, Upload("no picture"), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, noPicture.StatusCode);
        var blind = Upload(SamplePictures.Svg);
        blind["alternative"] = " ";
        using var saysNothing = await _gateway.Registrar.PutAsJsonAsync(Address, blind, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, saysNothing.StatusCode);
        using var nowhere = await _gateway.Registrar.PutAsJsonAsync(
            "/v1/achievements/no-such/1/badge-image", Upload(SamplePictures.Svg), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    private static JsonObject Upload(string file) => new()
    {
        ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(file)),
        ["alternative"] = "A hexagon",
    };

    private async Task<JsonNode> CreateAsync(JsonObject content)
    {
        using var made = await GatewayHost.OkAsync(
            await _gateway.PostAsync("/v1/achievement-drafts", new JsonObject { ["content"] = content }));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<JsonNode> PutAsync(string address, int revision, JsonObject content)
    {
        using var put = await GatewayHost.OkAsync(await _gateway.Registrar.PutAsJsonAsync(
            address, new JsonObject { ["revision"] = revision, ["content"] = content }, Cancellation));
        return JsonNode.Parse(await put.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<HttpClient> ClientAsync(string role)
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = $"a {role}", ["roles"] = new JsonArray(role) }));
        return _gateway.With((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!);
    }
}
