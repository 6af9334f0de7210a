using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;

/// <summary>A learner's key as wallets have it, and what they sign with it.</summary>
internal static class HolderKeys
{
    /// <summary>Where the seed of an Ed25519 key lies in PKCS #8 (RFC 8410).</summary>
    private static readonly Range Seed = 16..48;

    /// <summary>The public key as a JSON Web Key, with what wallets note about theirs.</summary>
    public static JsonElement PublicOf(IssuerPrivateKey key)
    {
        var jwk = JsonWebKey.Of(Multikey.Parse(key.PublicKeyMultibase));
        jwk["kid"] = "wallet-key";
        jwk["use"] = "sig";
        return JsonSerializer.SerializeToElement(jwk);
    }

    /// <summary>The private key as a JSON Web Key, for another library to sign with.</summary>
    public static JsonObject PrivateOf(IssuerPrivateKey key)
    {
        var jwk = JsonWebKey.Of(Multikey.Parse(key.PublicKeyMultibase));
        PemEncoding.TryFind(key.ToPem(), out var fields);
        byte[] encoded = Convert.FromBase64String(key.ToPem()[fields.Base64Data]);
        byte[] secret = encoded[Seed];
        if (key.Algorithm == KeyAlgorithm.P256)
        {
            using var handle = ECDsa.Create();
            handle.ImportPkcs8PrivateKey(encoded, out _);
            secret = handle.ExportParameters(includePrivateParameters: true).D!;
        }

        jwk["d"] = Base64Url.EncodeToString(secret);
        jwk["alg"] = CompactJws.AlgorithmOf(key.Algorithm);
        return jwk;
    }

    /// <summary>Adds a wallet's proof to a presentation.</summary>
    /// <param name="presented">The SD-JWT with its disclosures, up to the last ~.</param>
    /// <param name="key">The wallet's key.</param>
    /// <param name="claims">What it says beside the hash of the presentation.</param>
    /// <param name="change">Changes header and payload before they are signed.</param>
    public static byte[] Present(
        byte[] presented, IssuerPrivateKey key, JsonObject claims, Action<JsonObject, JsonObject>? change = null)
    {
        var header = new JsonObject { ["alg"] = CompactJws.AlgorithmOf(key.Algorithm), ["typ"] = "kb+jwt" };
        var payload = claims.DeepClone().AsObject();
        payload["sd_hash"] = Base64Url.EncodeToString(SHA256.HashData(presented));
        change?.Invoke(header, payload);
        string message = $"{ForgedToken.Encode(header)}.{ForgedToken.Encode(payload)}";
        string signature = Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(message)));
        return [.. presented, .. Encoding.ASCII.GetBytes($"{message}.{signature}")];
    }
}
