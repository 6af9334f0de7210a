using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>What the JCS suites of Data Integrity sign of somebody else's document.</summary>
internal static class JcsProof
{
    /// <summary>Takes the one proof of a document; nothing if it has none, or several.</summary>
    public static JsonElement? Of(JsonElement root)
    {
        if (!root.TryGetProperty(CredentialVocabulary.ProofMember, out var proofs)) return null;
        var proof = proofs.ValueKind == JsonValueKind.Array && proofs.GetArrayLength() == 1 ? proofs[0] : proofs;
        return proof.ValueKind == JsonValueKind.Object ? proof : null;
    }

    /// <summary>
    /// Gives the bytes that are signed; the contexts of the proof stand in place of the document's. Nothing if the
    /// document does not begin with these, or has no canonical form.
    /// </summary>
    public static byte[]? MessageOf(JsonElement root, JsonElement proof)
    {
        try
        {
            var options = CanonicalObject.From(proof, "proofValue");
            var secured = CanonicalObject.From(root, CredentialVocabulary.ProofMember);
            if (options["@context"] is { } contexts)
            {
                if (!BeginsWith(root, proof.GetProperty("@context"))) return null;
                secured = secured.With("@context", contexts);
            }

            return DataIntegrity.BytesToSign(DataIntegrity.HashOptions(options), secured.ToArray());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool BeginsWith(JsonElement root, JsonElement contexts)
    {
        if (!root.TryGetProperty("@context", out var own)) return false;
        if (contexts.ValueKind != JsonValueKind.Array || own.ValueKind != JsonValueKind.Array)
            return JsonElement.DeepEquals(own, contexts);
        int count = contexts.GetArrayLength();
        return own.GetArrayLength() >= count
            && Enumerable.Range(0, count).All(i => JsonElement.DeepEquals(own[i], contexts[i]));
    }
}
