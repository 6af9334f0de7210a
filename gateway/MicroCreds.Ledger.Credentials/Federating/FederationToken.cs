using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Federating;

/// <summary>
/// The tokens of OpenID Federation 1.0, signed with an institution's key. Each names its type, so that none can be
/// taken for another, nor for a credential. Thread-safe.
/// </summary>
public static class FederationToken
{
    /// <summary>An entity configuration or a subordinate statement.</summary>
    public const string Statement = "entity-statement+jwt";

    /// <summary>A trust mark.</summary>
    public const string TrustMark = "trust-mark+jwt";

    /// <summary>What a resolver answers.</summary>
    public const string Resolved = "resolve-response+jwt";

    /// <summary>Gives the media type of a type.</summary>
    public static string MediaTypeOf(string type) => "application/" + type;

    /// <summary>Reads the entity configuration of an institution, signed with a key that the ledger has for it.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="institution">The institution.</param>
    /// <param name="entity">Its entity identifier.</param>
    /// <param name="now">The time.</param>
    /// <returns>The claims.</returns>
    /// <exception cref="FormatException">It is not that; the message says why.</exception>
    public static JsonObject ReadConfiguration(
        ReadOnlyMemory<byte> token, Institution institution, string entity, DateTimeOffset now) =>
        Read(token, Statement, institution, entity, entity, now);

    /// <summary>Reads a token that an institution signed with a key that the ledger has for it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="type">One of the types above.</param>
    /// <param name="institution">The institution.</param>
    /// <param name="issuer">Its entity identifier.</param>
    /// <param name="subject">The entity of which the token says something.</param>
    /// <param name="now">The time.</param>
    /// <returns>The claims.</returns>
    /// <exception cref="FormatException">It is not that; the message says why.</exception>
    public static JsonObject Read(
        ReadOnlyMemory<byte> token, string type, Institution institution, string issuer, string subject,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(institution);
        var faults = new FaultCollector();
        var jws = CompactJws.Read(token, type, contentType: null, faults);
        if (faults.Faults is [var fault, ..]) throw new FormatException($"{fault.Path}: {fault.Message}");
        var key = institution.FindIssuerKey(jws.Proof.KeyId);
        bool isSigned = key is { RevokedAt: null } && institution.HasDid(jws.Proof.Did)
            && Multikey.Parse(key.PublicKeyMultibase).Verify(jws.Proof.SignedBytes.Span, jws.Proof.Signature);
        if (!isSigned)
            throw new FormatException("It is not signed with a key that the ledger has for the institution.");

        using var payload = TokenPayload.Parse(jws.Payload, faults, out _);
        if (faults.Faults.Count > 0 || JsonObject.Create(payload.RootElement.Clone()) is not { } claims)
            throw new FormatException("Its payload is no JSON object.");
        if (TextIn(claims, "iss") != issuer || TextIn(claims, "sub") != subject)
            throw new FormatException("It is another entity's.");
        if (claims["exp"] is not JsonValue end || !end.TryGetValue(out long seconds)
            || seconds <= now.ToUnixTimeSeconds())
            throw new FormatException("It is not valid any more.");
        return claims;
    }

    private static string? TextIn(JsonObject claims, string name) =>
        claims[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
