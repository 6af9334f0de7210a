using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose issuer key an authority certified: what its tokens and lists bring along.</summary>
public sealed class CertifiedIssuerTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();
    private readonly IssuerChain _chain = new();
    private GatewayHost _gateway = null!;

    private string CertificateFile => Path.Combine(_directory, "issuer.pem");

    private static string Url(LedgerMember member) => IssuerIdentity.UrlOf(member.Institution.Did)!;

    public async ValueTask InitializeAsync()
    {
        string keyFile = Path.Combine(_directory, "key.pem");
        await File.WriteAllTextAsync(keyFile, _key.ToPem());
        var member = ledger[LedgerFixture.Aurora];
        Certify(new Uri(Url(member)).IdnHost);
        _gateway = await GatewayHost.StartAsync(member, "IssuerKeyFile=" + keyFile, "IssuerCert=" + CertificateFile);
        await _gateway.PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _chain.Dispose();
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Tokens_BringTheCertificate_UntilItIsForAnotherHost()
    {
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("Certified Learner"));
        byte[] sdJwt = await ReadAsync(id, "application/dc+sd-jwt");
        byte[] vcJwt = await ReadAsync(id, "application/vc+jwt");
        var token = ForgedToken.Of(sdJwt);
        Assert.Equal(Url(ledger[LedgerFixture.Aurora]), (string?)token.Payload["iss"]);
        Assert.Single(token.Header["x5c"]!.AsArray());
        Assert.Single(ForgedToken.Of(vcJwt).Header["x5c"]!.AsArray());
        foreach (byte[] form in new[] { sdJwt, vcJwt }) Assert.Equal("valid", await _gateway.VerdictAsync(form));
        byte[] list = await _gateway.Anyone.GetByteArrayAsync(
            (string)token.Payload["status"]!["status_list"]!["uri"]!, TestContext.Current.CancellationToken);
        Assert.Single(ForgedToken.Of(list).Header["x5c"]!.AsArray());
        await _gateway.SaysAsync("/metrics", "certificate=\"IssuerCert\"");

        Certify("another.example");
        string readiness = await _gateway.SaysAsync("/readyz", "does not name the host of");
        Assert.Contains("\"degraded\"", readiness, StringComparison.Ordinal);
        var plain = ForgedToken.Of(await ReadAsync(id, "application/dc+sd-jwt"));
        Assert.Null(plain.Header["x5c"]);
        Assert.Equal(ledger[LedgerFixture.Aurora].Institution.Did, (string?)plain.Payload["iss"]);
    }

    private void Certify(string host)
    {
        using var certificate = _chain.Certify(_key, host);
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }

    private async Task<byte[]> ReadAsync(string id, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}")
        {
            Headers = { { "Accept", accept } },
        };
        using var answer = await GatewayHost.OkAsync(await _gateway.Registrar.SendAsync(
            request, TestContext.Current.CancellationToken));
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
