using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Writes an institution's keys as the ledger has them, for verifiers elsewhere who follow its DID or want a key set.
/// </summary>
public static class IssuerIdentity
{
    private const string WebPrefix = "did:web:";

    /// <summary>
    /// Writes the DID document (W3C Controlled Identifiers): every key of issuing there ever was, each as a Multikey
    /// and as a JSON Web Key. One that was withdrawn says since when it must not be trusted, and is no assertion method
    /// any more. Keys of the ledger's log are none of an issuer's.
    /// </summary>
    /// <param name="institution">The institution.</param>
    /// <param name="did">Which of its DIDs it is for. Default is the one in force.</param>
    public static JsonObject DidDocument(Institution institution, string? did = null)
    {
        ArgumentNullException.ThrowIfNull(institution);
        did ??= institution.Did;
        var methods = new JsonArray();
        var assertions = new JsonArray();
        foreach (var key in institution.IssuerKeys)
        {
            foreach (var method in Methods(did, key))
            {
                if (Revoked(key) is not { } revoked) assertions.Add((string)method["id"]!);
                else method["revoked"] = CredentialTime.Write(revoked);
                methods.Add(method);
            }
        }

        return new JsonObject
        {
            ["@context"] = new JsonArray(
                "https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1",
                "https://w3id.org/security/suites/jws-2020/v1"),
            ["id"] = did,
            ["verificationMethod"] = methods,
            ["assertionMethod"] = assertions,

            // By the same keys an institution asks wallets, which look for those that it is known by.
            ["authentication"] = assertions.DeepClone(),
        };
    }

    /// <summary>
    /// Writes the JSON Web Key Set (RFC 7517). It has only the keys that are in force: a set has no word for a key that
    /// was withdrawn, so that its readers would go on trusting it.
    /// </summary>
    /// <param name="institution">The institution.</param>
    /// <param name="did">The DID that the keys are named below. Default is the one in force.</param>
    public static JsonObject KeySet(Institution institution, string? did = null)
    {
        ArgumentNullException.ThrowIfNull(institution);
        did ??= institution.Did;
        var keys = new JsonArray();
        foreach (var key in institution.IssuerKeys.Where(key => Revoked(key) is null))
        {
            var parsed = Multikey.Parse(key.PublicKeyMultibase);
            var jwk = JsonWebKey.Of(parsed);
            jwk["alg"] = CompactJws.AlgorithmOf(parsed.Algorithm);
            jwk["kid"] = IssuerKeyName.Jwk(did, key.Id);
            jwk["use"] = "sig";
            keys.Add(jwk);
        }

        return new JsonObject { ["keys"] = keys };
    }

    /// <summary>
    /// Gives the address that stands for a <c>did:web</c> where readers know no DIDs (<c>iss</c> of an SD-JWT VC):
    /// <c>did:web:aurora.example:badges</c> is <c>https://aurora.example/badges</c>. Null of another method.
    /// </summary>
    public static string? UrlOf(string did)
    {
        ArgumentNullException.ThrowIfNull(did);
        return did.StartsWith(WebPrefix, StringComparison.Ordinal)
            ? "https://" + Uri.UnescapeDataString(did[WebPrefix.Length..].Replace(':', '/'))
            : null;
    }

    /// <summary>Gives the <c>did:web</c> that an address stands for; the inverse of <see cref="UrlOf"/>.</summary>
    /// <param name="host">The host, with its port if it has one.</param>
    /// <param name="path">The path without its first slash; empty if there is none.</param>
    public static string DidOf(string host, string path)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(path);
        string segments = path.Length == 0 ? "" : ":" + path.TrimEnd('/').Replace('/', ':');
        return WebPrefix + host.ToLowerInvariant().Replace(":", "%3A", StringComparison.Ordinal) + segments;
    }

    /// <summary>
    /// Writes the metadata by which readers of SD-JWT VCs find the keys of an issuer that <c>iss</c> names by its
    /// address (<c>/.well-known/jwt-vc-issuer</c>).
    /// </summary>
    /// <param name="institution">The institution.</param>
    /// <param name="did">Which of its DIDs it is for, a <c>did:web</c>.</param>
    /// <exception cref="ArgumentException">It is of another method.</exception>
    public static JsonObject VcIssuerMetadata(Institution institution, string did) => new()
    {
        ["issuer"] = UrlOf(did)
            ?? throw new ArgumentException($"{did} stands for no address: only a did:web does.", nameof(did)),
        ["jwks"] = KeySet(institution, did),
    };

    private static IEnumerable<JsonObject> Methods(string did, SigningKey key)
    {
        yield return new JsonObject
        {
            ["id"] = IssuerKeyName.Multikey(did, key.Id),
            ["type"] = "Multikey",
            ["controller"] = did,
            ["publicKeyMultibase"] = key.PublicKeyMultibase,
        };
        yield return new JsonObject
        {
            ["id"] = IssuerKeyName.Jwk(did, key.Id),
            ["type"] = "JsonWebKey2020",
            ["controller"] = did,
            ["publicKeyJwk"] = JsonWebKey.Of(Multikey.Parse(key.PublicKeyMultibase)),
        };
    }

    // A key that was in other hands must not be trusted from the theft on, which is before it was withdrawn.
    private static DateTimeOffset? Revoked(SigningKey key) =>
        key.CompromisedSince < key.RevokedAt || key.RevokedAt is null ? key.CompromisedSince : key.RevokedAt;
}
