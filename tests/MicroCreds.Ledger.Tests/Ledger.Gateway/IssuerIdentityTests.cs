using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What verifiers read of an issuer that know nothing of the ledger, and from which sites.</summary>
public sealed class IssuerIdentityTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task DidDocument_AfterAWithdrawal_KeepsTheKeyButDoesNotTrustIt()
    {
        string address = $"/v1/institutions/{_issuer.MspId}/did.json";
        var before = await JsonAsync(_issuer, address);
        string did = (string)before["id"]!;
        string oldKey = ((string)before["assertionMethod"]![0]!).Split('#')[1];
        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
            $"/v1/institution/keys/{oldKey}/revocation", null, TestContext.Current.CancellationToken));

        var after = await JsonAsync(_issuer, address);
        string[] assertions = [.. after["assertionMethod"]!.AsArray().Select(id => (string)id!)];
        Assert.Equal(2, assertions.Length);
        Assert.DoesNotContain($"{did}#{oldKey}", assertions);
        foreach (string suffix in new[] { "", ":jwk" })
        {
            var old = Assert.Single(
                after["verificationMethod"]!.AsArray(), method => (string?)method!["id"] == $"{did}#{oldKey}{suffix}")!;
            Assert.True(DateTimeOffset.TryParse(
                (string?)old["revoked"], System.Globalization.CultureInfo.InvariantCulture, out _));
            Assert.Equal(suffix.Length == 0 ? "Multikey" : "JsonWebKey2020", (string?)old["type"]);
            Assert.Equal(did, (string?)old["controller"]);
        }

        // A set of keys has no word for a withdrawn one.
        var keys = (await JsonAsync(_issuer, $"/v1/institutions/{_issuer.MspId}/jwks.json"))["keys"]!.AsArray();
        Assert.Equal(assertions.Single(id => id.EndsWith(":jwk", StringComparison.Ordinal)), (string?)keys[0]!["kid"]);
        Assert.Single(keys);
        Assert.Null(keys[0]!["d"]);
    }

    [Fact]
    public async Task DidDocument_OfEveryMember_IsTheSameAtEveryGateway()
    {
        string address = $"/v1/institutions/{_issuer.MspId}/did.json";
        string own = (await JsonAsync(_issuer, "/.well-known/did.json")).ToJsonString();
        await EndToEnd.Until.TrueAsync(
            async () => (await JsonAsync(gateways.Partner, address)).ToJsonString() == own,
            () => "The partner's gateway has another document.");
    }

    [Fact]
    public async Task DidDocument_NamesTheKeyOfEveryForm()
    {
        var document = await JsonAsync(_issuer, "/.well-known/did.json");
        byte[] credential = await _issuer.IssueAsync("Followed Learner");
        string method = (string)JsonNode.Parse(credential)!["proof"]![0]!["verificationMethod"]!;
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/v1/credentials/" + GatewayHost.IdOf(credential))
        {
            Headers = { { "Accept", "application/vc+jwt" } },
        };
        using var answer = await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken);
        string kid = (string)ForgedToken.Of(
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Header["kid"]!;
        string[] assertions = [.. document["assertionMethod"]!.AsArray().Select(id => (string)id!)];
        Assert.Contains(method, assertions);
        Assert.Contains(kid, assertions);
    }

    [Fact]
    public async Task VcIssuerMetadata_OfTheAddressThatTheDidStandsFor_HasTheKeysThatTokensName()
    {
        var document = await JsonAsync(_issuer, "/.well-known/did.json");
        var metadata = await JsonAsync(_issuer, "/.well-known/jwt-vc-issuer");
        Assert.Equal(
            ((string)document["id"]!).Replace("did:web:", "https://", StringComparison.Ordinal),
            (string?)metadata["issuer"]);
        string[] assertions = [.. document["assertionMethod"]!.AsArray().Select(id => (string)id!)];
        foreach (var key in metadata["jwks"]!["keys"]!.AsArray()) Assert.Contains((string?)key!["kid"], assertions);
        using var other = await _issuer.Anyone.GetAsync(
            "/.well-known/jwt-vc-issuer/of/another", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task TypeMetadata_IsWhatTokensCommitTo()
    {
        byte[] credential = await _issuer.IssueAsync("Typed Learner");
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/v1/credentials/" + GatewayHost.IdOf(credential))
        {
            Headers = { { "Accept", "application/dc+sd-jwt" } },
        };
        using var answer = await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken);
        var token = ForgedToken.Of(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        string vct = (string)token.Payload["vct"]!;
        byte[] metadata = await _issuer.Anyone.GetByteArrayAsync(vct, TestContext.Current.CancellationToken);
        Assert.Equal(
            "sha256-" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(metadata)),
            (string?)token.Payload["vct#integrity"]);
        Assert.Equal(vct, (string?)JsonNode.Parse(metadata)!["vct"]);
        Assert.Equal(metadata, await _issuer.Anyone.GetByteArrayAsync(
            "/.well-known/vct" + new Uri(vct).AbsolutePath, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/.well-known/did.json", null, "application/did+ld+json")]
    [InlineData("/.well-known/did.json", "application/did+json", "application/did+json")]
    [InlineData("/.well-known/did.json", "application/json", "application/json")]
    [InlineData("/.well-known/did.json", "text/html", "application/did+ld+json")]
    [InlineData("/v1/institutions/AuroraMSP/jwks.json", null, "application/jwk-set+json")]
    public async Task Identity_HasItsTypeItsTagAndItsLifetime(string address, string? accept, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept is not null) request.Headers.Add("Accept", accept);
        using var answer = await _issuer.Anyone.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.Public);
        Assert.True(answer.Headers.CacheControl.MaxAge > TimeSpan.Zero);

        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var unchanged = await _issuer.Anyone.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("/v1/institutions/NobodyMSP/did.json")]
    [InlineData("/v1/institutions/NobodyMSP/jwks.json")]
    public async Task Identity_OfNoMember_404(string address)
    {
        using var answer = await _issuer.Anyone.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/.well-known/did.json", true)]
    [InlineData("/v1/institutions", true)]
    [InlineData("/v1/institutions/AuroraMSP", true)]
    [InlineData("/v1/institutions/NobodyMSP", true)]
    [InlineData("/v1/institutions/AuroraMSP/jwks.json", true)]
    [InlineData("/v1/achievements", true)]
    [InlineData("/v1/credentials/00000000-0000-4000-8000-000000000000", false)]
    [InlineData("/v1/api-keys", false)]
    public async Task OtherSites_ReadWhatIsPublicAndNothingElse(string address, bool isPublic)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Headers = { { "Origin", "https://verifier.example" } },
        };
        using var answer = await _issuer.Anyone.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(isPublic, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins));
        if (isPublic) Assert.Equal("*", Assert.Single(origins!));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/v1/verifications", "POST", true)]
    [InlineData("/v1/credentials", "POST", false)]
    [InlineData("/v1/institution", "PUT", false)]
    public async Task OtherSites_MayVerifyButNotWrite(string address, string method, bool isAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, address)
        {
            Headers =
            {
                { "Origin", "https://verifier.example" },
                { "Access-Control-Request-Method", method },
                { "Access-Control-Request-Headers", "content-type" },
            },
        };
        using var answer = await _issuer.Anyone.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static async Task<JsonNode> JsonAsync(GatewayHost gateway, string address) => JsonNode.Parse(
        await gateway.Anyone.GetStringAsync(address, TestContext.Current.CancellationToken))!;
}
