using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using PublicKey = MicroCreds.Ledger.Model.PublicKey;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// A JSON Web Signature in its compact form (RFC 7515), held to what we write ourselves. These few lines over our own
/// keys know two algorithms and four header members, which is all the strictness there is to have; a library would
/// have to be talked out of everything else that a header can ask for.
/// </summary>
internal sealed class CompactJws
{
    /// <summary>The path of the header's faults.</summary>
    public const string HeaderPath = "header";

    /// <summary>The path of the signature's faults.</summary>
    public const string SignaturePath = "signature";

    /// <summary>The path of the payload's faults.</summary>
    public const string PayloadPath = "payload";

    public const string Es256 = "ES256";
    public const string EdDsa = "EdDSA";

    /// <summary>What RFC 9864 calls the one that is meant by <see cref="EdDsa"/> here.</summary>
    public const string Ed25519 = "Ed25519";

    private const int Parts = 3;

    /// <summary>The longest header: a chain of certificates takes about a KiB for each.</summary>
    private const int MaxHeaderBytes = 16 * 1024;

    /// <summary>The member with the certificates of the key (RFC 7515, 4.1.6).</summary>
    private const string Certificates = "x5c";

    private const int MaxCertificates = 8;

    private CompactJws(ReadProof proof, byte[] payload) => (Proof, Payload) = (proof, payload);

    /// <summary>The signature with all it needs; its time is the credential's, since the token has none.</summary>
    public ReadProof Proof { get; }

    /// <summary>The payload; empty if it cannot be decoded.</summary>
    public byte[] Payload { get; }

    /// <summary>The name of the algorithm that goes with a kind of key.</summary>
    public static string AlgorithmOf(KeyAlgorithm algorithm) => algorithm == KeyAlgorithm.P256 ? Es256 : EdDsa;

    /// <summary>
    /// The algorithm under the name that it has here. Others' tokens may name it by RFC 9864; ours have one spelling.
    /// </summary>
    public static string AlgorithmIn(string name) => name == Ed25519 ? EdDsa : name;

    /// <summary>Writes the header of all tokens that one key signs.</summary>
    /// <param name="algorithm">The kind of key.</param>
    /// <param name="kid">The key's DID URL.</param>
    /// <param name="type">The token's type.</param>
    /// <param name="contentType">The payload's type; none for an SD-JWT.</param>
    /// <param name="certificates">The key's certificates in base64, its own first. Default is none.</param>
    public static byte[] Header(
        KeyAlgorithm algorithm, string kid, string type, string? contentType,
        IReadOnlyList<string>? certificates = null)
    {
        var header = new JsonObject { ["alg"] = AlgorithmOf(algorithm), ["kid"] = kid, ["typ"] = type };
        if (contentType is not null) header["cty"] = contentType;
        if (certificates is { Count: > 0 })
            header[Certificates] = new JsonArray([.. certificates.Select(one => (JsonNode)one)]);
        return StrictBase64Url.Encode(CanonicalJson.Canonicalize(header));
    }

    /// <summary>Signs a payload.</summary>
    /// <param name="key">The key.</param>
    /// <param name="header">What <see cref="Header"/> gave.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public static async ValueTask<byte[]> SignAsync(
        IIssuerSigner key, byte[] header, byte[] payload, CancellationToken cancellationToken)
    {
        byte[] message = [.. header, (byte)'.', .. StrictBase64Url.Encode(payload)];
        byte[] signature = await key.SignAsync(message, cancellationToken).ConfigureAwait(false);
        return [.. message, (byte)'.', .. StrictBase64Url.Encode(signature)];
    }

    /// <summary>Takes a token apart.</summary>
    /// <param name="token">The token.</param>
    /// <param name="type">The type it must have.</param>
    /// <param name="contentType">The type its payload must have; none if it must name none.</param>
    /// <param name="faults">What notes every fault.</param>
    public static CompactJws Read(
        ReadOnlyMemory<byte> token, string type, string? contentType, FaultCollector faults)
    {
        if (Split(token, faults) is not { } parts) return new CompactJws(ReadProof.Nothing, []);

        var (algorithm, did, keyId) = ReadHeader(parts.Header.Span, type, contentType, faults);
        return new CompactJws(
            new ReadProof
            {
                Suite = algorithm,
                Did = did,
                KeyId = keyId,
                Created = default,
                SignedBytes = parts.SignedBytes,
                Signature = parts.Signature,
            },
            parts.Payload);
    }

    /// <summary>Takes a token into its three parts, and notes what of them cannot be decoded.</summary>
    internal static JwsParts? Split(ReadOnlyMemory<byte> token, FaultCollector faults)
    {
        var text = token.Span;
        int first = text.IndexOf((byte)'.');
        int last = text.LastIndexOf((byte)'.');
        if (text.Count((byte)'.') != Parts - 1)
        {
            faults.Add("", "A token has three parts with two dots between them.");
            return null;
        }

        if (!StrictBase64Url.TryDecode(text[(first + 1)..last], out byte[] payload) || payload.Length == 0)
            faults.Add(PayloadPath, "It must be base64url without padding, in its one spelling.");
        if (!StrictBase64Url.TryDecode(text[(last + 1)..], out byte[] signature)
            || signature.Length != PublicKey.SignatureLength)
            faults.Add(SignaturePath, "It must be 64 bytes in base64url without padding, in its one spelling.");
        return new JwsParts(token[..first], payload, signature, token[..last]);
    }

    private static (string Algorithm, string Did, string KeyId) ReadHeader(
        ReadOnlySpan<byte> text, string type, string? contentType, FaultCollector faults)
    {
        // Certificates are for readers that know nothing of the ledger; here no key is taken from them.
        string[] names = contentType is null
            ? ["alg", "kid", "typ", Certificates]
            : ["alg", "cty", "kid", "typ", Certificates];
        if (ReadHeader(text, type, names, faults, out string algorithm) is not { } header) return ("", "", "");
        if (contentType is not null && faults.Text(header, HeaderPath, "cty") is { Length: > 0 } cty
            && cty != contentType)
            faults.Add(HeaderPath + "/cty", $"It must be {contentType}.");

        if (header.TryGetProperty(Certificates, out var chain) && !IsChain(chain))
        {
            faults.Add(
                $"{HeaderPath}/{Certificates}", $"It must be 1 to {MaxCertificates} certificates, DER in base64.");
        }

        var (did, keyId) = IssuerKeyName.Split(faults.Text(header, HeaderPath, "kid"));
        if (keyId.Length == 0)
        {
            faults.Add(
                HeaderPath + "/kid", $"It must be a DID, # and the name of a key with {IssuerKeyName.JwkSuffix}.");
        }

        return (algorithm, did, keyId);
    }

    /// <summary>Reads what the headers of all our tokens share.</summary>
    /// <param name="text">The header, encoded.</param>
    /// <param name="type">The type that the token must have.</param>
    /// <param name="names">The members that the header may have.</param>
    /// <param name="faults">What notes every fault.</param>
    /// <param name="algorithm">The algorithm; empty if it names none.</param>
    /// <param name="takesBothNames">Whether it may be named by RFC 9864, too. Default is not.</param>
    internal static JsonElement? ReadHeader(
        ReadOnlySpan<byte> text, string type, string[] names, FaultCollector faults, out string algorithm,
        bool takesBothNames = false)
    {
        algorithm = "";
        if (Parse(text) is not { } header)
        {
            faults.Add(HeaderPath, "It must be a JSON object in base64url without padding, in its one spelling.");
            return null;
        }

        // A key in the header (jwk, jku …) would be the sender's own word, and crit or b64 could change what is
        // signed.
        if (header.EnumerateObject().Any(member => !names.Contains(member.Name)))
        {
            faults.Add(HeaderPath,
                $"It may hold only {string.Join(", ", names)}: keys are never taken from a token's header.");
        }

        algorithm = faults.Text(header, HeaderPath, "alg");
        if (takesBothNames) algorithm = AlgorithmIn(algorithm);
        if (algorithm.Length > 0 && algorithm is not (Es256 or EdDsa))
            faults.Add(HeaderPath + "/alg", $"It must be {Es256} or {EdDsa}.");
        if (faults.Text(header, HeaderPath, "typ") is { Length: > 0 } typ && typ != type)
            faults.Add(HeaderPath + "/typ", $"It must be {type}.");
        return header;
    }

    private static bool IsChain(JsonElement chain) =>
        chain.ValueKind == JsonValueKind.Array && chain.GetArrayLength() is > 0 and <= MaxCertificates
        && chain.EnumerateArray().All(IsCertificate);

    private static bool IsCertificate(JsonElement text)
    {
        if (text.ValueKind != JsonValueKind.String || !text.TryGetBytesFromBase64(out byte[]? der)) return false;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxHeaderBytes || !StrictBase64Url.TryDecode(text, out byte[] bytes)) return null;
        try
        {
            using var header = StrictJson.Parse(bytes);
            return header.RootElement.ValueKind == JsonValueKind.Object ? header.RootElement.Clone() : null;
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }
}

/// <summary>The parts of a token, decoded as far as they can be.</summary>
/// <param name="Header">The header, encoded.</param>
/// <param name="Payload">The payload.</param>
/// <param name="Signature">The signature.</param>
/// <param name="SignedBytes">The token as far as it is signed.</param>
internal readonly record struct JwsParts(
    ReadOnlyMemory<byte> Header, byte[] Payload, byte[] Signature, ReadOnlyMemory<byte> SignedBytes);

/// <summary>How keys are named below an issuer's DID.</summary>
internal static class IssuerKeyName
{
    /// <summary>
    /// What is added to a key's name where it stands as a JSON Web Key. A verification method has one spelling of its
    /// key, Data Integrity wants a Multikey and tokens a JSON Web Key, so each key has two. No key on the ledger has a
    /// colon in its name.
    /// </summary>
    public const string JwkSuffix = ":jwk";

    /// <summary>Names the Multikey.</summary>
    public static string Multikey(string did, string keyId) => $"{did}#{keyId}";

    /// <summary>Names the JSON Web Key.</summary>
    public static string Jwk(string did, string keyId) => $"{did}#{keyId}{JwkSuffix}";

    /// <summary>Takes the name of a JSON Web Key apart; both parts are empty if it is none.</summary>
    public static (string Did, string KeyId) Split(string kid)
    {
        int hash = kid.IndexOf('#', StringComparison.Ordinal);
        return hash > 0 && kid.Length - hash - 1 > JwkSuffix.Length
            && kid.EndsWith(JwkSuffix, StringComparison.Ordinal)
            ? (kid[..hash], kid[(hash + 1)..^JwkSuffix.Length])
            : ("", "");
    }
}
