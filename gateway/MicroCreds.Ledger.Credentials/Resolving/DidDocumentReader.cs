using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Resolving;

/// <summary>Reads the keys of a DID document (W3C Controlled Identifiers).</summary>
internal static class DidDocumentReader
{
    private const int MaxMethods = 2 * Limits.MaxKeysPerInstitution;

    /// <summary>Reads a document.</summary>
    /// <exception cref="DidResolutionException">It is not the document of this DID.</exception>
    public static ResolvedIssuer Read(string did, byte[] utf8)
    {
        try
        {
            using var document = StrictJson.Parse(utf8);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "id") != did)
                throw new DidResolutionException($"What lies there is not the DID document of {did}.");

            var assertions = Items(root, "assertionMethod").Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => Absolute(item.GetString()!, did)).ToHashSet(StringComparer.Ordinal);
            var methods = Items(root, "verificationMethod").Take(MaxMethods)
                .Select(method => ReadMethod(method, did, assertions)).OfType<ResolvedKey>().ToArray();
            if (methods.DistinctBy(key => key.Id).Count() != methods.Length)
                throw new DidResolutionException("Two keys in the DID document have the same name.");
            return new ResolvedIssuer(did, methods);
        }
        catch (StrictJsonException e)
        {
            throw new DidResolutionException($"The DID document cannot be read: {e.Message}", e);
        }
    }

    // A key of a kind that is not known here is passed over: it may be there for other purposes.
    private static ResolvedKey? ReadMethod(JsonElement method, string did, HashSet<string> assertions)
    {
        if (method.ValueKind != JsonValueKind.Object || Text(method, "controller") != did
            || Text(method, "id") is not { } name)
            return null;

        string id = Absolute(name, did);
        try
        {
            var key = Text(method, "type") switch
            {
                "Multikey" when Text(method, "publicKeyMultibase") is { } multikey => Multikey.Parse(multikey),
                "JsonWebKey" or "JsonWebKey2020" when method.TryGetProperty("publicKeyJwk", out var jwk) =>
                    JsonWebKey.Read(jwk),
                _ => null,
            };
            return key is null
                ? null
                : new ResolvedKey(id, key, assertions.Contains(id), Time(method, "revoked"), Time(method, "expires"));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // A time that cannot be read may be one that lies in the past.
    private static DateTimeOffset? Time(JsonElement method, string name)
    {
        if (!method.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String && CredentialTime.TryRead(value.GetString(), out var time)
            ? time
            : throw new FormatException($"\"{name}\" must be a time with a zone.");
    }

    private static string Absolute(string id, string did) => id.StartsWith('#') ? did + id : id;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;
}
