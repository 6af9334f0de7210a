using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// The digest of a resource that somebody else's document relies on. What lies at an address is not fetched; of what
/// everybody has, the digest is known.
/// </summary>
internal static class RelatedDigest
{
    // Both are of the W3C's context of credentials as it was published for good (VCDM 2.0, appendix B.1).
    private static readonly string[] OfCredentialsContext =
    [
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
    ];

    /// <summary>Gives what is wrong with one; null if nothing is that could be known here.</summary>
    /// <param name="resource">The object.</param>
    /// <param name="address">Its <c>id</c>.</param>
    public static string? FaultOf(JsonElement resource, string address)
    {
        byte[]? sri = Read(resource, "digestSRI", OfIntegrity, out bool hasSri);
        byte[]? multibase = Read(resource, "digestMultibase", OfMultibase, out bool hasMultibase);
        if (!hasSri && !hasMultibase) return "It must hold digestSRI or digestMultibase.";
        bool isReadable = !hasMultibase || multibase is not null || IsBase58(resource);
        if ((hasSri && sri is null) || !isReadable)
            return "Its digest must be one of SHA-256, SHA-384 or SHA-512, in the form that its name has.";
        if (address != CredentialVocabulary.CredentialsContext) return null;
        return new[] { sri, multibase }.OfType<byte[]>().All(IsOfContext)
            ? null
            : "Its digest is not that of what lies there.";
    }

    // That of another length than the two that are known says nothing.
    private static bool IsOfContext(byte[] digest) => digest.Length == 64
        || OfCredentialsContext.Contains(Convert.ToHexStringLower(digest));

    private static bool IsBase58(JsonElement resource) =>
        resource.GetProperty("digestMultibase") is { ValueKind: JsonValueKind.String } text
        && text.GetString()!.StartsWith('z');

    private static byte[]? Read(JsonElement resource, string name, Func<string, byte[]?> decode, out bool isThere)
    {
        isThere = resource.TryGetProperty(name, out var value);
        return isThere && value.ValueKind == JsonValueKind.String ? decode(value.GetString()!) : null;
    }

    private static byte[]? OfIntegrity(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        int length = (dash < 0 ? "" : text[..dash]) switch { "sha256" => 32, "sha384" => 48, "sha512" => 64, _ => -1 };
        return length < 0 ? null : OfLength(Base64Text.Decode(text[(dash + 1)..], minLength: 1), length);
    }

    // The multihash in front of a digest is two bytes; some leave it out.
    private static byte[]? OfMultibase(string text)
    {
        if (!text.StartsWith('u') || Base64Text.Decode(text[1..], minLength: 1) is not { } bytes) return null;
        return bytes.Length is 34 or 50 or 66 ? bytes[2..] : bytes.Length is 32 or 48 or 64 ? bytes : null;
    }

    private static byte[]? OfLength(byte[]? bytes, int length) => bytes?.Length == length ? bytes : null;
}
