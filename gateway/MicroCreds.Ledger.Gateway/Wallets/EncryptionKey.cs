using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jose;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Wallets;

/// <summary>
/// A key on P-256 that others encrypt for, and what opens that (RFC 7516; RFC 7518, 4.6: ECDH-ES without key wrapping,
/// by AES-GCM); and what encrypts for others' keys. What else a header may ask for is refused before anything is
/// opened. Thread-safe.
/// </summary>
internal sealed class EncryptionKey
{
    /// <summary>The one way of agreeing on a key.</summary>
    public const string Agreement = "ECDH-ES";

    /// <summary>The ways of encrypting, the first of which readers take if nothing is said.</summary>
    public static readonly IReadOnlyList<string> Encryptions = ["A128GCM", "A256GCM"];

    private const string Curve = "P-256";
    private const int Parts = 5;
    private const int MaxHeaderBytes = 4096;
    private const int ScalarBytes = 32;

    /// <summary>How many points P-256 has.</summary>
    private static readonly BigInteger Order = BigInteger.Parse(
        "0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    // What is known of a header; zip, crit and all that brings another key are not.
    private static readonly string[] Known = ["alg", "apu", "apv", "cty", "enc", "epk", "kid", "typ"];

    private readonly ECParameters _key;
    private readonly string _id;

    private EncryptionKey(ECParameters key, string id) => (_key, _id) = (key, id);

    /// <summary>The public part as a JSON Web Key.</summary>
    public JsonObject Jwk => new()
    {
        ["kty"] = "EC",
        ["crv"] = Curve,
        ["x"] = WebEncoders.Base64UrlEncode(_key.Q.X!),
        ["y"] = WebEncoders.Base64UrlEncode(_key.Q.Y!),
        ["kid"] = _id,
        ["use"] = "enc",
        ["alg"] = Agreement,
    };

    /// <summary>
    /// Makes the key that belongs to a name: always the same, so that none is kept. Who has the store has not the name,
    /// where that is a secret that a wallet comes with; who has the name has not the store.
    /// </summary>
    /// <param name="root">The store's secret.</param>
    /// <param name="name">The name.</param>
    /// <param name="id">What others call it.</param>
    public static EncryptionKey Derive(byte[] root, string name, string id)
    {
        // 16 bytes more than the order has, so that no scalar is likelier than another by anything that counts.
        byte[] drawn = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, root, ScalarBytes + 16,
            info: Encoding.UTF8.GetBytes("wallet encryption " + name));
        var scalar = (new BigInteger(drawn, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        byte[] bytes = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = [.. new byte[ScalarBytes - bytes.Length], .. bytes];
        using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = padded });
        return new EncryptionKey(key.ExportParameters(includePrivateParameters: true), id);
    }

    /// <summary>Opens what was encrypted.</summary>
    /// <param name="token">The JWE, in the compact form.</param>
    /// <exception cref="FormatException">It is none, or not for this key; the message says which.</exception>
    public byte[] Open(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != Parts || parts[1].Length != 0)
            throw new FormatException($"It must be a compact JWE by {Agreement}: five parts, the second empty.");
        var header = HeaderOf(parts[0]);
        string[] unknown = [.. header.EnumerateObject().Select(one => one.Name).Except(Known)];
        if (unknown.Length > 0)
            throw new FormatException($"Its header has {string.Join(", ", unknown)}, which is not taken here.");
        if (TextIn(header, "alg") != Agreement) throw new FormatException($"Its alg must be {Agreement}.");
        var encryption = EncryptionOf(TextIn(header, "enc"));
        if (header.TryGetProperty("kid", out _) && TextIn(header, "kid") != _id)
            throw new FormatException("It is encrypted for another key (kid).");
        try
        {
            var key = new Jwk(
                crv: Curve, x: WebEncoders.Base64UrlEncode(_key.Q.X!), y: WebEncoders.Base64UrlEncode(_key.Q.Y!),
                d: WebEncoders.Base64UrlEncode(_key.D!));
            return JWT.DecodeBytes(token, key, JweAlgorithm.ECDH_ES, encryption);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            throw new FormatException(
                "It cannot be opened with the key that it was to be encrypted for: it is for another, or damaged.",
                exception);
        }
    }

    /// <summary>Encrypts for somebody's key.</summary>
    /// <param name="content">What.</param>
    /// <param name="key">The public JSON Web Key.</param>
    /// <param name="encryption">One of <see cref="Encryptions"/>.</param>
    /// <exception cref="FormatException">
    /// It is no usable key, or the way is not known; the message says which.
    /// </exception>
    public static string Seal(byte[] content, JsonElement key, string encryption)
    {
        var way = EncryptionOf(encryption);
        if (key.ValueKind != JsonValueKind.Object || TextIn(key, "kty") != "EC" || TextIn(key, "crv") != Curve
            || key.TryGetProperty("d", out _))
            throw new FormatException($"jwk must be a public key on {Curve}.");
        if (key.TryGetProperty("alg", out _) && TextIn(key, "alg") != Agreement)
            throw new FormatException($"jwk must have \"alg\": \"{Agreement}\".");
        try
        {
            var headers = new Dictionary<string, object>();
            if (TextIn(key, "kid") is { Length: > 0 } id) headers["kid"] = id;
            return JWT.EncodeBytes(
                content, new Jwk(crv: Curve, x: TextIn(key, "x"), y: TextIn(key, "y")), JweAlgorithm.ECDH_ES, way,
                extraHeaders: headers);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            throw new FormatException($"jwk is no usable public key on {Curve}.", exception);
        }
    }

    private static JweEncryption EncryptionOf(string name) => name switch
    {
        "A128GCM" => JweEncryption.A128GCM,
        "A256GCM" => JweEncryption.A256GCM,
        _ => throw new FormatException($"enc must be {string.Join(" or ", Encryptions)}."),
    };

    private static JsonElement HeaderOf(string part)
    {
        try
        {
            byte[] bytes = part.Length <= MaxHeaderBytes ? WebEncoders.Base64UrlDecode(part) : [];
            using var header = StrictJson.Parse(bytes);
            if (header.RootElement.ValueKind == JsonValueKind.Object) return header.RootElement.Clone();
        }
        catch (Exception exception) when (exception is StrictJsonException or FormatException)
        {
            throw new FormatException("Its header is no strict JSON in base64url.", exception);
        }

        throw new FormatException("Its header must be a JSON object.");
    }

    private static bool IsFault(Exception exception) => exception is JoseException or CryptographicException
        or ArgumentException or FormatException or JsonException or InvalidOperationException or InvalidCastException
        or IndexOutOfRangeException or KeyNotFoundException or NullReferenceException;

    private static string TextIn(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
