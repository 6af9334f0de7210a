using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>HEAD, as monitors and link checkers send it.</summary>
public sealed class HeadRequestTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    [Theory]
    [InlineData("/verify")]
    [InlineData("/healthz")]
    [InlineData("/v1/institutions/AuroraMSP/did.json")]
    [InlineData("/v1/institutions/AuroraMSP/jwks.json")]
    public async Task Head_OfWhatIsThereToGet_SaysTheSameWithoutTheBody(string path)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var got = await gateways.Issuer.Anyone.GetAsync(path, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await gateways.Issuer.Anyone.SendAsync(request, cancellation);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(got.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(got.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(cancellation));
    }

    [Theory]
    [InlineData("/v1/verifications", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/v1/institutions/NoSuchMSP/did.json", HttpStatusCode.NotFound)]
    [InlineData("/v1/api-keys", HttpStatusCode.Unauthorized)]
    public async Task Head_OfWhatIsNot_IsRefusedAsGetIs(string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await gateways.Issuer.Anyone.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, head.StatusCode);
    }
}
