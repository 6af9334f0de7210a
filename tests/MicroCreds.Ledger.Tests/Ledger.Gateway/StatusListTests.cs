using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Status lists over HTTP, from the issuer's gateway and from another member's.</summary>
public sealed class StatusListTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_RevokedAndSuspendedAndReinstated_BothListsSayEach()
    {
        byte[] revoked = await _issuer.IssueAsync("Revoked Learner");
        byte[] suspended = await _issuer.IssueAsync("Suspended Learner");
        byte[] standing = await _issuer.IssueAsync("Standing Learner");
        await ChangeAsync(revoked, "revocation", "misconduct");
        await ChangeAsync(suspended, "suspension", "underReview");
        Assert.Equal((true, false), await StateAsync(_issuer, revoked));
        Assert.Equal((false, true), await StateAsync(_issuer, suspended));
        Assert.Equal((false, false), await StateAsync(_issuer, standing));

        string id = GatewayHost.IdOf(suspended);
        await GatewayHost.OkAsync(
            await _issuer.Registrar.DeleteAsync($"/v1/credentials/{id}/suspension", Cancellation));
        Assert.Equal((false, false), await StateAsync(_issuer, suspended));
        Assert.Equal((true, false), await StateAsync(_issuer, revoked));
        await Until.TrueAsync(
            async () => await StateAsync(_partner, revoked) == (true, false),
            () => "the partner's gateway does not say that the credential is revoked");

        // What a service reads anew at its start is what it had.
        await _issuer.RestartAsync();
        await Until.TrueAsync(
            async () => (await _issuer.Anyone.GetAsync("/readyz", Cancellation)).IsSuccessStatusCode,
            () => "the gateway is not ready again");
        Assert.Equal((true, false), await StateAsync(_issuer, revoked, Name(revoked, StatusPurpose.Revocation)));
    }

    [Fact]
    public async Task Read_BatchOfNeighbours_OnlyTheRevokedOneIsSet()
    {
        var rows = new JsonArray([.. Enumerable.Range(0, 20).Select(i => GatewayHost.Row($"Learner Nr. {i}"))]);
        using var accepted = await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/batches", rows));
        string batch = accepted.Headers.Location!.ToString();
        await Until.TrueAsync(
            async () => (string?)(await _issuer.Registrar.GetFromJsonAsync<JsonNode>(batch, Cancellation))!["state"]
                == "issued",
            () => "the batch is not issued");
        var page = JsonNode.Parse(await _issuer.Registrar.GetStringAsync($"{batch}/credentials", Cancellation));
        byte[][] documents = [.. page!["items"]!.AsArray().Select(item => CanonicalJson.Canonicalize(item!))];
        Assert.Equal(20, documents.Length);
        await ChangeAsync(documents[7], "revocation", "other");
        foreach (byte[] document in documents)
        {
            Assert.Equal((document == documents[7], false), await StateAsync(_issuer, document));
            Assert.Equal(document == documents[7] ? "invalid" : "valid", await _issuer.VerdictAsync(document));
        }
    }

    [Fact]
    public async Task Read_ThroughAnotherMember_IsSignedByThatMember()
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        using var answer = await ReadUntilThereAsync(_partner, Name(document, StatusPurpose.Revocation));
        var list = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal((string?)_partner.Profile()["did"], (string?)list["issuer"]);
        Assert.StartsWith(_partner.Anyone.BaseAddress!.ToString(), (string?)list["id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Again_IsNotModifiedUntilSomethingChanges()
    {
        byte[] document = await _issuer.IssueAsync("Learner To Be Revoked");
        string path = Path(Name(document, StatusPurpose.Revocation));
        using var first = await GatewayHost.OkAsync(await _issuer.Anyone.GetAsync(path, Cancellation));
        Assert.Equal("application/vc", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromMinutes(1), first.Headers.CacheControl!.MaxAge);
        Assert.True(first.Headers.CacheControl.MustRevalidate);
        using var again = await ReadUnlessAsync(path, first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);

        await ChangeAsync(document, "revocation", "other");
        using var changed = await ReadUnlessAsync(path, first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Fact]
    public async Task Read_TheListThatTokensName_SaysRevokedAndSuspended()
    {
        byte[][] documents =
        [
            await _issuer.IssueAsync("Standing Learner"), await _issuer.IssueAsync("Revoked Learner"),
            await _issuer.IssueAsync("Suspended Learner"),
        ];
        await ChangeAsync(documents[1], "revocation", "misconduct");
        await ChangeAsync(documents[2], "suspension", "underReview");
        for (int i = 0; i < documents.Length; i++)
        {
            using var asked = new HttpRequestMessage(
                HttpMethod.Get, "/v1/credentials/" + GatewayHost.IdOf(documents[i]));
            asked.Headers.Add("Accept", "application/dc+sd-jwt");
            using var answer = await _issuer.Registrar.SendAsync(asked, Cancellation);
            var token = ForgedToken.Of(await answer.Content.ReadAsByteArrayAsync(Cancellation));
            var reference = token.Payload["status"]!["status_list"]!;
            using var read = await ReadAsAsync((string)reference["uri"]!, TokenStatusList.JwtMediaType);
            Assert.Equal(TokenStatusList.JwtMediaType, read.Content.Headers.ContentType!.MediaType);
            Assert.Equal(TimeSpan.FromMinutes(1), read.Headers.CacheControl!.MaxAge);
            var list = ForgedToken.Of(await read.Content.ReadAsByteArrayAsync(Cancellation)).Payload;
            Assert.Equal((string?)reference["uri"], (string?)list["sub"]);
            var statuses = TokenStatuses.Decode(
                System.Buffers.Text.Base64Url.DecodeFromChars((string)list["status_list"]!["lst"]!), 2);
            Assert.Equal(i, statuses[(int)reference["idx"]!]);
        }
    }

    [Theory]
    [InlineData(StatusPurpose.Revocation, "application/vc+jwt", "application/vc+jwt")]
    [InlineData(StatusPurpose.Suspension, "application/vc+jwt", "application/vc+jwt")]
    [InlineData(StatusPurpose.Revocation, "*/*", "application/vc")]
    [InlineData(StatusPurpose.Revocation, "application/json", "application/json")]
    [InlineData(StatusPurpose.Revocation, "application/statuslist+jwt", null)]
    [InlineData(StatusPurpose.Any, "application/statuslist+cwt", "application/statuslist+cwt")]
    [InlineData(StatusPurpose.Any, "*/*", "application/statuslist+jwt")]
    [InlineData(StatusPurpose.Any, "application/vc", null)]
    public async Task Read_ByAccept_GivesTheFormsThatAListHas(string purpose, string accept, string? mediaType)
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        using var answer = await ReadAsAsync(Path(Name(document, purpose)), accept);
        Assert.Equal(
            mediaType is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, answer.StatusCode);
        if (mediaType is null) return;
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Accept", Assert.Single(answer.Headers.Vary));
    }

    [Fact]
    public async Task Read_OfAnEarlierTime_IsNotFound()
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        using var answer = await _issuer.Anyone.GetAsync(
            Path(Name(document, StatusPurpose.Any)) + "?time=1686925000", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Read_TimeToLive_EndsBeforeTheValidity()
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        var list = (await _issuer.Anyone.GetFromJsonAsync<JsonNode>(
            Path(Name(document, StatusPurpose.Suspension)), Cancellation))!;
        var validity = (DateTimeOffset)list["validUntil"]! - (DateTimeOffset)list["validFrom"]!;
        Assert.InRange((long)list["credentialSubject"]!["ttl"]!, 1, (long)validity.TotalMilliseconds / 2);
        Assert.Equal("suspension", (string?)list["credentialSubject"]!["statusPurpose"]);
    }

    [Theory]
    [InlineData("AuroraMSP~never-issued~revocation")]
    [InlineData("NobodyMSP~list-1~revocation")]
    [InlineData("nonsense")]
    [InlineData("..%2F..%2Fetc")]
    public async Task Read_ListThatNoIssuanceNames_IsNotFoundAndNotEmpty(string name)
    {
        using var answer = await _issuer.Anyone.GetAsync($"/v1/status-lists/{name}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Read_LedgerOutOfReach_IsUnavailableInsteadOfOld()
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        string path = Path(Name(document, StatusPurpose.Revocation));
        await GatewayHost.OkAsync(await _issuer.Anyone.GetAsync(path, Cancellation));
        _issuer.Wire.IsCut = true;
        try
        {
            await Until.TrueAsync(
                async () => (await _issuer.Anyone.GetAsync(path, Cancellation)).StatusCode
                    == HttpStatusCode.ServiceUnavailable,
                () => "a list is handed out although the ledger cannot be asked");
        }
        finally
        {
            _issuer.Wire.IsCut = false;
        }

        await Until.TrueAsync(
            async () => (await _issuer.Anyone.GetAsync(path, Cancellation)).IsSuccessStatusCode,
            () => "no list although the ledger can be asked again");
    }

    private static StatusListName Name(byte[] document, string purpose)
    {
        string url = (string)JsonNode.Parse(document)!["credentialStatus"]!["statusListCredential"]!;
        Assert.True(StatusListName.TryReadUrl(url, out var name));
        return name! with { Purpose = purpose };
    }

    private static string Path(StatusListName name) => name.UrlAt("");

    private static async Task<(bool Revoked, bool Suspended)> StateAsync(GatewayHost gateway, byte[] document) => (
        (await StateAsync(gateway, document, Name(document, StatusPurpose.Revocation))).Revoked,
        (await StateAsync(gateway, document, Name(document, StatusPurpose.Suspension))).Suspended);

    /// <summary>Reads a list as an outsider would, and gives the credential's bit under its purpose.</summary>
    private static async Task<(bool Revoked, bool Suspended)> StateAsync(
        GatewayHost gateway, byte[] document, StatusListName name)
    {
        using var answer = await ReadUntilThereAsync(gateway, name);
        var institution = (await gateway.Anyone.GetFromJsonAsync<Institution>(
            "/v1/institution", LedgerJson.Options, Cancellation))!;
        var query = new StatusListQuery
        {
            Url = gateway.Anyone.BaseAddress!.ToString().TrimEnd('/') + Path(name),
            Purpose = name.Purpose,
            Issuer = institution.Did,
            FindKey = id => institution.Keys.FirstOrDefault(key => key.Id == id) is { } key
                ? Multikey.Parse(key.PublicKeyMultibase)
                : null,
            FetchedAt = TimeProvider.System.GetUtcNow(),
        };
        var list = new StatusListReader(TimeProvider.System).Read(
            await answer.Content.ReadAsByteArrayAsync(Cancellation), query);
        bool isSet = list.Bits[int.Parse(
            (string)JsonNode.Parse(document)!["credentialStatus"]!["statusListIndex"]!,
            System.Globalization.CultureInfo.InvariantCulture)];
        return name.Purpose == StatusPurpose.Revocation ? (isSet, false) : (false, isSet);
    }

    /// <summary>Another member may be a block behind.</summary>
    private static async Task<HttpResponseMessage> ReadUntilThereAsync(GatewayHost gateway, StatusListName name)
    {
        HttpResponseMessage? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                answer?.Dispose();
                answer = await gateway.Anyone.GetAsync(Path(name), Cancellation);
                return answer.IsSuccessStatusCode;
            },
            () => $"{name}: {answer?.StatusCode}");
        return answer!;
    }

    private async Task ChangeAsync(byte[] document, string change, string reason) => await GatewayHost.OkAsync(
        await _issuer.PostAsync($"/v1/credentials/{GatewayHost.IdOf(document)}/{change}", new { reason }));

    private async Task<HttpResponseMessage> ReadAsAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _issuer.Anyone.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> ReadUnlessAsync(string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        return await _issuer.Anyone.SendAsync(request, Cancellation);
    }
}
