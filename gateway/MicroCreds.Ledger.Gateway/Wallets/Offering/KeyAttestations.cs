using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Possessing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// What somebody whom the operator trusts says of a wallet's keys: that they lie where nobody copies them, and who may
/// use them there (OpenID4VCI 1.0, appendix D). Asked for only where such authorities are named. Whether an attestation
/// was revoked (its <c>status</c>) is not looked at: it ends soon. Thread-safe.
/// </summary>
internal sealed class KeyAttestations(WalletAttesters attesters, GatewayServiceOptions options, TimeProvider time)
{
    private const string KeyStorage = "key_storage";
    private const string UserAuthentication = "user_authentication";
    private const string AttestedKeysMember = "attested_keys";

    // The second is what earlier drafts have, and libraries still write.
    private static readonly string[] Types = ["key-attestation+jwt", "keyattestation+jwt"];

    /// <summary>How far the clocks of attesters may be off.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Whether keys have to be attested.</summary>
    public bool AreAsked => attesters.OfKeys.AreNamed;

    /// <summary>What the metadata say of it (<c>key_attestations_required</c>).</summary>
    public JsonObject Requirements
    {
        get
        {
            var requirements = new JsonObject();
            if (options.Wallets.KeyStorage.Count > 0)
                requirements[KeyStorage] = TextList.Of(options.Wallets.KeyStorage);
            if (options.Wallets.UserAuthentication.Count > 0)
                requirements[UserAuthentication] = TextList.Of(options.Wallets.UserAuthentication);
            return requirements;
        }
    }

    /// <summary>
    /// Reads an attestation, and verifies that somebody trusted made it, of keys as they are asked for.
    /// </summary>
    /// <param name="token">The attestation.</param>
    /// <param name="isInProof">Whether it stands in a proof of one of its keys, and must have an end.</param>
    /// <exception cref="FormatException">It is none, or not good; the message says why.</exception>
    public AttestedKeys Read(string token, bool isInProof)
    {
        var attestation = PossessionToken.Read(token, Types, attesters.OfKeys.KeyOf);
        var now = time.GetUtcNow();
        if (attestation.MadeAt is not { } made || made > now + ClockSkew)
            throw new FormatException("It must have the time it was made at as iat.");
        var end = attestation.TimeOf("exp");
        if (end is null && (isInProof || attestation.Claims.TryGetProperty("exp", out _)))
            throw new FormatException("It must have the time at which it ends as exp.");
        if (end <= now - ClockSkew) throw new FormatException("It has ended: have the wallet's provider attest anew.");
        RequireOneOf(attestation, KeyStorage, options.Wallets.KeyStorage);
        RequireOneOf(attestation, UserAuthentication, options.Wallets.UserAuthentication);
        return new AttestedKeys(KeysOf(attestation), attestation.TextOf("nonce"));
    }

    private static IReadOnlyList<(PublicKey Key, string? Id)> KeysOf(PossessionToken attestation)
    {
        if (!attestation.Claims.TryGetProperty(AttestedKeysMember, out var keys)
            || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() is 0 or > IssuerMetadata.MaxCopies)
        {
            throw new FormatException(
                $"It must have {AttestedKeysMember}, a list of 1 to {IssuerMetadata.MaxCopies} JSON Web Keys.");
        }

        return [.. keys.EnumerateArray().Select(key => (PossessionToken.ReadKey(key), IdOf(key)))];
    }

    private static string? IdOf(JsonElement key) =>
        key.TryGetProperty("kid", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private static void RequireOneOf(PossessionToken attestation, string member, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0) return;
        bool has = attestation.Claims.TryGetProperty(member, out var said) && said.ValueKind == JsonValueKind.Array
            && said.EnumerateArray().Any(
                one => one.ValueKind == JsonValueKind.String && wanted.Contains(one.GetString()!));
        if (!has)
            throw new FormatException($"Its {member} must name one of {string.Join(", ", wanted)}, as asked for here.");
    }
}

/// <summary>Keys that somebody trusted attests.</summary>
/// <param name="All">Each with the name that the attestation gives it, if it does.</param>
/// <param name="Nonce">For which request it was made; null if it does not say.</param>
internal sealed record AttestedKeys(IReadOnlyList<(PublicKey Key, string? Id)> All, string? Nonce)
{
    /// <summary>The keys alone, each once.</summary>
    public IReadOnlyList<PublicKey> Keys => [.. All.Select(one => one.Key).DistinctBy(one => one.PublicKeyMultibase)];

    /// <summary>
    /// Finds the key that a proof's <c>kid</c> names: by the attestation's own name for it, or by its place; null if it
    /// names none that way.
    /// </summary>
    public PublicKey? Find(string kid)
    {
        foreach (var (key, id) in All)
        {
            if (id == kid) return key;
        }

        return int.TryParse(kid, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < All.Count
            ? All[place].Key : null;
    }

    /// <summary>Whether a key is one of them.</summary>
    public bool Has(PublicKey key) => All.Any(one => one.Key.PublicKeyMultibase == key.PublicKeyMultibase);
}
