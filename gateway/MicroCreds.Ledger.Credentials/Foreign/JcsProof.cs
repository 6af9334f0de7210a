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

    /// <summary>
    /// Gives what is wrong with the options of a credential's proof; null if nothing is. What a proof was made for
    /// (<c>domain</c>, <c>challenge</c>) is between those two, and changes nothing of what was signed.
    /// </summary>
    /// <param name="proof">The proof.</param>
    /// <param name="now">The time that its end is judged by.</param>
    public static string? FaultOf(JsonElement proof, DateTimeOffset now)
    {
        if (TextAt(proof, "type") != DataIntegrity.ProofType)
            return $"Its proof must be of type {DataIntegrity.ProofType}.";
        if (TextAt(proof, "proofPurpose") != DataIntegrity.AssertionMethod)
            return $"Its proof must be made for {DataIntegrity.AssertionMethod}.";
        if (proof.TryGetProperty("created", out _) && !CredentialTime.TryRead(TextAt(proof, "created"), out _))
            return "When its proof was made must be a time with a zone.";
        if (proof.TryGetProperty("previousProof", out _)) return "Its proof builds on another one, which is not there.";
        if (!proof.TryGetProperty("expires", out _)) return null;
        if (!CredentialTime.TryRead(TextAt(proof, "expires"), out var end))
            return "When its proof ends must be a time with a zone.";
        return now < end ? null : $"Its proof was good only until {CredentialTime.Write(end)}.";
    }

    private static string? TextAt(JsonElement proof, string name) =>
        proof.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

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
