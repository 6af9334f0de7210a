using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

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

    public const string DigestAlgorithm = "sha-256";

    /// <summary>The claim that names it.</summary>
    public const string DigestAlgorithmMember = "_sd_alg";

    private const string Status = "status";
    private const string StatusList = "status_list";
    private const string Kind = "vct";
    private const string KindIntegrity = "vct#integrity";
    private const string OtherKinds = "aka_vcts";

    /// <summary>The claims of a VC-JWT.</summary>
    public static readonly string[] OfVcJwt = ["exp", "iss", "jti", "nbf", Status, "sub"];

    /// <summary>The claims of an SD-JWT. The subject's id is the learner's to disclose, so no <c>sub</c>.</summary>
    public static readonly string[] OfSdJwt =
        [DigestAlgorithmMember, OtherKinds, "exp", "iss", "nbf", Status, Kind, KindIntegrity];

    // What a reader of tokens would go by although the credential says nothing of it.
    private static readonly string[] Registered =
    [
        DigestAlgorithmMember, OtherKinds, "aud", "exp", "iat", "iss", "jti", "nbf", Status, "sub", "vc", Kind,
        KindIntegrity,
    ];

    /// <summary>Adds the claims of a VC-JWT.</summary>
    public static CanonicalObject AddToVcJwt(CanonicalObject credential)
    {
        var claims = AddShared(credential).With("jti", credential["id"]!.Value);
        return CanonicalObject.Split(credential[SealedCredential.SubjectMember]!.Value)["id"] is { } subject
            ? claims.With("sub", subject)
            : claims;
    }

    /// <summary>Adds the claims of an SD-JWT.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="issuer">Who issues it, as its readers look for keys. Default is its issuer's DID.</param>
    public static CanonicalObject AddToSdJwt(CanonicalObject credential, string? issuer = null)
    {
        var claims = AddShared(credential).With(DigestAlgorithmMember, DigestAlgorithm);
        if (issuer is not null) claims = claims.With("iss", issuer);
        if (StatusListEntry.PlaceOf(credential) is not { } place)
            return claims.With(Kind, CredentialType.Name);

        return claims
            .With(Kind, CredentialType.UrlAt(place.Gateway))
            .With(KindIntegrity, CredentialType.IntegrityAt(place.Gateway))
            .With(OtherKinds, CanonicalJson.Canonicalize(new JsonArray(CredentialType.Name)));
    }

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

        bool isSelective = allowed.Contains(Kind);
        if (!isSelective || !NamesIssuerByUrl(payload, credential))
            Expect(payload, "iss", credential.IssuerDid, faults);
        if (allowed.Contains("jti")) Expect(payload, "jti", credential.Id, faults);
        if (allowed.Contains("sub")) Expect(payload, "sub", credential.SubjectId, faults);
        if (isSelective) CheckKind(payload, credential, faults);
        CheckStatus(payload, credential, faults);
        if (isSelective) Expect(payload, DigestAlgorithmMember, DigestAlgorithm, faults);
        Expect(payload, "nbf", credential.ValidFrom, faults);
        Expect(payload, "exp", credential.ValidUntil, faults);
    }

    private static CanonicalObject AddShared(CanonicalObject credential)
    {
        var claims = credential
            .With("iss", CanonicalObject.Split(credential["issuer"]!.Value)["id"]!.Value)
            .With("nbf", Seconds(credential["validFrom"]!.Value));
        if (StatusListEntry.PlaceOf(credential) is { } place)
            claims = claims.With(Status, CanonicalJson.Canonicalize(StatusOf(place)));
        return credential["validUntil"] is { } until ? claims.With("exp", Seconds(until)) : claims;
    }

    // The place in the list of the IETF (Token Status List) is that in the W3C's, which lies inside the leaf: where
    // readers find that a credential was suspended, since an Open Badge names the list of revocations alone.
    private static JsonObject StatusOf(StatusListEntry place) => new()
    {
        [StatusList] = new JsonObject { ["idx"] = place.Index, ["uri"] = place.TokenListUrl },
    };

    // Tokens of before name no such list.
    private static void CheckStatus(JsonElement payload, ReadCredential credential, FaultCollector faults)
    {
        if (!payload.TryGetProperty(Status, out var status)) return;
        if (credential.StatusEntry is not { } place
            || !CanonicalJson.Canonicalize(status).AsSpan().SequenceEqual(CanonicalJson.Canonicalize(StatusOf(place))))
            faults.Add("/" + Status, "It must be the place in a status list that credentialStatus has, and no other.");
    }

    // Tokens of before have the name of the kind alone; those that name its address name that, too.
    private static void CheckKind(JsonElement payload, ReadCredential credential, FaultCollector faults)
    {
        bool isAddress = credential.StatusEntry is not null && !IsText(payload, Kind, CredentialType.Name);
        string? gateway = isAddress ? credential.StatusEntry!.Gateway : null;
        Expect(payload, Kind, gateway is null ? CredentialType.Name : CredentialType.UrlAt(gateway), faults);
        Expect(payload, KindIntegrity, gateway is null ? null : CredentialType.IntegrityAt(gateway), faults);
        bool namesOthers = payload.TryGetProperty(OtherKinds, out var others);
        if (namesOthers != isAddress || (namesOthers && !(others.ValueKind == JsonValueKind.Array
            && others.GetArrayLength() == 1 && others[0].ValueKind == JsonValueKind.String
            && others[0].ValueEquals(CredentialType.Name))))
            faults.Add("/" + OtherKinds, Disagrees);
    }

    private static bool NamesIssuerByUrl(JsonElement payload, ReadCredential credential) =>
        IssuerIdentity.UrlOf(credential.IssuerDid) is { } url && IsText(payload, "iss", url);

    private static bool IsText(JsonElement payload, string name, string text) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(text);

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
