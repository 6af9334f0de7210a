using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>One credential, several ways out and in.</summary>
public sealed class FormTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string VcJwt = "application/vc+jwt";
    private const string SdJwt = "application/dc+sd-jwt";

    private readonly GatewayHost _issuer = gateways.Issuer;

    [Theory]
    [InlineData("application/vc", "dataIntegrity")]
    [InlineData("application/json", "dataIntegrity")]
    [InlineData("application/ld+json", "dataIntegrity")]
    [InlineData(VcJwt, "vcJwt")]
    [InlineData(SdJwt, "sdJwtVc")]
    public async Task Read_ByAccept_EveryFormIsValidAtEveryGateway(string mediaType, string form)
    {
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Many Forms"));
        using var answer = await ReadAsync(id, mediaType);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Accept", Assert.Single(answer.Headers.Vary));
        byte[] document = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var verdict = await _issuer.VerifyAsync(document);
        Assert.True((string?)verdict["verdict"] == "valid", verdict.ToJsonString());
        Assert.Equal(form, (string?)verdict["form"]);
        Assert.Equal("Many Forms", (string?)verdict["credential"]!["recipient"]);
        await Until.TrueAsync(
            async () => await gateways.Partner.VerdictAsync(document) == "valid", () => "It is not valid elsewhere.");
    }

    [Theory]
    [InlineData(VcJwt)]
    [InlineData(SdJwt)]
    [InlineData("application/vc")]
    public async Task Issue_ByAccept_AnswersInThatForm(string mediaType)
    {
        using var answer = await IssueAsync("Asked For", mediaType);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
        byte[] document = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("application/vc+jwt, */*;q=0.1", VcJwt)]
    [InlineData("application/vc+jwt;q=0.2, application/dc+sd-jwt;q=0.9", SdJwt)]
    [InlineData("application/*;q=0.5, application/vc+jwt;q=0", "application/json")]
    [InlineData("APPLICATION/VC+JWT", VcJwt)]
    [InlineData("application/json;q=0, */*", "application/vc")]
    public async Task Read_AcceptWithRanges_GetsTheBestOfThem(string accept, string mediaType)
    {
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Ranges"));
        using var answer = await ReadAsync(id, accept);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/vc+sd-jwt")]
    [InlineData("application/json;q=0")]
    [InlineData("application/vc+jwt;q=0, image/*")]
    [InlineData("nonsense")]
    public async Task Read_AcceptOfNothingThereIs_406WithTheList(string accept)
    {
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Unacceptable"));
        using var answer = await ReadAsync(id, accept);
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        string problem = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (string mediaType in new[] { "application/vc", VcJwt, SdJwt })
        {
            Assert.Contains(
                mediaType, (string)JsonNode.Parse(problem)!["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Issue_AcceptOfNothingThereIs_406AndNothingIsIssued()
    {
        int before = _issuer.Wire.Submissions;
        using var answer = await IssueAsync("Never Issued", "text/html");
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal(before, _issuer.Wire.Submissions);
    }

    [Theory]
    [InlineData(VcJwt)]
    [InlineData(SdJwt)]
    [InlineData("application/vc")]
    public async Task Batch_ByProfile_HandsOutThatForm(string form)
    {
        using var content = new StringContent(
            new JsonArray(GatewayHost.Row("First " + form), GatewayHost.Row("Second " + form)).ToJsonString(),
            Encoding.UTF8, "application/json");
        using var accepted = await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
            "/v1/batches", content, TestContext.Current.CancellationToken));
        string address = accepted.Headers.Location!.ToString();
        await Until.TrueAsync(async () =>
            (string?)JsonNode.Parse(await _issuer.Registrar.GetStringAsync(address))!["state"] == "issued",
            () => "The batch is not issued.");

        using var lines = await GetAsync(address + "/credentials", $"application/x-ndjson;profile=\"{form}\"");
        string[] documents = (await lines.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var page = await GetAsync(address + "/credentials", $"application/json;profile=\"{form}\"");
        var items = JsonNode.Parse(
            await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["items"]!.AsArray();
        Assert.Equal(2, documents.Length);
        Assert.Equal(2, items.Count);
        foreach (var item in documents.Select(line => JsonNode.Parse(line)!).Concat(items.Select(item => item!)))
        {
            string text = item is JsonValue token ? token.GetValue<string>() : item.ToJsonString();
            Assert.Equal(form == "application/vc", text[0] == '{');
            Assert.Equal("valid", await _issuer.VerdictAsync(Encoding.UTF8.GetBytes(text)));
        }

        using var unknown = await GetAsync(address + "/credentials", "application/x-ndjson;profile=\"text/html\"");
        Assert.Equal(HttpStatusCode.NotAcceptable, unknown.StatusCode);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vc")]
    [InlineData(VcJwt)]
    [InlineData(SdJwt)]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task Verify_WhateverTheContentTypeSays_TheTextTellsTheForm(string? contentType)
    {
        using var issued = await IssueAsync("Any Label", SdJwt);
        using var content = new ByteArrayContent(
            await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        if (contentType is not null) content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var answer = await _issuer.Anyone.PostAsync(
            "/v1/verifications", content, TestContext.Current.CancellationToken);
        var verdict = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("valid", (string?)verdict!["verdict"]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(VcJwt)]
    public async Task Verify_FileOfAnEditorThatPutsAByteOrderMark_IsValid(string form)
    {
        using var issued = await IssueAsync("Marked Learner", form);
        byte[] document = await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        byte[] saved = [.. Encoding.UTF8.Preamble, .. document];
        Assert.Equal("valid", await _issuer.VerdictAsync(saved));
    }

    [Fact]
    public async Task Verify_NameWithheld_IsValidAndShowsNoName()
    {
        using var issued = await IssueAsync("Withheld Learner", SdJwt);
        var token = ForgedToken.Of(await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        byte[] shown = token.Change(forged => forged.Disclosures.Clear()).ToArray();
        var verdict = await _issuer.VerifyAsync(shown);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.DoesNotContain("Withheld Learner", verdict.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("nameWithheld", (string?)verdict["notices"]![0]!["code"]);
    }

    [Fact]
    public async Task Read_KeyWithdrawn_TokenIsSignedByTheOneInForceAndIsValid()
    {
        byte[] document = await _issuer.IssueAsync("Before Withdrawal");
        string id = GatewayHost.IdOf(document);
        string oldKey = (string)JsonNode.Parse(document)!["ledgerAnchor"]!["keyId"]!;
        Assert.Equal(oldKey, await KeyOfTokenAsync(id));

        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/institution/keys", new { }));
        Assert.Equal(oldKey, await KeyOfTokenAsync(id));
        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
            $"/v1/institution/keys/{oldKey}/revocation", null, TestContext.Current.CancellationToken));
        Assert.NotEqual(oldKey, await KeyOfTokenAsync(id));

        // Who follows the DID trusts no proof of a withdrawn key: the document has another one now.
        using var served = await ReadAsync(id, "application/vc");
        byte[] again = await served.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        string method = (string)JsonNode.Parse(again)!["proof"]![0]!["verificationMethod"]!;
        Assert.DoesNotContain("#" + oldKey, method, StringComparison.Ordinal);
        Assert.Equal("valid", await _issuer.VerdictAsync(again));
        using var answer = await ReadAsync(id, SdJwt);
        Assert.Equal("valid", await _issuer.VerdictAsync(
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }

    private async Task<string> KeyOfTokenAsync(string id)
    {
        using var answer = await ReadAsync(id, VcJwt);
        var token = ForgedToken.Of(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        return ((string)token.Header["kid"]!).Split('#')[1].Split(':')[0];
    }

    private Task<HttpResponseMessage> ReadAsync(string id, string accept) =>
        GetAsync($"/v1/credentials/{id}", accept);

    private async Task<HttpResponseMessage> GetAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> IssueAsync(string name, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/credentials")
        {
            Content = GatewayHost.Json(GatewayHost.Row($"{name} {accept}").ToJsonString()),
        };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
