using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class BadInputTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    public static TheoryData<string, string> Bodies => new()
    {
        { """{"achievement":"data-literacy","recipient":{"name":"A","name":"B"}}""", "/recipient/name" },
        { """{"achievement":"data-literacy","recipient":{"name":"\ud800"}}""", "/recipient/name" },
        { """{"achievement":"data-literacy","recipient":{"name":"A"},"credits":9007199254740993}""", "/credits" },
        { """{"achievement":"data-literacy","recipient":{"name":"A"},"surprise":true}""", "/surprise" },
        { """{"achievement":"data-literacy","recipient":{"name":"A","surname":"B"}}""", "/recipient/surname" },
        { """{"achievement":"data-literacy","recipient":{"name":7}}""", "/recipient/name" },
        { """{"achievement":"data-literacy","recipient":{"name":""}}""", "/recipient/name" },
        { """{"achievement":"data-literacy","recipient":{"name":"A","email":"nobody"}}""", "/recipient/email" },
        { """{"achievement":"data-literacy","recipient":{"name":"A","id":"not a uri"}}""", "/recipient/id" },
        { """{"achievement":"data-literacy","recipient":null}""", "/recipient" },
        { """{"achievement":"data-literacy"}""", "" },
        { """{"achievement":"no-such-thing","recipient":{"name":"A"}}""", "/achievement" },
        { """{"achievement":"data-literacy@2","recipient":{"name":"A"}}""", "/achievement" },
        { """{"achievement":"a\u0000b","recipient":{"name":"A"}}""", "/achievement" },
        { """{"achievement":"\udbff\udfff","recipient":{"name":"A"}}""", "/achievement" },
        {
            """{"achievement":"data-literacy","recipient":{"name":"A"},"validUntil":"2001-01-01T00:00:00Z"}""",
            "/validUntil"
        },
        {
            """{"achievement":"data-literacy","recipient":{"name":"A"},"validUntil":"2999-01-01T00:00:00"}""",
            "/validUntil"
        },
        {
            """{"achievement":"data-literacy","recipient":{"name":"A"},"result":{"status":"Superb"}}""",
            "/result/status"
        },
        { """[]""", "" },
        { "\"text\"", "" },
        { """{"achievement":"data-literacy","recipient":{"name":"A"}} {}""", "" },
        { """{"achievement":"data-literacy",""", "" },
        { new string('[', 1000) + new string(']', 1000), "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Issue_BadBody_NamesTheFieldAndChangesNothing(string body, string place)
    {
        int before = _issuer.Wire.Submissions;
        using var answer = await _issuer.Registrar.PostAsync(
            "/v1/credentials", GatewayHost.Json(body), TestContext.Current.CancellationToken);
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        var errors = problem["errors"]!.AsArray();
        Assert.Contains(errors, error => ((string)error!["pointer"]!).StartsWith(place, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.NotEqual("", (string?)error!["reason"]));
        Assert.DoesNotContain("System.", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("MicroCreds.", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(before, _issuer.Wire.Submissions);
    }

    [Fact]
    public async Task Issue_InvalidUtf8_IsRefused()
    {
        using var content = new ByteArrayContent([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
        content.Headers.ContentType = new("application/json");
        using var answer = await _issuer.Registrar.PostAsync(
            "/v1/credentials", content, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/v1/credentials", 2)]
    [InlineData("/v1/verifications", 2)]
    [InlineData("/v1/batches", 50)]
    public async Task Post_TooLarge_Is413(string path, int mebibytes)
    {
        using var content = new ByteArrayContent(new byte[mebibytes * 1024 * 1024]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = true;
        using var answer = await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("/v1/credentials", "text/plain", 415)]
    [InlineData("/v1/batches", "text/csv", 415)]
    [InlineData("/v1/nothing", "application/json", 404)]
    [InlineData("/v1/institutions", "application/json", 405)]
    public async Task Post_WrongAddressOrType_IsAProblem(string path, string mediaType, int status)
    {
        using var content = new StringContent("{}", Encoding.UTF8, mediaType);
        using var answer = await _issuer.Registrar.PostAsync(path, content, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, (HttpStatusCode)status);
    }

    [Theory]
    [InlineData("/v1/institutions?pageSize=0")]
    [InlineData("/v1/institutions?pageSize=201")]
    [InlineData("/v1/institutions?pageSize=ten")]
    [InlineData("/v1/achievements?mspId=%00")]
    [InlineData("/v1/pathways?mspId=%00")]
    [InlineData("/v1/pathways?after=nonsense")]
    [InlineData("/v1/achievements?mspId=%F4%8F%BF%BF")]
    [InlineData("/v1/achievements?after=nonsense")]
    [InlineData("/v1/events?after=nonsense")]
    public async Task Get_BadQuery_IsRefused(string path)
    {
        using var answer = await _issuer.Anyone.GetAsync(path, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/v1/issuing-requests?after=nonsense")]
    [InlineData("/v1/status-batches?after=nonsense")]
    [InlineData("/v1/achievement-drafts?after=nonsense")]
    [InlineData("/v1/batches?after=nonsense")]
    [InlineData("/v1/credentials?after=nonsense")]
    [InlineData("/v1/audit?after=nonsense")]
    public async Task Get_PageBehindNothing_IsRefused_AndNotTheFirst(string path)
    {
        using var answer = await _issuer.Registrar.GetAsync(path, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/v1/institutions/NobodyMSP")]
    [InlineData("/v1/achievements/%F4%8F%BF%BF/x")]
    [InlineData("/v1/pathways/%F4%8F%BF%BF/x")]
    [InlineData("/v1/pathways/x/x/1")]
    [InlineData("/v1/achievements/AuroraMSP/data-literacy/999999")]
    [InlineData("/v1/achievements/AuroraMSP/data-literacy/2147483648")]
    public async Task Get_Unknown_IsNotFound(string path)
    {
        using var answer = await _issuer.Anyone.GetAsync(path, TestContext.Current.CancellationToken);
        await ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/institutions/%00")]
    [InlineData("/v1/credentials/%00")]
    public async Task Get_AddressWithNul_IsRefusedByTheServer(string path)
    {
        using var answer = await _issuer.Anyone.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("credits", "-1", "/credits")]
    [InlineData("credits", "1000", "/credits")]
    [InlineData("version", "0", "/version")]
    [InlineData("eqfLevel", "9", "/eqfLevel")]
    [InlineData("id", "\"Upper Case\"", "/id")]
    [InlineData("id", "\"\\u0000\"", "/id")]
    [InlineData("name", "\"\"", "/name")]
    [InlineData("learningOutcomes", "[]", "/learningOutcomes")]
    [InlineData("colour", "\"red\"", "/colour")]
    public async Task Publish_BadDefinition_NamesTheField(string field, string value, string place)
    {
        var definition = GatewayHost.Achievement("bad-definition");
        definition[field] = JsonNode.Parse(value);
        using var answer = await _issuer.PostAsync("/v1/achievements", definition);
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(problem["errors"]!.AsArray(), error => (string?)error!["pointer"] == place);
        using var there = await _issuer.Anyone.GetAsync(
            "/v1/achievements/AuroraMSP/bad-definition", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, there.StatusCode);
    }

    [Fact]
    public async Task Publish_ManyFaults_NamesThemAllAtOnce()
    {
        var definition = GatewayHost.Achievement("many-faults");
        definition.Remove("assessment");
        definition["qualityAssurance"] = null;
        definition["credits"] = "three";
        definition["learningOutcomes"] = new JsonArray("Judges a data source", 7);
        definition["participation"] = "by post";
        definition["colour"] = "red";
        definition["skills"] = new JsonArray(new JsonObject { ["name"] = "x", ["url"] = "esco" });
        using var answer = await _issuer.PostAsync("/v1/achievements", definition);
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "/assessment", "/colour", "/credits", "/learningOutcomes/1", "/participation", "/qualityAssurance",
                "/skills/0/url",
            ],
            problem["errors"]!.AsArray().Select(error => (string)error!["pointer"]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"name":"X","country":"Finland","did":"did:web:aurora.example"}""", "/country")]
    [InlineData("""{"name":"X","country":"FI","did":"aurora"}""", "/did")]
    [InlineData("""{"name":"","country":"FI","did":"did:web:aurora.example"}""", "/name")]
    [InlineData("""{"name":"X","country":"FI","did":"did:web:aurora.example","keys":[]}""", "/keys")]
    public async Task SetInstitution_BadProfile_NamesTheField(string body, string place)
    {
        using var answer = await _issuer.Registrar.PutAsync(
            "/v1/institution", GatewayHost.Json(body), TestContext.Current.CancellationToken);
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(problem["errors"]!.AsArray(), error => (string?)error!["pointer"] == place);
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.NotEqual("", (string?)problem["title"]);
        Assert.NotEqual("", (string?)problem["detail"]);
        Assert.StartsWith("urn:microcreds:problem:", (string?)problem["type"], StringComparison.Ordinal);
        return problem;
    }
}
