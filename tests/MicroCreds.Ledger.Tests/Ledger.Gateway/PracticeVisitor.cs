using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using MimeKit;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner who practises, and the simulator that tells of it, over HTTP.</summary>
internal sealed class PracticeVisitor : IDisposable
{
    public const string Activity = "https://simulators.aurora.example/lab";

    private const string Verbs = "http://adlnet.gov/expapi/verbs/";

    private readonly HttpClient _device;

    private PracticeVisitor(HttpClient device, string link, string name, string email) =>
        (_device, Link, Name, Email) = (device, link, name, email);

    /// <summary>The learner's own page, as a path.</summary>
    public string Link { get; }

    public string Name { get; }

    public string Email { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Registers a simulator and a rule for it.</summary>
    public static Task<(string Rule, string Secret)> SetUpAsync(
        GatewayHost gateway, string achievement, string issue = "ask", object? more = null, string launch = "/scene") =>
        SetUpAsync(gateway.Registrar, achievement, issue, more, launch);

    /// <summary>Registers a simulator and a rule for it, at a gateway that runs anywhere.</summary>
    public static async Task<(string Rule, string Secret)> SetUpAsync(
        HttpClient registrar, string achievement, string issue = "ask", object? more = null, string launch = "/scene")
    {
        string id = $"lab-{Guid.NewGuid():N}"[..20];
        using var simulator = await GatewayHost.OkAsync(await registrar.PostAsJsonAsync(
            "/v1/simulators", new { id, name = "Simulated laboratory", activities = new[] { Activity }, launch }));
        var made = (await simulator.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var rule = new JsonObject
        {
            ["id"] = id,
            ["achievement"] = achievement,
            ["simulator"] = id,
            ["title"] = "Hazards in the laboratory",
            ["activities"] = new JsonArray(new JsonObject
            {
                ["id"] = Activity,
                ["name"] = "Hazards",
                ["must"] = "passed",
            }),
            ["leastScore"] = 0.8,
            ["issue"] = issue,
        };
        if (more is not null)
        {
            foreach (var (name, value) in System.Text.Json.JsonSerializer.SerializeToNode(more)!.AsObject())
                rule[name] = value?.DeepClone();
        }

        using var kept = await GatewayHost.OkAsync(await registrar.PostAsJsonAsync("/v1/practice-rules", rule));
        return (id, (string)made["secret"]!);
    }

    /// <summary>Publishes an achievement that nobody has, and returns its id.</summary>
    public static Task<string> PublishAsync(GatewayHost gateway) => PublishAsync(gateway.Registrar);

    /// <summary>Publishes an achievement at a gateway that runs anywhere.</summary>
    public static async Task<string> PublishAsync(HttpClient registrar)
    {
        string id = $"safety-{Guid.NewGuid():N}"[..20];
        using var made = await GatewayHost.OkAsync(
            await registrar.PostAsJsonAsync("/v1/achievements", GatewayHost.Achievement(id)));
        return id;
    }

    /// <summary>Begins to practise, and follows the link in the mail.</summary>
    public static async Task<PracticeVisitor> BeginAsync(
        GatewayHost gateway, MailServer server, string rule, string? name = null, string? email = null,
        bool confirms = true, string subject = "Your practice")
    {
        name ??= $"Learner {Guid.NewGuid():N}"[..20];
        email ??= $"{Guid.NewGuid():N}@student.example";
        var device = Device(gateway.Anyone.BaseAddress!);
        await BeginAsync(device, rule, ("name", name), ("email", email));
        var mail = await server.ToldAsync(email, subject);
        var visitor = new PracticeVisitor(device, new Uri(LinkIn(mail)).AbsolutePath, name, email);
        if (confirms)
        {
            using var confirmed = await visitor.PostAsync("confirmation");
            Assert.Equal(HttpStatusCode.SeeOther, confirmed.StatusCode);
        }

        return visitor;
    }

    /// <summary>Begins to practise where no mails are sent: the page leads on by itself.</summary>
    public static async Task<PracticeVisitor> BeginAsync(Uri gateway, string rule, string name)
    {
        var device = Device(gateway);
        string link = await BeginAsync(device, rule, ("name", name));
        return new PracticeVisitor(device, new Uri(gateway, link).AbsolutePath, name, email: "");
    }

    /// <summary>The link to a practice in a mail.</summary>
    public static string LinkIn(MimeMessage mail) => mail.TextBody!.Split('\n')
        .Single(line => line.Contains("/practised/", StringComparison.Ordinal)).Trim();

    public async Task<string> PageAsync()
    {
        using var answer = await _device.GetAsync(Link, Cancellation);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    public Task<HttpResponseMessage> PostAsync(string what, params (string Name, string Value)[] fields) =>
        _device.PostAsync($"{Link}/{what}", Form(fields), Cancellation);

    /// <summary>Launches the activity, and fetches the token.</summary>
    public async Task<LaunchedSession> LaunchAsync()
    {
        using var launched = await PostAsync("launch", ("activity", Activity));
        Assert.Equal(HttpStatusCode.SeeOther, launched.StatusCode);
        var query = QueryHelpers.ParseQuery(launched.Headers.Location!.Query);
        string fetch = query["fetch"].ToString();
        using var answer = await GatewayHost.OkAsync(await _device.PostAsync(fetch, content: null, Cancellation));
        var told = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        return new LaunchedSession(
            _device.BaseAddress!, fetch, (string)told["auth-token"]!, query["actor"].ToString(),
            query["registration"].ToString());
    }

    /// <summary>Practises once, and passes.</summary>
    public async Task PassAsync(double score = 0.9)
    {
        var session = await LaunchAsync();
        foreach (string verb in (string[])["initialized", "passed", "completed", "terminated"])
        {
            using var said = await session.SayAsync(session.Statement(verb, verb == "passed" ? score : null));
            await GatewayHost.OkAsync(said);
        }
    }

    public void Dispose() => _device.Dispose();

    private static HttpClient Device(Uri gateway) =>
        new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = gateway };

    private static async Task<string> BeginAsync(
        HttpClient device, string rule, params (string Name, string Value)[] fields)
    {
        using var begun = await device.PostAsync(
            $"practise/{rule}", Form([.. fields, ("agree", "yes")]), Cancellation);
        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        return begun.Headers.Location!.ToString();
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(one => KeyValuePair.Create(one.Name, one.Value)));

    /// <summary>A session that was launched.</summary>
    internal sealed record LaunchedSession(
        Uri Gateway, string Fetch, string Token, string Actor, string Registration)
    {
        /// <summary>A statement as the simulator makes it.</summary>
        public JsonObject Statement(string verb, double? score = null)
        {
            var statement = new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString(),
                ["actor"] = JsonNode.Parse(Actor),
                ["verb"] = new JsonObject { ["id"] = Verbs + verb },
                ["object"] = new JsonObject { ["id"] = Activity },
                ["context"] = new JsonObject { ["registration"] = Registration },
                ["timestamp"] = DateTimeOffset.UtcNow.ToString("O"),
            };
            if (score is { } scaled)
            {
                statement["result"] = new JsonObject
                {
                    ["score"] = new JsonObject { ["scaled"] = scaled },
                    ["success"] = verb == "passed",
                    ["duration"] = "PT90S",
                };
            }

            return statement;
        }

        public Task<HttpResponseMessage> SayAsync(JsonNode statement) =>
            SayAsync(Gateway, $"Basic {Token}", statement);

        /// <summary>Sends a statement or several.</summary>
        public static async Task<HttpResponseMessage> SayAsync(Uri gateway, string authorization, JsonNode statement)
        {
            using var client = new HttpClient { BaseAddress = gateway };
            using var request = Request(HttpMethod.Post, "xapi/statements", authorization);
            request.Content = JsonContent.Create(statement);
            return await client.SendAsync(request, Cancellation);
        }

        public static HttpRequestMessage Request(HttpMethod method, string address, string authorization)
        {
            var request = new HttpRequestMessage(method, address);
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            request.Headers.Add("X-Experience-API-Version", "1.0.3");
            return request;
        }
    }
}
