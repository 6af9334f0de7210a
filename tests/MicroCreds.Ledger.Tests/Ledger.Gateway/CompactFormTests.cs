using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is on paper verifies at any member, and the issuer's gateway is not needed for it.</summary>
public sealed class CompactFormTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_Compact_IsAShortTextThatOthersVerify()
    {
        byte[] document = await _issuer.IssueAsync("On Paper");
        using var answer = await ReadAsync(GatewayHost.IdOf(document));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(CompactText.MediaType, answer.Content.Headers.ContentType!.MediaType);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.InRange(text.Length, 100, 1_000);

        await Until.TrueAsync(
            async () => await VerdictOfAsync(gateways.Partner, text) is "valid", () => "It is not valid elsewhere.");
        var verdict = await SendAsync(gateways.Partner, text);
        Assert.Equal("On Paper", (string?)verdict["credential"]!["recipient"]);
        Assert.Equal(GatewayHost.IdOf(document), (string?)verdict["credential"]!["id"]);

        using var revoked = await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "misconduct" }));
        await Until.TrueAsync(
            async () => await VerdictOfAsync(gateways.Partner, text) is "invalid", () => "It is valid for ever.");
    }

    [Fact]
    public async Task Read_CompactOfABatch_IsValid()
    {
        using var content = new StringContent(
            new JsonArray(GatewayHost.Row("Paper One"), GatewayHost.Row("Paper Two"), GatewayHost.Row("Paper Three"))
                .ToJsonString(),
            Encoding.UTF8, "application/json");
        using var accepted = await GatewayHost.OkAsync(
            await _issuer.Registrar.PostAsync("/v1/batches", content, Cancellation));
        string address = accepted.Headers.Location!.ToString();
        await Until.TrueAsync(
            async () => (await _issuer.Registrar.GetStringAsync(address, Cancellation)).Contains(
                "\"state\":\"issued\"", StringComparison.Ordinal),
            () => "The batch is not issued.");
        var page = JsonNode.Parse(await _issuer.Registrar.GetStringAsync(address + "/credentials", Cancellation))!;
        foreach (var document in page["items"]!.AsArray())
        {
            using var answer = await GatewayHost.OkAsync(await ReadAsync((string)document!["id"]!));
            Assert.Equal("valid", await VerdictOfAsync(_issuer, await answer.Content.ReadAsStringAsync(Cancellation)));
        }
    }

    [Fact]
    public async Task Read_CompactOfLongEvidence_406SaysWhy()
    {
        var row = GatewayHost.Row("Long Story");
        row["evidence"] = new JsonArray(new JsonObject { ["description"] = new string('x', 1_500) });
        using var issued = await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/credentials", row));
        string id = GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation));
        using var answer = await ReadAsync(id);
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal("urn:microcreds:problem:no-compact-form", (string?)problem["type"]);
        Assert.Contains("long evidence", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Compact_IsNoLinkAndIsVerified()
    {
        using var answer = await ReadAsync(GatewayHost.IdOf(await _issuer.IssueAsync("Paper On The Page")));
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        using var form = new MultipartFormDataContent { { new StringContent(text + "\n"), "credential" } };
        using var page = await _issuer.Anyone.PostAsync("/verify", form, Cancellation);
        string shown = await page.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("Paper On The Page", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Not opened", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MC1:BB8", HttpStatusCode.BadRequest)]
    [InlineData("MC9:BB8", HttpStatusCode.BadRequest)]
    public async Task Bundle_OfADamagedText_IsRefused(string text, HttpStatusCode status)
    {
        using var content = new StringContent(text);
        using var answer = await _issuer.Anyone.PostAsync("/v1/bundles", content, Cancellation);
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> ReadAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/credentials/" + id);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(CompactText.MediaType));
        return await _issuer.Registrar.SendAsync(request, Cancellation);
    }

    private static async Task<string?> VerdictOfAsync(GatewayHost gateway, string text) =>
        (string?)(await SendAsync(gateway, text))["verdict"];

    private static async Task<JsonNode> SendAsync(GatewayHost gateway, string text)
    {
        using var content = new StringContent(text, Encoding.ASCII, "text/plain");
        using var answer = await gateway.Anyone.PostAsync("/v1/verifications", content, Cancellation);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }
}
