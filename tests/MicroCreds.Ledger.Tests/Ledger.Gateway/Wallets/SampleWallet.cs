using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// A wallet that can be told to do everything wrong. What a right one does stands in OpenID4VCI 1.0, appendix F.1, and
/// RFC 9449.
/// </summary>
/// <param name="address">Where the gateway answers.</param>
/// <param name="issuer">What it is called. Default is the address.</param>
internal sealed class SampleWallet(Uri address, string? issuer = null) : IDisposable
{
    public const string PreAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    public const string SdJwt = "micro-credential-sd-jwt";

    public const string Client = "https://wallet.example";
    public const string Redirect = "https://wallet.example/back";
    public const string Verifier = "a-verifier-of-more-than-forty-three-letters-0123456789";

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = address,
    };

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Issuer { get; } = issuer ?? address.ToString().TrimEnd('/');

    /// <summary>Reads an offer, and gives its code.</summary>
    public async Task<string> CodeOfAsync(JsonNode offer)
    {
        var read = await _client.GetFromJsonAsync<JsonNode>(new Uri((string)offer["url"]!).PathAndQuery);
        return (string)read!["grants"]![PreAuthorized]!["pre-authorized_code"]!;
    }

    public Task<(int Status, JsonNode Body)> TokenAsync(params (string Name, string Value)[] form) =>
        PostAsync("/wallet/token", form, bound: null);

    public Task<(int Status, JsonNode Body)> TokenAsync(string code) =>
        TokenAsync(("grant_type", PreAuthorized), ("pre-authorized_code", code));

    /// <summary>Posts a form, with a proof of a key or without.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(
        string address, (string Name, string Value)[] form, string? bound)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(form.Select(one => KeyValuePair.Create(one.Name, one.Value))),
        };
        if (bound is not null) request.Headers.Add("DPoP", bound);
        return await SendAsync(request);
    }

    /// <summary>Says what it will ask its learner for; anything of it can be made another.</summary>
    public Task<(int Status, JsonNode Body)> PushAsync(params (string Name, string Value)[] more)
    {
        var form = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["client_id"] = Client,
            ["redirect_uri"] = Redirect,
            ["state"] = "a state",
            ["scope"] = SdJwt,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more) form[name] = value;
        return PostAsync("/wallet/pushed-requests", [.. form.Select(one => (one.Key, one.Value))], bound: null);
    }

    /// <summary>Where it leads its learner then.</summary>
    public static string AddressOf(JsonNode pushed) =>
        $"/wallet/authorization?client_id={Uri.EscapeDataString(Client)}"
        + $"&request_uri={Uri.EscapeDataString((string)pushed["request_uri"]!)}";

    /// <summary>Gets an access token for an offer.</summary>
    public async Task<string> AccessAsync(JsonNode offer) =>
        (string)(await TokenAsync(await CodeOfAsync(offer))).Body["access_token"]!;

    public async Task<string> NonceAsync()
    {
        using var answer = await GatewayHost.OkAsync(await _client.PostAsync("/wallet/nonce", content: null));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["c_nonce"]!;
    }

    /// <summary>A good proof, of which anything can be made another.</summary>
    public async Task<string> ProofAsync(
        Action<JsonObject>? header = null, Action<JsonObject>? claims = null, ECDsa? key = null)
    {
        var headers = new JsonObject
        {
            ["alg"] = "ES256",
            ["typ"] = "openid4vci-proof+jwt",
            ["jwk"] = JwkOf(key ?? Key),
        };
        var said = new JsonObject
        {
            ["aud"] = Issuer,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["nonce"] = await NonceAsync(),
        };
        header?.Invoke(headers);
        claims?.Invoke(said);
        return Sign(headers, said, key ?? Key);
    }

    /// <summary>A good proof of a request, of which anything can be made another.</summary>
    public string Bound(string address, string? token = null, Action<JsonObject>? claims = null, ECDsa? key = null)
    {
        var said = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["htm"] = "POST",
            ["htu"] = Issuer + address,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        if (token is not null)
            said["ath"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        claims?.Invoke(said);
        return Sign(
            new JsonObject { ["alg"] = "ES256", ["typ"] = "dpop+jwt", ["jwk"] = JwkOf(key ?? Key) }, said,
            key ?? Key);
    }

    /// <summary>Asks for a credential with proofs.</summary>
    public Task<(int Status, JsonNode Body)> CredentialAsync(string token, params string[] proofs) =>
        AskAsync("/wallet/credential", token, new JsonObject
        {
            ["credential_configuration_id"] = SdJwt,
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray([.. proofs.Select(one => (JsonNode)one)]) },
        });

    /// <summary>Asks for something with a token.</summary>
    public async Task<(int Status, JsonNode Body)> AskAsync(
        string address, string token, JsonNode body, string? bound = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(bound is null ? "Bearer" : "DPoP", token);
        if (bound is not null) request.Headers.Add("DPoP", bound);
        return await SendAsync(request);
    }

    public void Dispose()
    {
        _client.Dispose();
        Key.Dispose();
    }

    public static JsonObject JwkOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = WebEncoders.Base64UrlEncode(point.X!),
            ["y"] = WebEncoders.Base64UrlEncode(point.Y!),
        };
    }

    /// <summary>The claims of a token.</summary>
    public static JsonNode ClaimsOf(string token) =>
        JsonNode.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1]))!;

    public static string Sign(JsonObject header, JsonObject claims, ECDsa key)
    {
        string text = $"{Part(header)}.{Part(claims)}";
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{text}.{WebEncoders.Base64UrlEncode(signature)}";
    }

    private static string Part(JsonObject part) =>
        WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(part));

    private async Task<(int Status, JsonNode Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }
}
