using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Tells what a record's own signature is worth that a credential came in. The credential stands or falls by itself:
/// what is found of the record is a notice, and no check.
/// </summary>
internal static class RecordProof
{
    /// <summary>Checks a record by the keys of the institution that issued a credential in it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="verdict">The verdict on the credential.</param>
    /// <param name="now">The time that the end of its proof is judged by.</param>
    public static Notice Check(ReadOnlyMemory<byte> record, Verdict verdict, DateTimeOffset now)
    {
        if (verdict.View?.Anchor?.Institution is not { } institution) return NotChecked;
        try
        {
            using var document = StrictJson.Parse(record.ToArray());
            return IsSigned(document.RootElement, institution, now) switch
            {
                true => new Notice(
                    CheckCodes.RecordSigned,
                    $"It came in a record that {institution.Name} signed, whose signature holds; the credential "
                    + "stands by itself."),
                false => new Notice(
                    CheckCodes.RecordAltered,
                    $"It came in a record in the name of {institution.Name} whose signature does not hold: what else "
                    + "the record says does not count. The credential stands by itself."),
                null => NotChecked,
            };
        }
        catch (Exception e) when (e is StrictJsonException or InvalidOperationException or FormatException)
        {
            // XML, a token, or a text in it that is none.
            return NotChecked;
        }
    }

    private static Notice NotChecked => new(
        CheckCodes.RecordNotChecked,
        "It came in a record, such as a CLR or a transcript: what that says besides was not checked. The credential "
        + "stands by itself.");

    /// <summary>Whether the institution signed it; nothing of what is in another's name, or another's method.</summary>
    private static bool? IsSigned(JsonElement root, Institution institution, DateTimeOffset now)
    {
        if (root.ValueKind != JsonValueKind.Object || JcsProof.Of(root) is not { } proof) return null;

        // A proof of another kind or purpose says nothing, and one that has ended nothing any more.
        if (JcsProof.FaultOf(proof, now) is not null) return null;
        var named = ClaimedText.At(root, "issuer", "id");
        string issuer = named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        string suite = TextAt(proof, "cryptosuite");
        if (!institution.HasDid(issuer) || suite is not (DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite))
            return null;

        string[] method = TextAt(proof, "verificationMethod").Split('#', 2);
        var key = method.Length == 2 && method[0] == issuer
            ? institution.FindIssuerKey(method[1]) : null;

        // When a record was signed only it says itself: a key that was withdrawn could have signed it since.
        if (key is not { RevokedAt: null, CompromisedSince: null }) return null;
        var publicKey = Multikey.Parse(key.PublicKeyMultibase);
        return DataIntegrity.SuiteOf(publicKey.Algorithm) == suite
            && SignatureText.Read(TextAt(proof, "proofValue")) is { } signature
            && JcsProof.MessageOf(root, proof) is { } message && publicKey.Verify(message, signature);
    }

    private static string TextAt(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
