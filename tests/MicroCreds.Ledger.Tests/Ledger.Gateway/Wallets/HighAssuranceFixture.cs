using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// A gateway of HAIP 1.0, whose key an authority certified, and a wallet that somebody attests whom it trusts; and
/// another member's, that asks who is trusted to attest a wallet's keys.
/// </summary>
public sealed class HighAssuranceFixture : LedgerFixture, IAsyncLifetime
{
    private const string Client = "https://wallet.example";

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();
    private readonly IssuerPrivateKey _attester = IssuerPrivateKey.Generate();
    private readonly IssuerChain _chain = new();
    private readonly IssuerChain _attesters = new();
    private readonly ECDsa _instance = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string[] _attesterChain = [];
    private ECDsa _attesterKey = null!;
    private HttpClient _client = null!;

    internal GatewayHost Gateway { get; private set; } = null!;

    internal SampleWallet Wallet { get; private set; } = null!;

    /// <summary>The one that has keys attested.</summary>
    internal GatewayHost Keyed { get; private set; } = null!;

    internal SampleWallet KeyedWallet { get; private set; } = null!;

    /// <summary>Who attests, as others' programs take it: the private key, and its certificates.</summary>
    internal (JsonObject Key, string[] Chain) Attester => (HolderKeys.PrivateOf(_attester), _attesterChain);

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        string Path(string name) => System.IO.Path.Combine(_directory, name);
        await File.WriteAllTextAsync(Path("key.pem"), _key.ToPem());
        using (var certificate = _chain.Certify(
            _key, new Uri(IssuerIdentity.UrlOf(this[Aurora].Institution.Did)!).IdnHost))
            await File.WriteAllTextAsync(Path("issuer.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path("attesters.pem"), _attesters.Root.ExportCertificatePem());
        using (var certificate = _attesters.Certify(_attester, "wallet.example"))
            _attesterChain = [Convert.ToBase64String(certificate.RawData)];
        _attesterKey = ECDsa.Create();
        _attesterKey.ImportFromPem(_attester.ToPem());
        Gateway = await GatewayHost.StartAsync(
            this[Aurora], "IssuerKeyFile=" + Path("key.pem"), "IssuerCert=" + Path("issuer.pem"),
            "WalletHighAssurance=true", "WalletAttesters=" + Path("attesters.pem"));
        await Gateway.PrepareAsync();
        await Gateway.SettleAsync();
        Wallet = new SampleWallet(Gateway.Anyone.BaseAddress!);
        _client = new HttpClient { BaseAddress = Gateway.Anyone.BaseAddress };
        Keyed = await GatewayHost.StartAsync(
            this[Linden], "WalletKeyAttesters=" + Path("attesters.pem"),
            "WalletKeyStorage=iso_18045_high, iso_18045_moderate", "WalletUserAuthentication=iso_18045_high");
        await Keyed.PrepareAsync();
        await Keyed.SettleAsync();
        KeyedWallet = new SampleWallet(Keyed.Anyone.BaseAddress!);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Keyed is not null) await Keyed.DisposeAsync();
        Wallet?.Dispose();
        KeyedWallet?.Dispose();
        _client?.Dispose();
        _chain.Dispose();
        _attesters.Dispose();
        _key.Dispose();
        _attester.Dispose();
        _attesterKey?.Dispose();
        _instance.Dispose();
        Directory.Delete(_directory, recursive: true);
        await DisposeAsync();
    }

    /// <summary>Certificates of an authority that nobody named.</summary>
    internal static string[] Stranger()
    {
        using var chain = new IssuerChain();
        using var key = IssuerPrivateKey.Generate();
        using var certificate = chain.Certify(key, "wallet.example");
        return [Convert.ToBase64String(certificate.RawData)];
    }

    /// <summary>A good attestation, of which anything can be made another.</summary>
    internal string Attest(Action<JsonObject>? claims = null, string[]? chain = null, ECDsa? by = null)
    {
        var said = new JsonObject
        {
            ["iss"] = "https://provider.example",
            ["sub"] = Client,
            ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
            ["cnf"] = new JsonObject { ["jwk"] = SampleWallet.JwkOf(_instance) },
        };
        claims?.Invoke(said);
        return SampleWallet.Sign(
            new JsonObject
            {
                ["alg"] = "ES256",
                ["typ"] = "oauth-client-attestation+jwt",
                ["x5c"] = new JsonArray([.. (chain ?? _attesterChain).Select(one => (JsonNode)one)]),
            },
            said, by ?? _attesterKey);
    }

    /// <summary>A good attestation of keys, of which anything can be made another.</summary>
    internal string AttestKeys(
        IEnumerable<ECDsa> keys, string? nonce = null, Action<JsonObject>? claims = null, string[]? chain = null,
        ECDsa? by = null, string type = "key-attestation+jwt")
    {
        var now = DateTimeOffset.UtcNow;
        var said = new JsonObject
        {
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            ["key_storage"] = new JsonArray("iso_18045_moderate"),
            ["user_authentication"] = new JsonArray("iso_18045_high"),
            ["attested_keys"] = new JsonArray([.. keys.Select(key => (JsonNode)SampleWallet.JwkOf(key))]),
        };
        if (nonce is not null) said["nonce"] = nonce;
        claims?.Invoke(said);
        return SampleWallet.Sign(
            new JsonObject
            {
                ["alg"] = "ES256",
                ["typ"] = type,
                ["x5c"] = new JsonArray([.. (chain ?? _attesterChain).Select(one => (JsonNode)one)]),
            },
            said, by ?? _attesterKey);
    }

    /// <summary>A good proof of the attested key, of which anything can be made another.</summary>
    internal string Prove(Action<JsonObject>? claims = null, ECDsa? by = null)
    {
        var said = new JsonObject
        {
            ["iss"] = Client,
            ["aud"] = Wallet.Issuer,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        claims?.Invoke(said);
        return SampleWallet.Sign(
            new JsonObject { ["alg"] = "ES256", ["typ"] = "oauth-client-attestation-pop+jwt" }, said, by ?? _instance);
    }

    /// <summary>What a wallet pushes.</summary>
    internal static (string, string)[] Push() =>
    [
        ("response_type", "code"), ("client_id", Client), ("redirect_uri", SampleWallet.Redirect),
        ("scope", SampleWallet.SdJwt), ("code_challenge", new string('A', 43)), ("code_challenge_method", "S256"),
    ];

    /// <summary>Posts a form with what authenticates a wallet.</summary>
    internal async Task<(int Status, JsonNode Body)> PostAsync(
        string address, (string Name, string Value)[] form, string? attestation, string? proof, string? bound)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(form.Select(one => KeyValuePair.Create(one.Name, one.Value))),
        };
        if (attestation is not null) request.Headers.Add("OAuth-Client-Attestation", attestation);
        if (proof is not null) request.Headers.Add("OAuth-Client-Attestation-PoP", proof);
        if (bound is not null) request.Headers.Add("DPoP", bound);
        using var answer = await _client.SendAsync(request);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Asks with a bound token.</summary>
    internal async Task<HttpResponseMessage> SendAsync(string address, string token, string body, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, System.Text.Encoding.ASCII, mediaType),
        };
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("DPoP", token);
        request.Headers.Add("DPoP", Wallet.Bound(address, token));
        return await _client.SendAsync(request);
    }

    /// <summary>The code of an offer of a new credential.</summary>
    internal async Task<string> CodeAsync(string name)
    {
        string id = GatewayHost.IdOf(await Gateway.IssueAsync(name))["urn:uuid:".Length..];
        using var made = await GatewayHost.OkAsync(
            await Gateway.PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        return await Wallet.CodeOfAsync((await made.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>A token for a new credential.</summary>
    internal async Task<string> AccessAsync(string name)
    {
        const string Token = "/wallet/token";
        var (status, body) = await PostAsync(
            Token,
            [("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", await CodeAsync(name))],
            Attest(), Prove(), Wallet.Bound(Token));
        Assert.True(status == 200, body.ToJsonString());
        return (string)body["access_token"]!;
    }

    /// <summary>An offer of a new credential, of the gateway that has keys attested.</summary>
    internal async Task<JsonNode> KeyedOfferAsync(string name)
    {
        string id = GatewayHost.IdOf(await Keyed.IssueAsync(name))["urn:uuid:".Length..];
        using var made = await GatewayHost.OkAsync(
            await Keyed.PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        return (await made.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>Has the wallet fetch a new credential.</summary>
    internal async Task<string> FetchAsync(string name)
    {
        string token = await AccessAsync(name);
        using var given = await SendAsync(
            "/wallet/credential", token,
            new JsonObject
            {
                ["credential_configuration_id"] = SampleWallet.SdJwt,
                ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await Wallet.ProofAsync()) },
            }.ToJsonString(),
            "application/json");
        var answer = (await given.Content.ReadFromJsonAsync<JsonNode>())!;
        return (string)answer["credentials"]![0]!["credential"]!;
    }
}

/// <summary>Tests that share these gateways, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class HighAssuranceGateways : ICollectionFixture<HighAssuranceFixture>
{
    public const string Name = "High assurance";
}
