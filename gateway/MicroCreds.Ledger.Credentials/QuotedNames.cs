using System.Collections.Frozen;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Member names as canonical JSON strings; those that every credential has are made once.</summary>
internal static class QuotedNames
{
    private static readonly FrozenDictionary<string, byte[]> Known = new[]
    {
        "@context", "_sd", "_sd_alg", "achievement", "awardedDate", "created", "creditsEarned", "credentialStatus",
        "cryptosuite", "credentialSubject", "evidence", "exp", "id", "identifier", "iss", "issuer", "jti",
        "leafSalt", "ledgerAnchor", "name", "nbf", "proof", "proofPurpose", "proofValue", "relatedResource",
        "result", "statusListCredential", "statusListIndex", "statusPurpose", "sub", "type", "validFrom",
        "validUntil", "vct", "verificationMethod",
    }.ToFrozenDictionary(name => name, Quote, StringComparer.Ordinal);

    public static byte[] Of(string name) => Known.TryGetValue(name, out byte[]? quoted) ? quoted : Quote(name);

    private static byte[] Quote(string name) => CanonicalJson.Canonicalize(JsonValue.Create(name));
}
