using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What keeps one client from harming others, and answers from being kept.</summary>
public sealed class ProtectingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_MoreThanOneClientMaySend_AreRefusedAndOthersAreAnswered()
    {
        await using var gateway = await GatewayHost.StartAsync(
            _issuer.Member, "LimitLoopback=true", "ClientUnitsPerSecond=1", "TrustedProxies=127.0.0.1");
        using var noisy = From(gateway, "192.0.2.1");
        using var quiet = From(gateway, "192.0.2.2");
        HttpResponseMessage? refused = null;
        for (int sent = 0; sent < 1000 && refused is null; sent++)
        {
            var answer = await noisy.GetAsync("/v1/institutions", Cancellation);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                refused = answer;
            else
                answer.Dispose();
        }

        Assert.NotNull(refused);
        using (refused)
        {
            Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
            await IsProblemAsync(refused, "too-many-requests");
        }

        using var answered = await quiet.GetAsync("/v1/institutions", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        using var health = await noisy.GetAsync("/healthz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task ForwardedAddress_BehindTwoTrustedProxies_IsTheClients()
    {
        await using var gateway = await GatewayHost.StartAsync(
            _issuer.Member, "LimitLoopback=true", "ClientUnitsPerSecond=1", "TrustedProxies=127.0.0.1,10.0.0.0/8");
        using var noisy = From(gateway, "192.0.2.1, 10.1.2.3");
        using var quiet = From(gateway, "192.0.2.2, 10.1.2.3");
        for (int sent = 0; sent < 1000; sent++)
        {
            using var answer = await noisy.GetAsync("/v1/institutions", Cancellation);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) break;
        }

        using var refused = await noisy.GetAsync("/v1/institutions", Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var answered = await quiet.GetAsync("/v1/institutions", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Form_WithACharacterThatNoTextHas_IsRefused()
    {
        using var form = new StringContent("lang=%00", null, "application/x-www-form-urlencoded");
        using var answer = await _issuer.Anyone.PostAsync("/progress/sharing/withdrawal", form, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await IsProblemAsync(answer, "invalid-request");
    }

    [Fact]
    public async Task ForwardedAddress_OfNoTrustedProxy_MeansNothing()
    {
        await using var gateway = await GatewayHost.StartAsync(
            _issuer.Member, "LimitLoopback=true", "ClientUnitsPerSecond=1");
        bool isRefused = false;
        for (int sent = 0; sent < 1000 && !isRefused; sent++)
        {
            using var client = From(gateway, $"192.0.{sent / 250}.{1 + (sent % 250)}");
            using var answer = await client.GetAsync("/v1/institutions", Cancellation);
            isRefused = answer.StatusCode == HttpStatusCode.TooManyRequests;
        }

        Assert.True(isRefused);
    }

    [Fact]
    public async Task Body_Compressed_IsRefusedWithWhatIsTaken()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _issuer.Registrar.PostAsync("/v1/achievements", content, Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        string detail = await IsProblemAsync(answer, "unsupported-media-type");
        Assert.Contains("without Content-Encoding", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatStops_IsAnsweredWith408()
    {
        using var socket = new TcpClient();
        var address = _issuer.Anyone.BaseAddress!;
        await socket.ConnectAsync(address.Host, address.Port, Cancellation);
        var stream = socket.GetStream();
        string head = $"POST /v1/verifications HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 5000\r\n\r\n{{";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("urn:microcreds:problem:too-slow", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiKeyName_WithWhatNobodySees_IsRefusedByTheRuleOfTheLedger()
    {
        var wanted = new { name = "Off\u202eice", roles = new[] { "reader" } };
        using var refused = await _issuer.Registrar.PostAsJsonAsync("/v1/api-keys", wanted, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        string problem = await refused.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("/name holds the control character U+202E", problem, StringComparison.Ordinal);
    }

    private static async Task<string> IsProblemAsync(HttpResponseMessage answer, string name)
    {
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal("urn:microcreds:problem:" + name, (string?)problem["type"]);
        return (string)problem["detail"]!;
    }

    private static HttpClient From(GatewayHost gateway, string address)
    {
        var client = new HttpClient { BaseAddress = gateway.Anyone.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client;
    }
}
