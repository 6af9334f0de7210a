using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>A certificate with its private key, both in PEM.</summary>
internal sealed record EnrolledIdentity(string CertificatePem, string KeyPem);

/// <summary>Talks to a Fabric CA over its REST interface: register, enrol, re-enrol, revoke.</summary>
internal sealed class FabricCaClient : IDisposable
{
    private const int AlreadyRegistered = 74;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly X509Certificate2 _root;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly string _name;

    /// <param name="name">Whose authority it is, for messages.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="rootFile">The certificate of the authority that issued the server's own.</param>
    public FabricCaClient(string name, string endpoint, string rootFile)
    {
        _name = name;
        _root = X509CertificateLoader.LoadCertificateFromFile(rootFile);
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(_root);
        _handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } };
        _http = new HttpClient(_handler) { BaseAddress = new Uri($"https://{endpoint}"), Timeout = Timeout };
    }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> IsAnsweringAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/api/v1/cainfo", UriKind.Relative), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
    }

    /// <summary>Gets an identity's certificate by its password.</summary>
    public async Task<string> EnrolAsync(
        string authority, string id, string secret, string requestPem, bool tls, CancellationToken cancellation)
    {
        string basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        var result = await SendAsync(
            HttpMethod.Post, "/api/v1/enroll", Signing(authority, requestPem, tls), _ => basic, cancellation);
        return FromBase64(result, "Cert");
    }

    /// <summary>Gets an identity's next certificate by the one it has, which must still be valid.</summary>
    public async Task<string> ReenrolAsync(
        string authority, EnrolledIdentity identity, string requestPem, bool tls, CancellationToken cancellation)
    {
        var result = await SendAsync(
            HttpMethod.Post, "/api/v1/reenroll", Signing(authority, requestPem, tls), Token(identity), cancellation);
        return FromBase64(result, "Cert");
    }

    /// <summary>
    /// Makes an identity known, with the attributes that its certificates carry; again, it gets a new password.
    /// </summary>
    public async Task RegisterAsync(
        string authority, EnrolledIdentity registrar, string id, string type, string secret,
        IReadOnlyDictionary<string, string> attributes, CancellationToken cancellation)
    {
        var identity = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["secret"] = secret,
            ["affiliation"] = "",
            ["caname"] = authority,
            ["attrs"] = new JsonArray([.. attributes.Select(attribute => new JsonObject
            {
                ["name"] = attribute.Key,
                ["value"] = attribute.Value,
                ["ecert"] = true,
            })]),
        };
        try
        {
            await SendAsync(HttpMethod.Post, "/api/v1/register", identity, Token(registrar), cancellation);
        }
        catch (FabricCaException exception) when (exception.Code == AlreadyRegistered)
        {
            // An earlier try ended between registering and enrolling: its password is lost.
            identity.Remove("id");
            await SendAsync(
                HttpMethod.Put, $"/api/v1/identities/{Uri.EscapeDataString(id)}", identity, Token(registrar),
                cancellation);
        }
    }

    /// <summary>Revokes all certificates of an identity, and the identity; returns the whole revocation list.</summary>
    public async Task<string> RevokeAsync(
        string authority, EnrolledIdentity registrar, string id, string reason, CancellationToken cancellation)
    {
        await SendAsync(
            HttpMethod.Post, "/api/v1/revoke",
            new JsonObject { ["id"] = id, ["reason"] = reason, ["caname"] = authority },
            Token(registrar), cancellation);

        // Asked for by itself: the answer to a second revocation of the same identity holds an empty list.
        var result = await SendAsync(
            HttpMethod.Post, "/api/v1/gencrl", new JsonObject { ["caname"] = authority }, Token(registrar),
            cancellation);
        return FromBase64(result, "CRL");
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
        _root.Dispose();
    }

    /// <summary>
    /// The header by which an enrolled identity shows that a request is its own: the certificate, and a signature over
    /// method, path, body and certificate.
    /// </summary>
    internal static string TokenFor(EnrolledIdentity identity, string method, string path, byte[] body)
    {
        string certificate = Convert.ToBase64String(Encoding.UTF8.GetBytes(identity.CertificatePem));
        string payload = string.Join(
            '.', method, Convert.ToBase64String(Encoding.UTF8.GetBytes(path)), Convert.ToBase64String(body),
            certificate);
        using var key = ECDsa.Create();
        key.ImportFromPem(identity.KeyPem);
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(payload));

        // The server takes low-S signatures only, as peers do.
        byte[] signature = Fabric.Protocol.EcdsaSignature.SignDigest(key, digest);
        return $"{certificate}.{Convert.ToBase64String(signature)}";
    }

    private static Func<(string Method, string Path, byte[] Body), string> Token(EnrolledIdentity identity) =>
        request => TokenFor(identity, request.Method, request.Path, request.Body);

    private static JsonObject Signing(string authority, string requestPem, bool tls)
    {
        var body = new JsonObject { ["caname"] = authority, ["certificate_request"] = requestPem };
        if (tls)
        {
            body["profile"] = "tls";
        }

        return body;
    }

    private static string FromBase64(JsonNode result, string name) =>
        Encoding.ASCII.GetString(Convert.FromBase64String((string)result[name]!));

    private async Task<JsonNode> SendAsync(
        HttpMethod method, string path, JsonObject content,
        Func<(string Method, string Path, byte[] Body), string> authorise, CancellationToken cancellation)
    {
        byte[] body = Encoding.UTF8.GetBytes(content.ToJsonString());
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        };

        // The token stands there without the name of a scheme, which the typed header would not let pass.
        request.Headers.TryAddWithoutValidation("Authorization", authorise((method.Method, path, body)));
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            string text = await response.Content.ReadAsStringAsync(cancellation);
            return ResultOf(method, path, text);
        }
        catch (HttpRequestException exception)
        {
            throw new OperatorException(
                $"The authority of {_name} at {_http.BaseAddress} does not answer: {exception.Message} "
                + "scripts/up.sh starts it again.");
        }
    }

    private JsonNode ResultOf(HttpMethod method, string path, string text)
    {
        JsonNode? answer;
        try
        {
            answer = JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new OperatorException($"The authority of {_name} answered {method} {path} with: {text.Trim()}");
        }

        if ((bool?)answer?["success"] == true)
        {
            return answer["result"]!;
        }

        var error = answer?["errors"]?.AsArray().FirstOrDefault();
        throw new FabricCaException(
            (int?)error?["code"] ?? 0,
            $"The authority of {_name} refused {method} {path}: {(string?)error?["message"] ?? text.Trim()}");
    }
}

/// <summary>A Fabric CA refused a request.</summary>
/// <param name="code">The server's own number for the reason.</param>
/// <param name="message">What was refused, and the server's words.</param>
internal sealed class FabricCaException(int code, string message) : OperatorException(message)
{
    public int Code => code;
}
