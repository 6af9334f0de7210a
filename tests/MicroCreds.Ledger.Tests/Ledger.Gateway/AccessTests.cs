using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Data.Sqlite;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class AccessTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    public static TheoryData<string, string, string> Protected => new()
    {
        { "POST", "/v1/credentials", "issuer" },
        { "GET", "/v1/credentials/0f8fad5b-d9cb-469f-a165-70867728950e", "reader" },
        { "POST", "/v1/credentials/0f8fad5b-d9cb-469f-a165-70867728950e/revocation", "issuer" },
        { "POST", "/v1/credentials/0f8fad5b-d9cb-469f-a165-70867728950e/suspension", "issuer" },
        { "DELETE", "/v1/credentials/0f8fad5b-d9cb-469f-a165-70867728950e/suspension", "issuer" },
        { "POST", "/v1/batches", "issuer" },
        { "GET", "/v1/batches/x", "reader" },
        { "GET", "/v1/batches/x/credentials", "reader" },
        { "PUT", "/v1/institution", "registrar" },
        { "POST", "/v1/institution/keys", "registrar" },
        { "POST", "/v1/institution/keys/key-1/revocation", "registrar" },
        { "POST", "/v1/achievements", "issuer" },
        { "POST", "/v1/achievements/x/1/retirement", "issuer" },
        { "POST", "/v1/pathways", "issuer" },
        { "POST", "/v1/pathways/x/1/retirement", "issuer" },
        { "POST", "/v1/pathways/x/1/awards", "registrar" },
        { "POST", "/v1/api-keys", "registrar" },
        { "GET", "/v1/api-keys", "registrar" },
        { "DELETE", "/v1/api-keys/x", "registrar" },
    };

    [Theory]
    [MemberData(nameof(Protected))]
    public async Task Protected_WithoutTheRole_IsRefused(string method, string path, string role)
    {
        using var anyone = await SendAsync(_gateway.Anyone, method, path);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        Assert.Equal("application/problem+json", anyone.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", anyone.Headers.WwwAuthenticate.Single().Scheme);

        using var wrong = _gateway.With("mc_" + new string('A', 43));
        using var stranger = await SendAsync(wrong, method, path);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);

        string[] roles = ["reader", "issuer", "registrar"];
        foreach (string held in roles)
        {
            using var client = _gateway.With(await NewKeyAsync(held));
            using var answer = await SendAsync(client, method, path);
            bool isEnough = Array.IndexOf(roles, held) >= Array.IndexOf(roles, role);
            Assert.Equal(!isEnough, answer.StatusCode == HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData("/v1/institution")]
    [InlineData("/v1/institutions")]
    [InlineData("/v1/achievements")]
    [InlineData("/v1/pathways")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/verify")]
    public async Task Public_WithoutLogin_Answers(string path)
    {
        using var answer = await _gateway.Anyone.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Key_Revoked_IsRefusedAtOnceAndAfterARestart()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        string[] roles = ["registrar"];
        using var made = await gateway.PostAsync("/v1/api-keys", new { name = "Short-lived", roles });
        var key = await made.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        using (var client = gateway.With((string)key!["key"]!))
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, "GET", "/v1/api-keys")).StatusCode);
            await GatewayHost.OkAsync(await SendAsync(gateway.Registrar, "DELETE", $"/v1/api-keys/{key["id"]}"));
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, "GET", "/v1/api-keys")).StatusCode);
        }

        await gateway.RestartAsync();
        using var again = gateway.With((string)key["key"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(again, "GET", "/v1/api-keys")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(gateway.Registrar, "GET", "/v1/api-keys")).StatusCode);
    }

    [Fact]
    public async Task Keys_AreStoredHashedOnly()
    {
        TestStore.RequireFile("This test reads the bytes of the store's file, which PostgreSQL keeps to itself.");
        string key = await NewKeyAsync("reader");
        await using var store = new SqliteConnection($"Data Source={Path.Combine(_gateway.DataDirectory, "store.db")}");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await using var select = store.CreateCommand();
        select.CommandText = "SELECT count(*) FROM api_key WHERE hash = $key OR name = $key OR id = $key";
        select.Parameters.AddWithValue("$key", key);
        Assert.Equal(0L, await select.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        string files = string.Concat(Directory.GetFiles(_gateway.DataDirectory, "store.db*").Select(ReadShared));
        Assert.DoesNotContain(key, files, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayHost.ApiKey, files, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"","roles":["reader"]}""", "/name")]
    [InlineData("""{"name":"x","roles":[]}""", "/roles")]
    [InlineData("""{"name":"x","roles":["king"]}""", "/roles")]
    public async Task Key_BadRequest_NamesTheField(string body, string place)
    {
        using var answer = await _gateway.Registrar.PostAsync(
            "/v1/api-keys", GatewayHost.Json(body), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(place, (string?)problem!["errors"]![0]!["pointer"]);
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private async Task<string> NewKeyAsync(string role)
    {
        using var answer = await GatewayHost.OkAsync(
            await _gateway.PostAsync("/v1/api-keys", new { name = $"A {role}", roles = new[] { role } }));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["key"]!;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = method is "POST" or "PUT" ? GatewayHost.Json("{\"broken\":1}") : null,
        });
}
