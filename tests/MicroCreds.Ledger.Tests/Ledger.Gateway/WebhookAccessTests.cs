using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Who may have whom told, and what no webhook's address leads to.</summary>
public sealed class WebhookAccessTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly string[] Issuers = ["issuer"];
    private static readonly string[] Unknown = ["credential.invented"];

    private static readonly GatewayServiceOptions Options = new()
    {
        MspId = "AuroraMSP",
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = "",
    };

    private static readonly WebhookDelivery Delivery = new()
    {
        Webhook = "1",
        Message = "msg_1",
        Type = WebhookTypes.CredentialIssued,
        Payload = "{}",
        CreatedAt = DateTimeOffset.UtcNow,
        State = DeliveryState.Waiting,
        Attempts = 0,
        DueAt = DateTimeOffset.UtcNow,
    };

    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://lms.example/hooks", "https")]
    [InlineData("https://me:secret@lms.example/", "user information")]
    [InlineData("https://127.0.0.1/hooks", "not a public address")]
    [InlineData("https://2130706433/hooks", "not a public address")]
    [InlineData("https://0x7f.1/hooks", "not a public address")]
    [InlineData("https://10.1.2.3/hooks", "not a public address")]
    [InlineData("https://100.64.1.1/hooks", "not a public address")]
    [InlineData("https://169.254.169.254/latest/meta-data", "not a public address")]
    [InlineData("https://127.0.0.1./hooks", "not a public address")]
    [InlineData("https://localhost:9/hooks", "not a public address")]
    [InlineData("https://LOCALHOST./hooks", "not a public address")]
    [InlineData("https://printer.local/hooks", "not a public address")]
    [InlineData("https://lms.aurora.internal./hooks", "not a public address")]
    [InlineData("https://lms/hooks", "not a public address")]
    [InlineData("ftp://lms.example/hooks", "https")]
    [InlineData("hooks", "https")]
    public async Task Address_ThatTheRuleForbids_IsRefusedWithThePlace(string url, string reason)
    {
        using var refused = await _issuer.PostAsync("/v1/webhooks", new { url });
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("/url", (string?)problem["errors"]![0]!["pointer"]);
        Assert.Contains(reason, (string?)problem["errors"]![0]!["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_ThatLeadsToThisMachine_IsNotAsked()
    {
        // What a name leads to is judged when it is connected to, each time anew.
        await using var receiver = await WebhookReceiver.StartAsync();
        using var client = new WebhookClient(Options, TimeProvider.System, WebhookClient.RuleOf(Options.Webhooks)
            .CreateHandler((_, _) => Task.FromResult(new[] { IPAddress.Loopback })));
        var reply = await client.SendAsync(
            WebhookAt($"https://rebound.example:{new Uri(receiver.Url).Port}/hooks"), Delivery, Cancellation);
        Assert.Equal((null, WebhookFaults.ForbiddenAddress), (reply.Status, reply.Fault));
        Assert.Empty(receiver.Calls);
    }

    [Theory]
    [InlineData("10.20.0.0/16", "https://lms.aurora.internal/hooks", true)]
    [InlineData("10.20.0.0/16", "https://lms/hooks", true)]
    [InlineData("10.20.0.0/16", "https://localhost/hooks", false)]
    [InlineData("127.0.0.0/8", "https://localhost/hooks", true)]
    [InlineData("::1/128", "https://localhost./hooks", true)]
    public void Names_ThatAreNotPublic_AreOpenedWithTheirNetworks(string network, string url, bool isAllowed)
    {
        var rule = WebhookClient.RuleOf(new WebhookOptions { Networks = [IPNetwork.Parse(network)] });
        Assert.Equal(isAllowed, rule.FaultOf(new Uri(url)) is null);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("100.127.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("10.20.1.1", true)]
    [InlineData("::ffff:10.20.1.1", true)]
    [InlineData("93.184.216.34", true)]
    public void Networks_OpenThemselvesAlone(string address, bool isAllowed)
    {
        var rule = WebhookClient.RuleOf(new WebhookOptions { Networks = [IPNetwork.Parse("10.20.0.0/16")] });
        Assert.Equal(isAllowed, rule.Allows(IPAddress.Parse(address)));
    }

    [Fact]
    public async Task NameThatLeadsToBothAPublicAndAPrivateAddress_IsNotConnectedTo()
    {
        using var handler = WebhookClient.RuleOf(new WebhookOptions()).CreateHandler(
            (_, _) => Task.FromResult(new[] { IPAddress.Parse("93.184.216.34"), IPAddress.Parse("192.168.1.1") }));
        using var client = new HttpClient(handler);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync("https://rebound.example/", Cancellation));
        Assert.IsType<FetchException>(refused.InnerException);
    }

    [Fact]
    public async Task Webhooks_AreForRegistrarsAlone_AndTheSecretIsShownOnce()
    {
        using var anyone = await _issuer.Anyone.GetAsync("/v1/webhooks", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        using var made = await GatewayHost.OkAsync(
            await _issuer.PostAsync("/v1/api-keys", new { name = "Issuer", roles = Issuers }));
        string key = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["key"]!;
        using var issuer = _issuer.With(key);
        using var forbidden = await issuer.PostAsJsonAsync(
            "/v1/webhooks", new { url = "https://lms.example/" }, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        using var added = await GatewayHost.OkAsync(
            await _issuer.PostAsync("/v1/webhooks", new { url = "https://lms.example/hooks", description = "LMS" }));
        Assert.Equal("no-store", added.Headers.CacheControl?.ToString());
        var told = (await added.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        string address = added.Headers.Location!.ToString();
        string read = await _issuer.Registrar.GetStringAsync(address, Cancellation);
        Assert.DoesNotContain((string)told["secret"]!, read, StringComparison.Ordinal);
        using var changed = await GatewayHost.OkAsync(await _issuer.Registrar.PutAsJsonAsync(
            address, new { url = "https://lms.example/other", types = Array.Empty<string>() }, Cancellation));
        Assert.Contains("/other", await changed.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var removed = await _issuer.Registrar.DeleteAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await _issuer.Registrar.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        foreach (string action in new[] { "webhook.add", "webhook.change", "webhook.remove" })
        {
            string id = address.Split('/')[^1];
            string log = await _issuer.Registrar.GetStringAsync(
                $"/v1/audit?action={action}&subject=webhook:{id}", Cancellation);
            Assert.Contains(id, log, StringComparison.Ordinal);
            Assert.DoesNotContain("whsec_", log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Types_ThatAreNone_AndPagesThatAreNone_AreRefused()
    {
        using var refused = await _issuer.PostAsync(
            "/v1/webhooks", new { url = "https://lms.example/hooks", types = Unknown });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await using var webhook = await RegisteredWebhook.AddAsync(_issuer, "https://lms.example/hooks");
        foreach (string query in new[] { "?state=lost", "?type=x", "?after=x", "?after=99999999999999999.msg" })
        {
            using var bad = await _issuer.Registrar.GetAsync($"{webhook.Address}/deliveries{query}", Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }

        using var overlap = await _issuer.PostAsync($"{webhook.Address}/secret", new { overlapHours = 999 });
        Assert.Equal(HttpStatusCode.BadRequest, overlap.StatusCode);
        using var missed = await _issuer.PostAsync($"{webhook.Address}/activation", new { missed = "perhaps" });
        Assert.Equal(HttpStatusCode.BadRequest, missed.StatusCode);
        using var none = await _issuer.Registrar.PostAsync(
            $"{webhook.Address}/deliveries/msg_none/attempts", null, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task OpenApi_DescribesWhatIsTold_TypeByType()
    {
        var document = (await _issuer.Anyone.GetFromJsonAsync<JsonNode>("/openapi/v1.json", Cancellation))!;
        var told = document["webhooks"]!.AsObject();
        Assert.Equal([.. WebhookTypes.All, WebhookTypes.Test], told.Select(one => one.Key));
        foreach (var (type, item) in told)
        {
            var schema = item!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
            var members = schema["properties"]!.AsObject();
            Assert.Equal(["type", "timestamp", "data"], members.Select(one => one.Key));
            Assert.True(members["data"]!["properties"]!.AsObject().Count > 0, type);
        }

        // What may be absent is not said to be there.
        var credential = told["credential.issued"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!
            ["properties"]!["data"]!["properties"]!["credential"]!;
        Assert.Equal(
            ["mspId", "root", "index", "url"], credential["required"]!.AsArray().Select(one => (string?)one));
        Assert.Contains("id", credential["properties"]!.AsObject().Select(one => one.Key));
    }

    private static Webhook WebhookAt(string url) => new()
    {
        Id = "1",
        Url = url,
        CreatedAt = DateTimeOffset.UtcNow,
        Secret = WebhookSecret.Make(),
        State = WebhookState.Active,
        ChangedAt = DateTimeOffset.UtcNow,
        Told = new LedgerPlace("credentials", -1, 0),
    };
}
