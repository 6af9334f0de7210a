using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Reads the proof that a wallet makes of a whole presentation: Data Integrity with a JCS suite, or a token. By which
/// key it has to be made, the credentials in it say, and not the presentation.
/// </summary>
internal static class PresentationProof
{
    private const string Purpose = "authentication";

    /// <summary>
    /// Reads it; nothing of a presentation without a proof, or with one by a method that is not known here. What is
    /// wrong with one that is known is part of the answer.
    /// </summary>
    public static HolderProof? Read(ReadOnlyMemory<byte> presentation)
    {
        var text = CredentialForms.Trim(presentation);
        try
        {
            return text.Span.StartsWith("ey"u8) ? OfToken(text) : OfDocument(text);
        }
        catch (Exception e) when (e is StrictJsonException or CredentialFormatException or InvalidOperationException)
        {
            // Not strict JSON, or half of a surrogate pair in it: what a signature of it covers cannot be told.
            return null;
        }
    }

    private static HolderProof? OfDocument(ReadOnlyMemory<byte> text)
    {
        using var document = StrictJson.Parse(text.ToArray());
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || JcsProof.Of(root) is not { } proof) return null;
        string suite = TextAt(proof, "cryptosuite");
        if (TextAt(proof, "type") != DataIntegrity.ProofType) return null;
        if (suite is not (DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite)) return null;
        if (TextAt(proof, "proofPurpose") != Purpose) return Malformed($"/proof/proofPurpose: It must be {Purpose}.");
        if (SignatureText.Read(TextAt(proof, "proofValue")) is not { } signature)
            return Malformed("/proof/proofValue: It must be a signature.");
        if (JcsProof.MessageOf(root, proof) is not { } message)
            return Malformed("/proof/@context: The presentation does not begin with what was signed.");
        if (!TryRead(proof, "created", out var created) || !TryRead(proof, "expires", out var expires))
            return Malformed("/proof: Its times must have a zone.");
        return new HolderProof
        {
            Audience = TextOrOnlyAt(proof, "domain"),
            Nonce = TextAt(proof, "challenge"),
            MadeAt = created,
            Expires = expires,
            IsOfPresentation = true,
            Algorithm = CompactJws.AlgorithmOf(
                suite == DataIntegrity.EcdsaSuite ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519),
            SignedBytes = message,
            Signature = signature,
        };
    }

    private static HolderProof? OfToken(ReadOnlyMemory<byte> text)
    {
        var faults = new FaultCollector();
        if (CompactJws.Split(text, faults) is not { } parts
            || !StrictBase64Url.TryDecode(parts.Header.Span, out byte[] head))
            return null;
        using var header = StrictJson.Parse(head);
        string algorithm = ForeignToken.AlgorithmOf(header.RootElement);
        if (algorithm.Length == 0) return null;
        using var payload = TokenPayload.Parse(parts.Payload, faults, out _);
        var claims = payload.RootElement;
        var proof = new HolderProof
        {
            Audience = TextOrOnlyAt(claims, "aud"),
            Nonce = TextAt(claims, "nonce"),
            MadeAt = KeyBindingReader.Time(claims, "iat", faults),
            NotBefore = KeyBindingReader.Time(claims, "nbf", faults),
            Expires = KeyBindingReader.Time(claims, "exp", faults),
            IsOfPresentation = true,
            Algorithm = algorithm,
            SignedBytes = parts.SignedBytes,
            Signature = parts.Signature,
        };
        return faults.Faults.Count == 0 ? proof : Malformed(faults.Faults[0].Message);
    }

    private static HolderProof Malformed(string fault) => new() { Fault = fault };

    private static bool TryRead(JsonElement proof, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!proof.TryGetProperty(name, out _)) return true;
        if (!CredentialTime.TryRead(TextAt(proof, name), out var read)) return false;
        time = read;
        return true;
    }

    /// <summary>A text, or the only one of a list: a proof for several parties is for none of them alone.</summary>
    private static string TextOrOnlyAt(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String ? value[0].GetString()! : ""
            : TextAt(root, name);

    private static string TextAt(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
