using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The endpoint for statements (xAPI 1.0.3), as a simulator that is only tried sees it.</summary>
public sealed class XapiTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Ran = "http://example.org/verbs/ran";

    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statements_AreKept_Found_AndNeverChanged()
    {
        string basic = await TrialAsync();
        var statement = Statement();
        string id = (string)statement["id"]!;
        using var put = await SendAsync(HttpMethod.Put, $"statements?statementId={id}", basic, statement);
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        using var again = await SendAsync(HttpMethod.Post, "statements", basic, statement);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        statement["verb"]!["id"] = "http://example.org/verbs/walked";
        using var changed = await SendAsync(HttpMethod.Post, "statements", basic, statement);
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);

        var kept = await ReadAsync($"statements?statementId={id}", basic);
        Assert.Equal(Ran, (string?)kept["verb"]!["id"]);
        Assert.NotNull(kept["stored"]);
        Assert.Equal("Agent", (string?)kept["authority"]!["objectType"]);

        // What is the others' is not seen, and nobody without a secret sees anything.
        using var other = await SendAsync(HttpMethod.Get, $"statements?statementId={id}", await TrialAsync());
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var stranger = await SendAsync(
            HttpMethod.Get, "statements", "Basic " + Convert.ToBase64String("x:y"u8));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal("1.0.3", stranger.Headers.GetValues("X-Experience-API-Version").Single());
    }

    [Fact]
    public async Task Queries_FindByAgentVerbActivityRegistrationAndTime_PageByPage()
    {
        string basic = await TrialAsync();
        var all = new List<JsonObject>();
        for (int i = 0; i < 5; i++)
        {
            var one = Statement();
            one["actor"]!["mbox"] = $"mailto:runner{i % 2}@example.org";
            one["object"]!["id"] = $"http://example.org/runs/{i}";
            one["context"] = new JsonObject
            {
                ["registration"] = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
                ["contextActivities"] = new JsonObject
                {
                    ["parent"] = new JsonObject { ["id"] = "http://example.org/races/1" },
                },
            };
            all.Add(one);
        }

        using var sent = await SendAsync(HttpMethod.Post, "statements", basic, new JsonArray([.. all]));
        Assert.Equal(5, (await sent.Content.ReadFromJsonAsync<JsonArray>(Cancellation))!.Count);
        Assert.Equal(3, await CountAsync("agent={\"mbox\":\"mailto:runner0@example.org\"}"));
        Assert.Equal(5, await CountAsync($"verb={Ran}"));
        Assert.Equal(1, await CountAsync("activity=http://example.org/runs/3"));
        Assert.Equal(0, await CountAsync("activity=http://example.org/races/1"));
        Assert.Equal(5, await CountAsync("activity=http://example.org/races/1&related_activities=true"));
        Assert.Equal(5, await CountAsync("registration=6690e6c9-3ef0-4ed3-8b37-7f3964730bee"));
        Assert.Equal(0, await CountAsync("since=2100-01-01T00:00:00Z"));
        Assert.Equal(5, await CountAsync("until=2100-01-01T00:00:00Z"));

        var ids = new List<string?>();
        string? address = "statements?limit=2&ascending=true";
        while (address is { Length: > 0 })
        {
            var page = await ReadAsync(address, basic);
            ids.AddRange(page["statements"]!.AsArray().Select(one => (string?)one!["id"]));
            address = (string?)page["more"] is { Length: > 0 } more ? more["/xapi/".Length..] : null;
        }

        Assert.Equal(all.Select(one => (string?)one["id"]), ids);

        // A lone activity of a context is a list from then on.
        var kept = await ReadAsync($"statements?statementId={ids[0]}", basic);
        Assert.IsType<JsonArray>(kept["context"]!["contextActivities"]!["parent"]);

        async Task<int> CountAsync(string query) =>
            (await ReadAsync("statements?" + query, basic))["statements"]!.AsArray().Count;
    }

    [Fact]
    public async Task Voided_IsFoundAsVoidedAlone_AndWhatVoidsIsNotVoided()
    {
        string basic = await TrialAsync();
        var statement = Statement();
        string id = (string)statement["id"]!;
        using var kept = await SendAsync(HttpMethod.Post, "statements", basic, statement);
        var voiding = Voiding(id);
        using var voided = await SendAsync(HttpMethod.Post, "statements", basic, voiding);
        Assert.Equal(HttpStatusCode.OK, voided.StatusCode);
        using var gone = await SendAsync(HttpMethod.Get, $"statements?statementId={id}", basic);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(id, (string?)(await ReadAsync($"statements?voidedStatementId={id}", basic))["id"]);

        // What speaks of it is found by what finds it.
        var found = (await ReadAsync($"statements?verb={Ran}", basic))["statements"]!.AsArray();
        Assert.Equal((string?)voiding["id"], (string?)Assert.Single(found)!["id"]);
        using var twice = await SendAsync(HttpMethod.Post, "statements", basic, Voiding((string)voiding["id"]!));
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);

        // Also when what voids comes first.
        var later = Statement();
        using var before = await SendAsync(HttpMethod.Post, "statements", basic, Voiding((string)later["id"]!));
        using var after = await SendAsync(HttpMethod.Post, "statements", basic, later);
        using var none = await SendAsync(HttpMethod.Get, $"statements?statementId={(string)later["id"]!}", basic);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("object", "null", "/object")]
    [InlineData("actor", """{"mbox":"a@b.c"}""", "/actor/mbox")]
    [InlineData("actor", """{"mbox":"mailto:a@b.c","openid":"urn:x"}""", "/actor")]
    [InlineData("verb", """{"id":"v"}""", "/verb/id")]
    [InlineData("more", "1", "/more")]
    [InlineData("result", """{"score":{"scaled":2}}""", "/result/score/scaled")]
    [InlineData("timestamp", "\"yesterday\"", "/timestamp")]
    [InlineData("id", "null", "/id")]
    public async Task Bad_IsRefusedWithItsPlace(string member, string value, string place)
    {
        var statement = Statement();
        statement[member] = JsonNode.Parse(value);
        using var answer = await SendAsync(HttpMethod.Post, "statements", await TrialAsync(), statement);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            $"\"pointer\":\"{place}\"", await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Oversized_Deep_OtherVersions_AndUnknownParameters_AreRefused()
    {
        string basic = await TrialAsync();
        var large = Statement();
        large["result"] = new JsonObject { ["response"] = new string('x', 1024 * 1024) };
        using var oversized = await SendAsync(HttpMethod.Post, "statements", basic, large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, oversized.StatusCode);
        var deep = Statement();
        string nested = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));
        deep["result"] = new JsonObject { ["extensions"] = new JsonObject { ["urn:deep"] = JsonNode.Parse(nested) } };
        using var tooDeep = await SendAsync(HttpMethod.Post, "statements", basic, deep);
        Assert.Equal(HttpStatusCode.BadRequest, tooDeep.StatusCode);
        using var unknown = await SendAsync(HttpMethod.Get, "statements?Verb=urn:x", basic);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "xapi/statements");
        request.Headers.Add("Authorization", basic);
        request.Headers.Add("X-Experience-API-Version", "2.0.0");
        using var other = await _gateway.Anyone.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        var about = await _gateway.Anyone.GetFromJsonAsync<JsonNode>("xapi/about", Cancellation);
        Assert.Equal("1.0.3", (string?)about!["version"]![0]);
    }

    [Fact]
    public async Task Attachments_ComeAlong_AndAreGivenBack_IfTheirHashIsRight()
    {
        string basic = await TrialAsync();
        byte[] content = RandomNumberGenerator.GetBytes(300);
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var statement = Statement();
        statement["attachments"] = new JsonArray(new JsonObject
        {
            ["usageType"] = "http://example.org/photo",
            ["display"] = new JsonObject { ["en"] = "A photo" },
            ["contentType"] = "image/png",
            ["length"] = content.Length,
            ["sha2"] = hash,
        });
        using var alone = await SendAsync(HttpMethod.Post, "statements", basic, statement);
        Assert.Equal(HttpStatusCode.BadRequest, alone.StatusCode);
        using var wrong = await SendAsync(HttpMethod.Post, "statements", basic, Mixed([.. content.Reverse()]));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var right = await SendAsync(HttpMethod.Post, "statements", basic, Mixed(content));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        using var answer = await SendAsync(
            HttpMethod.Get, $"statements?statementId={(string)statement["id"]!}&attachments=true", basic);
        Assert.Equal("multipart/mixed", answer.Content.Headers.ContentType!.MediaType);
        byte[] given = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.True(given.AsSpan().IndexOf(content) > 0);

        MultipartContent Mixed(byte[] sent)
        {
            var part = new ByteArrayContent(sent);
            part.Headers.ContentType = new("image/png");
            part.Headers.Add("Content-Transfer-Encoding", "binary");
            part.Headers.Add("X-Experience-API-Hash", hash);
            return new MultipartContent("mixed")
            {
                new StringContent(statement.ToJsonString(), Encoding.UTF8, "application/json"), part,
            };
        }
    }

    [Fact]
    public async Task Withdrawn_IsHeardNoMore_AndPagesOfOtherSitesMaySpeak()
    {
        string basic = await TrialAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "xapi/statements");
        preflight.Headers.Add("Origin", "https://simulators.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,x-experience-api-version");
        using var allowed = await _gateway.Anyone.SendAsync(preflight, Cancellation);
        Assert.Equal("*", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        string id = Encoding.ASCII.GetString(Convert.FromBase64String(basic["Basic ".Length..])).Split(':')[0];
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/simulators/{id}", Cancellation));
        using var answer = await SendAsync(HttpMethod.Post, "statements", basic, Statement());
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Documents_AreMerged_Bounded_AndGuardedByTheirTag()
    {
        string basic = await TrialAsync();
        const string agent = "{\"mbox\":\"mailto:a@example.org\"}";
        const string address = $"activities/state?activityId=urn:a&agent={agent}&stateId=s";
        using var first = await SendAsync(HttpMethod.Post, address, basic, new JsonObject { ["a"] = 1 });
        using var second = await SendAsync(HttpMethod.Post, address, basic, new JsonObject { ["b"] = 2 });
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        var merged = await ReadAsync(address, basic);
        Assert.Equal((1, 2), ((int)merged["a"]!, (int)merged["b"]!));
        using var large = await SendAsync(
            HttpMethod.Put, address, basic, new JsonObject { ["x"] = new string('x', 70_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var profile = await SendAsync(
            HttpMethod.Put, $"agents/profile?agent={agent}&profileId=p", basic, new JsonObject());
        Assert.Equal(HttpStatusCode.BadRequest, profile.StatusCode);
        using var deleted = await SendAsync(HttpMethod.Delete, address, basic);
        using var gone = await SendAsync(HttpMethod.Get, address, basic);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private async Task<string> TrialAsync()
    {
        string id = $"trial-{Guid.NewGuid():N}"[..20];
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/simulators",
            new { id, name = "Trial", activities = (List<string>)["http://example.org"], trial = true }));
        string secret = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["secret"]!;
        return "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{secret}"));
    }

    private static JsonObject Statement() => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["actor"] = new JsonObject { ["mbox"] = "mailto:runner@example.org" },
        ["verb"] = new JsonObject { ["id"] = Ran },
        ["object"] = new JsonObject { ["id"] = "http://example.org/runs/1" },
    };

    private static JsonObject Voiding(string id)
    {
        var voiding = Statement();
        voiding["verb"]!["id"] = "http://adlnet.gov/expapi/verbs/voided";
        voiding["object"] = new JsonObject { ["objectType"] = "StatementRef", ["id"] = id };
        return voiding;
    }

    private async Task<JsonNode> ReadAsync(string address, string basic)
    {
        using var answer = await GatewayHost.OkAsync(await SendAsync(HttpMethod.Get, address, basic));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, string basic, JsonNode? body = null) => SendAsync(
            method, address, basic, body is null ? null : JsonContent.Create(body));

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, string basic, HttpContent? content)
    {
        using var request = PracticeVisitor.LaunchedSession.Request(method, "xapi/" + address, basic);
        request.Content = content;
        return await _gateway.Anyone.SendAsync(request, Cancellation);
    }
}
