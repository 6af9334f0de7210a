using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Wallets;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// A wallet that presents what it holds, and can be told to do everything wrong. What a right one does stands in
/// OpenID4VP 1.0 and RFC 9901.
/// </summary>
internal sealed class SamplePresenter(string credential, ECDsa key) : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false });

    /// <summary>What a link says.</summary>
    public static (string Client, string Uri) Parts(string link)
    {
        var query = QueryHelpers.ParseQuery(new Uri(link).Query);
        return (query["client_id"].ToString(), query["request_uri"].ToString());
    }

    /// <summary>Fetches what is asked.</summary>
    public async Task<AskedRequest> FetchAsync(string link, params (string Name, string Value)[] form)
    {
        var (client, uri) = Parts(link);
        using var answer = await GatewayHost.OkAsync(form.Length == 0
            ? await _client.GetAsync(uri)
            : await _client.PostAsync(uri, Form(form)));
        string token = await answer.Content.ReadAsStringAsync();
        var claims = SampleWallet.ClaimsOf(token);
        if (client != (string?)claims["client_id"])
            throw new InvalidOperationException("Another asks than the link says.");
        return new AskedRequest(
            token, JsonNode.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[0]))!, claims,
            answer.Content.Headers.ContentType!.MediaType!);
    }

    /// <summary>A good presentation, of which anything can be made another.</summary>
    /// <param name="audience">Whom it is for.</param>
    /// <param name="nonce">What it repeats.</param>
    /// <param name="claims">Changes the proof's claims.</param>
    /// <param name="header">Changes its header.</param>
    /// <param name="by">Another key than the wallet's.</param>
    /// <param name="shown">The names of what is shown; null shows everything.</param>
    public string Present(
        string audience, string nonce, Action<JsonObject>? claims = null, Action<JsonObject>? header = null,
        ECDsa? by = null, string[]? shown = null)
    {
        string text = shown is null ? credential : string.Concat(credential.TrimEnd('~').Split('~')
            .Where((part, i) => i == 0 || shown.Contains(NameOf(part))).Select(part => part + "~"));
        var headers = new JsonObject { ["alg"] = "ES256", ["typ"] = "kb+jwt" };
        var said = new JsonObject
        {
            ["aud"] = audience,
            ["nonce"] = nonce,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["sd_hash"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(text))),
        };
        claims?.Invoke(said);
        header?.Invoke(headers);
        return text + SampleWallet.Sign(headers, said, by ?? key);
    }

    /// <summary>A good presentation of what is asked.</summary>
    public string Present(AskedRequest asked, string[]? shown = null) =>
        Present(asked.Client, asked.Nonce, shown: shown);

    /// <summary>Answers as it is asked, encrypted or not.</summary>
    public Task<(int Status, JsonNode Body)> AnswerAsync(
        AskedRequest asked, string presentation, string id = "credential") =>
        AnswerAsync(asked, new JsonObject
        {
            ["vp_token"] = new JsonObject { [id] = new JsonArray(presentation) },
            ["state"] = asked.State,
        });

    /// <summary>Likewise with an answer of any kind.</summary>
    public Task<(int Status, JsonNode Body)> AnswerAsync(AskedRequest asked, JsonObject answer) =>
        asked.Mode == "direct_post.jwt"
            ? PostAsync(asked.ResponseUri, ("response", Seal(asked, answer)))
            : PostAsync(
                asked.ResponseUri,
                [.. answer.Select(one => (one.Key, TextOf(one.Value!)))]);

    /// <summary>Encrypts an answer for the key that a request names.</summary>
    public static string Seal(AskedRequest asked, JsonObject answer, string way = "A256GCM") => EncryptionKey.Seal(
        Encoding.UTF8.GetBytes(answer.ToJsonString()),
        JsonSerializer.SerializeToElement(asked.Claims["client_metadata"]!["jwks"]!["keys"]![0]), way);

    public async Task<(int Status, JsonNode Body)> PostAsync(string address, params (string Name, string Value)[] form)
    {
        using var answer = await _client.PostAsync(address, Form(form));
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    public void Dispose() => _client.Dispose();

    private static string TextOf(JsonNode value) => value is JsonValue text ? (string)text! : value.ToJsonString();

    // FormUrlEncodedContent takes no long texts.
    private static StringContent Form((string Name, string Value)[] form) => new(
        string.Join('&', form.Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}")),
        new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

    private static string NameOf(string disclosure) =>
        (string)JsonNode.Parse(WebEncoders.Base64UrlDecode(disclosure))![1]!;
}

/// <summary>What a verifier asks.</summary>
/// <param name="Token">The request as it was signed.</param>
/// <param name="Header">Its header.</param>
/// <param name="Claims">Its claims.</param>
/// <param name="MediaType">The media type that it came with.</param>
internal sealed record AskedRequest(string Token, JsonNode Header, JsonNode Claims, string MediaType)
{
    public string Client => (string)Claims["client_id"]!;

    public string Nonce => (string)Claims["nonce"]!;

    public string State => (string)Claims["state"]!;

    public string Mode => (string)Claims["response_mode"]!;

    public string ResponseUri => (string)Claims["response_uri"]!;
}
