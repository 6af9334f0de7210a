using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Possessing;

/// <summary>
/// A token by which its maker shows that it has a key, which the token's own header names: a wallet's key proof
/// (OpenID4VCI 1.0, <c>openid4vci-proof+jwt</c>) or a proof of a bound request (RFC 9449, <c>dpop+jwt</c>). Its
/// signature is verified; what its claims are for is its reader's to judge. Immutable.
/// </summary>
public sealed class PossessionToken
{
    /// <summary>The longest token that is read, in bytes.</summary>
    /// <remarks>A proof may hold an attestation of twenty keys, with the certificates of whoever attests.</remarks>
    public const int MaxBytes = 16 * 1024;

    private static readonly string[] KeyMembers = ["jwk", "kid", "x5c"];

    private PossessionToken(PublicKey key, JsonElement header, JsonElement claims) =>
        (Key, Header, Claims) = (key, header, claims);

    /// <summary>The key that made it.</summary>
    public PublicKey Key { get; }

    /// <summary>Its header.</summary>
    public JsonElement Header { get; }

    /// <summary>Its claims.</summary>
    public JsonElement Claims { get; }

    /// <summary>The RFC 7638 thumbprint of its key: SHA-256, in base64url.</summary>
    public string Thumbprint => ThumbprintOf(Key);

    /// <summary>A text among its claims; null if there is none.</summary>
    public string? TextOf(string claim) => TextIn(Claims, claim);

    /// <summary>The time that its claim <c>iat</c> tells; null if it tells none.</summary>
    public DateTimeOffset? MadeAt => TimeOf("iat");

    /// <summary>A time among its claims; null if there is none.</summary>
    public DateTimeOffset? TimeOf(string claim) => KeyBindingReader.Time(Claims, claim, new FaultCollector());

    /// <summary>Reads a token, and verifies that the key it names has signed it.</summary>
    /// <param name="token">The token, in the compact form.</param>
    /// <param name="type">What its header must name as its type.</param>
    /// <exception cref="FormatException">
    /// It is none, names no usable key on P-256 or of Ed25519, or another has signed it; the message says which.
    /// </exception>
    public static PossessionToken Read(string token, string type) => Read(token, type, KeyIn);

    /// <summary>Reads a token, and verifies that a key has signed it that something else names.</summary>
    /// <param name="token">The token, in the compact form.</param>
    /// <param name="type">What its header must name as its type.</param>
    /// <param name="keyOf">Finds the key, by the token's header.</param>
    /// <exception cref="FormatException">It is none, or another has signed it; the message says which.</exception>
    public static PossessionToken Read(string token, string type, Func<JsonElement, PublicKey> keyOf) =>
        Read(token, [type], keyOf);

    /// <summary>Reads a token of one of several types; otherwise as above.</summary>
    /// <param name="token">The token, in the compact form.</param>
    /// <param name="types">Which its header may name as its type.</param>
    /// <param name="keyOf">Finds the key, by the token's header.</param>
    /// <exception cref="FormatException">It is none, or another has signed it; the message says which.</exception>
    public static PossessionToken Read(
        string token, IReadOnlyList<string> types, Func<JsonElement, PublicKey> keyOf)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(keyOf);
        if (token.Length > MaxBytes) throw new FormatException($"It is longer than {MaxBytes} bytes.");
        string[] parts = token.Split('.');
        if (parts.Length != 3) throw new FormatException("A token has three parts with two dots between them.");
        var header = Parse(parts[0], "header");
        if (!types.Contains(TextIn(header, "typ")))
            throw new FormatException($"Its header must have \"typ\": \"{types[0]}\".");
        if (header.TryGetProperty("crit", out _))
            throw new FormatException("Its header has \"crit\": none of such extensions are known here.");
        var key = keyOf(header);
        string expected = CompactJws.AlgorithmOf(key.Algorithm);
        if (CompactJws.AlgorithmIn(TextIn(header, "alg") ?? "") != expected)
            throw new FormatException($"Its header must have \"alg\": \"{expected}\", by the key that it names.");
        if (!StrictBase64Url.TryDecode(Encoding.UTF8.GetBytes(parts[2]), out byte[] signature)
            || !key.Verify(Encoding.UTF8.GetBytes(token[..token.LastIndexOf('.')]), signature))
            throw new FormatException("It is not signed with the key that its header names.");
        return new PossessionToken(key, header, Parse(parts[1], "payload"));
    }

    /// <summary>Reads a JSON Web Key on P-256 or of Ed25519.</summary>
    /// <exception cref="FormatException">It is none of these, or has a private part.</exception>
    public static PublicKey ReadKey(JsonElement jwk) => JsonWebKey.Read(jwk);

    /// <summary>The RFC 7638 thumbprint of a key: SHA-256, in base64url.</summary>
    public static string ThumbprintOf(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);

        // The members that RFC 7638 asks for are all that we write, and canonical JSON is its order and spelling.
        byte[] canonical = CanonicalJson.Canonicalize(JsonWebKey.Of(key));
        return Encoding.ASCII.GetString(StrictBase64Url.Encode(SHA256.HashData(canonical)));
    }

    /// <summary>Finds the key that a header names itself: by <c>jwk</c>, or by a DID that is a key.</summary>
    /// <exception cref="FormatException">It names none, or one that is not usable here.</exception>
    public static PublicKey KeyIn(JsonElement header)
    {
        string[] named = [.. KeyMembers.Where(name => header.TryGetProperty(name, out _))];
        if (named is not [var by])
            throw new FormatException("Its header must name its key once: by jwk or by kid.");
        if (by == "jwk") return JsonWebKey.Read(header.GetProperty(by));
        string kid = by == "kid" ? TextIn(header, by) ?? "" : "";
        int hash = kid.IndexOf('#', StringComparison.Ordinal);
        return DidKey.Read(hash < 0 ? kid : kid[..hash])
            ?? throw new FormatException(
                $"Its header names its key by {by}: here it must be a jwk, or a kid that is a did:jwk or did:key.");
    }

    private static JsonElement Parse(string part, string name)
    {
        if (!StrictBase64Url.TryDecode(Encoding.UTF8.GetBytes(part), out byte[] bytes))
            throw new FormatException($"Its {name} must be base64url without padding.");
        try
        {
            using var document = StrictJson.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new FormatException($"Its {name} must be a JSON object.");
        }
        catch (StrictJsonException exception)
        {
            throw new FormatException($"Its {name} is no strict JSON: {exception.Message}", exception);
        }
    }

    private static string? TextIn(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
