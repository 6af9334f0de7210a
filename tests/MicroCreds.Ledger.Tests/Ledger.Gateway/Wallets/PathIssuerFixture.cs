using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// A gateway whose public address and DID have a path, as one of several behind one host has; its key is of Ed25519,
/// and certified for that host by an authority of its own. And another member's, without any of that.
/// </summary>
public sealed class PathIssuerFixture : LedgerFixture, IAsyncLifetime
{
    public const string Path = "/tenant";

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly IssuerChain _chain = new(KeyAlgorithm.Ed25519);

    internal GatewayHost Gateway { get; private set; } = null!;

    internal GatewayHost Other { get; private set; } = null!;

    /// <summary>The public address.</summary>
    internal string Url { get; private set; } = "";

    /// <summary>The DID, of the institution's own host: that need not be the gateway's.</summary>
    internal static string Did => "did:web:aurora.example" + Path.Replace('/', ':');

    /// <summary>The authority, for whoever trusts it.</summary>
    internal string Root => _chain.Root.ExportCertificatePem();

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        int port = FreePorts.Take();
        Url = $"http://localhost:{port}{Path}";
        string File(string name) => System.IO.Path.Combine(_directory, name);
        await System.IO.File.WriteAllTextAsync(File("key.pem"), _key.ToPem());
        using (var certificate = _chain.Certify(_key, "aurora.example", "localhost"))
            await System.IO.File.WriteAllTextAsync(File("issuer.pem"), certificate.ExportCertificatePem());
        Gateway = await GatewayHost.StartAsync(
            this[Aurora], $"Listen=http://127.0.0.1:{port}", "PublicUrl=" + Url, "IssuerKeyFile=" + File("key.pem"),
            "IssuerCert=" + File("issuer.pem"), "WalletVerifierName=X509SanDns");
        var profile = Gateway.Profile();
        profile["did"] = Did;
        await GatewayHost.OkAsync(await Gateway.Registrar.PutAsJsonAsync("/v1/institution", profile));
        await Gateway.Member.ConfirmAsync();
        await GatewayHost.OkAsync(await Gateway.PostAsync(
            "/v1/achievements", GatewayHost.Achievement("data-literacy")));
        await Gateway.SettleAsync();
        Other = await GatewayHost.StartAsync(this[Linden], $"MemberGateways={Aurora}={Url}");
        await Other.PrepareAsync();
        await Other.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Other is not null) await Other.DisposeAsync();
        _chain.Dispose();
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
        await DisposeAsync();
    }

    /// <summary>Offers a new credential.</summary>
    internal async Task<JsonNode> OfferAsync(string name)
    {
        string id = GatewayHost.IdOf(await Gateway.IssueAsync(name))["urn:uuid:".Length..];
        using var made = await GatewayHost.OkAsync(
            await Gateway.PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        return (await made.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
