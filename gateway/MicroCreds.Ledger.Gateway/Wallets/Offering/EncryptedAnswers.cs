using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Requests for credentials that wallets encrypt, and answers that they want encrypted (OpenID4VCI 1.0, 10).
/// Thread-safe.
/// </summary>
internal sealed class EncryptedAnswers(GatewayStore store)
{
    private const string MediaType = "application/jwt";
    private const string Member = "credential_response_encryption";
    private const int MaxBytes = 384 * 1024;

    private readonly EncryptionKey _key =
        EncryptionKey.Derive(store.Secret, "credential request", "credential-request-1");

    /// <summary>What the metadata say of requests.</summary>
    public JsonObject OfRequests => new()
    {
        ["jwks"] = new JsonObject { ["keys"] = new JsonArray(_key.Jwk) },
        ["enc_values_supported"] = TextList.Of(EncryptionKey.Encryptions),
        ["encryption_required"] = false,
    };

    /// <summary>What they say of answers.</summary>
    public static JsonObject OfAnswers => new()
    {
        ["alg_values_supported"] = TextList.Of(EncryptionKey.Agreement),
        ["enc_values_supported"] = TextList.Of(EncryptionKey.Encryptions),
        ["encryption_required"] = false,
    };

    /// <summary>Reads a request, encrypted or not, and how its answer is wanted.</summary>
    /// <exception cref="ProtocolFault">It is none, or asks for what is not known.</exception>
    public async Task<(JsonElement Request, WantedEncryption? Wanted)> ReadAsync(HttpRequest request)
    {
        const string Code = ProtocolFault.InvalidCredentialRequest;
        bool isEncrypted = (request.ContentType ?? "").Split(';')[0].Trim()
            .Equals(MediaType, StringComparison.OrdinalIgnoreCase);
        var read = isEncrypted ? await OpenAsync(request) : await ProtocolForms.ReadJsonAsync(request, Code);
        if (!read.TryGetProperty(Member, out var wanted)) return (read, null);

        // Else somebody on the way could put in a key of their own.
        if (!isEncrypted)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidEncryption,
                $"A request with {Member} must be encrypted itself ({MediaType}), for the key in the metadata's "
                + "credential_request_encryption.");
        }

        if (wanted.ValueKind != JsonValueKind.Object || !wanted.TryGetProperty("jwk", out var key)
            || wanted.EnumerateObject().Any(one => one.Name is not ("jwk" or "enc" or "alg")))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidEncryption, $"{Member} must have jwk and enc alone: nothing is compressed here.");
        }

        string way = ProtocolForms.TextOf(wanted, "enc", ProtocolFault.InvalidEncryption)
            ?? throw new ProtocolFault(ProtocolFault.InvalidEncryption, $"{Member} has no enc.");
        var encryption = new WantedEncryption(key.Clone(), way);

        // What cannot be encrypted is told before anything is used up.
        encryption.Seal([]);
        return (read, encryption);
    }

    /// <summary>Writes an answer as it is wanted.</summary>
    public static IResult Give(JsonObject answer, int status, WantedEncryption? wanted) => wanted is null
        ? TypedResults.Json(answer, statusCode: status)
        : TypedResults.Text(
            wanted.Seal(Encoding.UTF8.GetBytes(answer.ToJsonString())), MediaType, statusCode: status);

    private async Task<JsonElement> OpenAsync(HttpRequest request)
    {
        string token = Encoding.ASCII.GetString(await RequestBody.ReadBytesAsync(request, MaxBytes)).Trim();
        try
        {
            using var document = StrictJson.Parse(_key.Open(token));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ProtocolFault(
                    ProtocolFault.InvalidCredentialRequest, "What the body encrypts must be a JSON object.");
        }
        catch (StrictJsonException exception)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidCredentialRequest,
                $"What the body encrypts is no strict JSON: {exception.Message}");
        }
        catch (FormatException exception)
        {
            throw new ProtocolFault(ProtocolFault.InvalidEncryption, $"The body: {exception.Message}");
        }
    }
}

/// <summary>How a wallet wants an answer encrypted.</summary>
/// <param name="Key">For which key.</param>
/// <param name="Way">In which way (<c>enc</c>).</param>
internal sealed record WantedEncryption(JsonElement Key, string Way)
{
    /// <summary>Encrypts.</summary>
    /// <exception cref="ProtocolFault">The key or the way is none that is known.</exception>
    public string Seal(byte[] content)
    {
        try
        {
            return EncryptionKey.Seal(content, Key, Way);
        }
        catch (FormatException exception)
        {
            throw new ProtocolFault(ProtocolFault.InvalidEncryption, exception.Message);
        }
    }
}
