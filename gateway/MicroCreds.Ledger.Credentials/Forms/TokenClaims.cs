using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// The claims that a token has beside the credential. They say again what the credential says, for readers that know
/// tokens only, and so may never say anything else.
/// </summary>
internal static class TokenClaims
{
    public const string VcJwtType = "vc+jwt";
    public const string VcJwtContentType = "vc";
    public const string SdJwtType = "dc+sd-jwt";

    /// <summary>The kind of credential that our SD-JWTs are; the value of <c>vct</c>.</summary>
    public const string CredentialKind = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#MicroCredential";

    public const string DigestAlgorithm = "sha-256";

    /// <summary>The claims of a VC-JWT.</summary>
    public static readonly string[] OfVcJwt = ["exp", "iss", "jti", "nbf", "sub"];

    /// <summary>The claims of an SD-JWT. The subject's id is the learner's to disclose, so no <c>sub</c>.</summary>
    public static readonly string[] OfSdJwt = ["_sd_alg", "exp", "iss", "nbf", "vct"];

    // What a reader of tokens would go by although the credential says nothing of it.
    private static readonly string[] Registered =
        ["_sd_alg", "aud", "exp", "iat", "iss", "jti", "nbf", "status", "sub", "vc", "vct"];

    /// <summary>Adds the claims of a VC-JWT.</summary>
    public static CanonicalObject AddToVcJwt(CanonicalObject credential)
    {
        var claims = AddShared(credential).With("jti", credential["id"]!.Value);
        return CanonicalObject.Split(credential[SealedCredential.SubjectMember]!.Value)["id"] is { } subject
            ? claims.With("sub", subject)
            : claims;
    }

    /// <summary>Adds the claims of an SD-JWT.</summary>
    public static CanonicalObject AddToSdJwt(CanonicalObject credential) =>
        AddShared(credential).With("_sd_alg", DigestAlgorithm).With("vct", CredentialKind);

    /// <summary>Notes every claim that is not the credential's own.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="allowed">The claims that this kind of token has.</param>
    /// <param name="credential">The credential inside it.</param>
    /// <param name="faults">What notes every fault.</param>
    public static void Check(
        JsonElement payload, string[] allowed, ReadCredential credential, FaultCollector faults)
    {
        foreach (string name in Registered.Except(allowed).Where(name => payload.TryGetProperty(name, out _)))
            faults.Add("/" + name, "No token of this kind has this claim.");

        Expect(payload, "iss", credential.IssuerDid, faults);
        if (allowed.Contains("jti")) Expect(payload, "jti", credential.Id, faults);
        if (allowed.Contains("sub")) Expect(payload, "sub", credential.SubjectId, faults);
        if (allowed.Contains("vct")) Expect(payload, "vct", CredentialKind, faults);
        if (allowed.Contains("_sd_alg")) Expect(payload, "_sd_alg", DigestAlgorithm, faults);
        Expect(payload, "nbf", credential.ValidFrom, faults);
        Expect(payload, "exp", credential.ValidUntil, faults);
    }

    private static CanonicalObject AddShared(CanonicalObject credential)
    {
        var claims = credential
            .With("iss", CanonicalObject.Split(credential["issuer"]!.Value)["id"]!.Value)
            .With("nbf", Seconds(credential["validFrom"]!.Value));
        return credential["validUntil"] is { } until ? claims.With("exp", Seconds(until)) : claims;
    }

    private static byte[] Seconds(ReadOnlyMemory<byte> time)
    {
        if (!CredentialTime.TryRead(JsonSerializer.Deserialize<string>(time.Span), out var read))
            throw new FormatException("A stored credential lost its times.");
        return Encoding.ASCII.GetBytes(read.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    private static void Expect(JsonElement payload, string name, string? expected, FaultCollector faults)
    {
        bool agrees = payload.TryGetProperty(name, out var claim)
            ? expected is not null && claim.ValueKind == JsonValueKind.String && claim.ValueEquals(expected)
            : expected is null;
        if (!agrees) faults.Add("/" + name, Disagrees);
    }

    private static void Expect(JsonElement payload, string name, DateTimeOffset? expected, FaultCollector faults)
    {
        bool agrees = payload.TryGetProperty(name, out var claim)
            ? claim.ValueKind == JsonValueKind.Number && claim.TryGetInt64(out long seconds)
                && seconds == expected?.ToUnixTimeSeconds()
            : expected is null;
        if (!agrees) faults.Add("/" + name, Disagrees);
    }

    private const string Disagrees = "It must say the same as the credential does.";
}
