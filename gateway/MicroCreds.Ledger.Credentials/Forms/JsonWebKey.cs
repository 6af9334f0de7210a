using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Public keys as JSON Web Keys (RFC 7517): on P-256, and of Ed25519 (RFC 8037).</summary>
internal static class JsonWebKey
{
    private const int CoordinateLength = 32;

    /// <summary>The first byte of an uncompressed point.</summary>
    private const byte Uncompressed = 4;

    /// <summary>Writes a key.</summary>
    public static JsonObject Of(PublicKey key)
    {
        var bytes = key.Bytes.Span;
        return key.Algorithm == KeyAlgorithm.P256
            ? new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Text(bytes.Slice(1, CoordinateLength)),
                ["y"] = Text(bytes[(1 + CoordinateLength)..]),
            }
            : new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = Text(bytes) };
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">It is no usable public key of these algorithms.</exception>
    public static PublicKey Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.TryGetProperty("d", out _))
            throw new FormatException("A public JSON Web Key is an object, without the private part \"d\".");
        string multikey = (Member(jwk, "kty"), Member(jwk, "crv")) switch
        {
            ("EC", "P-256") => Multikey.Encode(
                KeyAlgorithm.P256, [Uncompressed, .. Coordinate(jwk, "x"), .. Coordinate(jwk, "y")]),
            ("OKP", "Ed25519") => Multikey.Encode(KeyAlgorithm.Ed25519, Coordinate(jwk, "x")),
            _ => throw new FormatException("A JSON Web Key here is on P-256 (EC) or of Ed25519 (OKP)."),
        };
        return Multikey.Parse(multikey);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(StrictBase64Url.Encode(bytes));

    private static byte[] Coordinate(JsonElement jwk, string name) =>
        StrictBase64Url.TryDecode(Encoding.UTF8.GetBytes(Member(jwk, name)), out byte[] bytes)
        && bytes.Length == CoordinateLength
            ? bytes
            : throw new FormatException($"The JSON Web Key's \"{name}\" must be 32 bytes in base64url.");

    private static string Member(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
