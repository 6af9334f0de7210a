using System.Collections.Frozen;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Member names as canonical JSON strings; those that every credential has are made once.</summary>
internal static class QuotedNames
{
    private static readonly FrozenDictionary<string, byte[]> Known = new[]
    {
        "@context", "achievement", "created", "creditsEarned", "cryptosuite", "credentialSubject", "evidence", "id",
        "identifier", "issuer", "leafSalt", "ledgerAnchor", "name", "proof", "proofPurpose", "proofValue", "result",
        "type", "validFrom", "validUntil", "verificationMethod",
    }.ToFrozenDictionary(name => name, Quote, StringComparer.Ordinal);

    public static byte[] Of(string name) => Known.TryGetValue(name, out byte[]? quoted) ? quoted : Quote(name);

    private static byte[] Quote(string name) => CanonicalJson.Canonicalize(JsonValue.Create(name));
}
