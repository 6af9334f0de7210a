using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;

/// <summary>
/// A token taken apart, to be changed and put together again: signed anew, or with the old signature.
/// </summary>
internal sealed class ForgedToken
{
    private ForgedToken(
        JsonObject header, JsonObject payload, string signature, List<string> disclosures, bool isSdJwt)
    {
        (Header, Payload, Signature, Disclosures) = (header, payload, signature, disclosures);
        IsSdJwt = isSdJwt;
    }

    public JsonObject Header { get; }

    public JsonObject Payload { get; }

    public string Signature { get; set; }

    public List<string> Disclosures { get; }

    public bool IsSdJwt { get; }

    public static ForgedToken Of(byte[] token)
    {
        string[] parts = Encoding.ASCII.GetString(token).Split('~');
        string[] jws = parts[0].Split('.');
        return new ForgedToken(
            Json(jws[0]).AsObject(), Json(jws[1]).AsObject(), jws[2], [.. parts.Skip(1).Where(part => part.Length > 0)],
            parts.Length > 1);
    }

    public static JsonNode Json(string encoded) => JsonNode.Parse(Base64Url.DecodeFromChars(encoded))!;

    // Canonical, as we write them: what is not changed keeps its signature.
    public static string Encode(JsonNode json) =>
        Base64Url.EncodeToString(CanonicalJson.Canonicalize(json));

    /// <summary>The name of what a disclosure discloses.</summary>
    public static string NameOf(string disclosure) => Json(disclosure)[1]!.GetValue<string>();

    public ForgedToken Change(Action<ForgedToken> change)
    {
        change(this);
        return this;
    }

    /// <summary>Puts it together with the signature it has.</summary>
    public byte[] ToArray() => Join($"{Encode(Header)}.{Encode(Payload)}.{Signature}");

    /// <summary>Puts it together with a new signature.</summary>
    public byte[] Sign(Func<byte[], byte[]> sign)
    {
        string message = $"{Encode(Header)}.{Encode(Payload)}";
        return Join($"{message}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(message)))}");
    }

    public byte[] Sign(IssuerPrivateKey key) => Sign(message => key.Sign(message));

    private byte[] Join(string token) => Encoding.ASCII.GetBytes(
        IsSdJwt ? token + string.Concat(Disclosures.Select(disclosure => "~" + disclosure)) + "~" : token);
}
