using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Our own JSON-LD context as it lies on the web: a document names its address at the issuer's gateway, and holds its
/// digest (<c>relatedResource</c> of the W3C's data model), so that leaf and proof cover both. Thread-safe.
/// </summary>
/// <remarks>
/// The same bytes lie at every member's gateway, so that who has the digest can take them from any. Documents of before
/// hold the context itself, which a proof leaves out (<see cref="CredentialVocabulary"/>).
/// </remarks>
public static class PublishedContext
{
    /// <summary>The path at a gateway. The last part is the version: documents hold the digest of what lies there.
    /// </summary>
    public const string Path = "/contexts/micro-credential/1";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/ld+json";

    /// <summary>The member that holds address and digest; inside the leaf.</summary>
    public const string DigestMember = "relatedResource";

    // Of all gateways that a verifier meets; when it is full it starts over.
    private const int MaxKnown = 256;

    private static readonly ConcurrentDictionary<string, (byte[] Contexts, byte[] Digest)> Known =
        new(StringComparer.Ordinal);

    // Documents commit to these bytes: a change is a new version beside this one, never an edit.
    private static readonly byte[] Bytes = CanonicalJson.Canonicalize(new JsonObject
    {
        ["@context"] = CredentialVocabulary.OwnTerms(),
    });

    /// <summary>What lies at that address, as canonical JSON.</summary>
    public static ReadOnlyMemory<byte> Document => Bytes;

    /// <summary>Its digest (W3C Subresource Integrity).</summary>
    public static string Integrity { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Bytes));

    /// <summary>Gives the address at a gateway.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    public static string UrlAt(string gateway) => gateway + Path;

    /// <summary>The value of <c>@context</c> in the documents of a gateway, as canonical JSON.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    internal static byte[] ContextsAt(string gateway) => At(gateway).Contexts;

    /// <summary>The value of <see cref="DigestMember"/> in the documents of a gateway, as canonical JSON.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    internal static byte[] DigestAt(string gateway) => At(gateway).Digest;

    /// <summary>Tells by which gateway's address a document names the context; null if it names none.</summary>
    /// <param name="contexts">The document's contexts, as canonical JSON.</param>
    internal static string? GatewayOf(ReadOnlySpan<byte> contexts)
    {
        var reader = new Utf8JsonReader(contexts);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
        string? last = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.String) last = reader.GetString();
        if (last is null || !last.EndsWith(Path, StringComparison.Ordinal)) return null;
        string gateway = last[..^Path.Length];
        return contexts.SequenceEqual(ContextsAt(gateway)) ? gateway : null;
    }

    private static (byte[] Contexts, byte[] Digest) At(string gateway)
    {
        if (Known.TryGetValue(gateway, out var known)) return known;
        byte[] contexts = CanonicalJson.Canonicalize(new JsonArray(
            CredentialVocabulary.CredentialsContext, CredentialVocabulary.OpenBadgesContext, UrlAt(gateway)));
        byte[] digest = CanonicalJson.Canonicalize(new JsonArray(new JsonObject
        {
            ["id"] = UrlAt(gateway),
            ["digestSRI"] = Integrity,
            ["mediaType"] = MediaType,
        }));
        if (Known.Count >= MaxKnown) Known.Clear();
        return Known.GetOrAdd(gateway, (contexts, digest));
    }
}
