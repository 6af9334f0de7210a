using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>An institution with an Ed25519 key, through every form.</summary>
public sealed class Ed25519Tests : IClassFixture<LedgerFixture>, IAsyncLifetime
{
    private readonly LedgerFixture _ledger;
    private GatewayHost _gateway = null!;

    public Ed25519Tests(LedgerFixture ledger) => _ledger = ledger;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(_ledger[LedgerFixture.Aurora], "IssuerKeyAlgorithm=ed25519");
        await _gateway.PrepareAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task EveryForm_IssuedRevoked_IsJudgedAlike()
    {
        byte[] document = await _gateway.IssueAsync("Edward");
        Assert.Equal("eddsa-jcs-2022", (string?)JsonNode.Parse(document)!["proof"]![0]!["cryptosuite"]);
        string id = GatewayHost.IdOf(document);
        byte[] vcJwt = await ReadAsync(id, "application/vc+jwt");
        byte[] sdJwt = await ReadAsync(id, "application/dc+sd-jwt");
        Assert.Equal("EdDSA", (string?)ForgedToken.Of(vcJwt).Header["alg"]);
        Assert.Equal("EdDSA", (string?)ForgedToken.Of(sdJwt).Header["alg"]);
        foreach (byte[] form in new[] { document, vcJwt, sdJwt })
            Assert.Equal("valid", await _gateway.VerdictAsync(form));

        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        foreach (byte[] form in new[] { document, vcJwt, sdJwt })
            Assert.Equal("invalid", await _gateway.VerdictAsync(form));
    }

    [Fact]
    public async Task Identity_HasTheKeyInBothSpellings()
    {
        var keys = JsonNode.Parse(await _gateway.Anyone.GetStringAsync(
            $"/v1/institutions/{_gateway.MspId}/jwks.json", TestContext.Current.CancellationToken))!["keys"]!;
        Assert.Equal("Ed25519", (string?)keys[0]!["crv"]);
        Assert.Equal("OKP", (string?)keys[0]!["kty"]);
        Assert.Equal("EdDSA", (string?)keys[0]!["alg"]);
        var did = JsonNode.Parse(await _gateway.Anyone.GetStringAsync(
            "/.well-known/did.json", TestContext.Current.CancellationToken))!;
        Assert.StartsWith(
            "z6Mk", (string?)did["verificationMethod"]![0]!["publicKeyMultibase"], StringComparison.Ordinal);
        Assert.Equal((string?)keys[0]!["x"], (string?)did["verificationMethod"]![1]!["publicKeyJwk"]!["x"]);
    }

    private async Task<byte[]> ReadAsync(string id, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}")
        {
            Headers = { { "Accept", accept } },
        };
        using var answer = await GatewayHost.OkAsync(
            await _gateway.Registrar.SendAsync(request, TestContext.Current.CancellationToken));
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
