using System.Text.Json;
using MicroCreds.Ledger.Credentials.Possessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// A wallet's proofs that it has the keys that copies are to be bound to, or that somebody trusted attests them
/// (OpenID4VCI 1.0, 8.2.1.1 and appendix F). Thread-safe.
/// </summary>
internal sealed class KeyProofs(
    OnceTokens once, IssuerMetadata metadata, KeyAttestations attestations, TimeProvider time)
{
    /// <summary>The proof by a token that the key signs.</summary>
    public const string Jwt = "jwt";

    /// <summary>The attestation alone.</summary>
    public const string Attestation = "attestation";

    private const string Type = "openid4vci-proof+jwt";
    private const string AttestationHeader = "key_attestation";

    /// <summary>How far a proof may be ahead of our clock; how old it may be, its nonce says.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Reads the keys of a request's proofs, and uses their nonce.</summary>
    /// <param name="request">The request.</param>
    /// <param name="grant">What it may fetch.</param>
    /// <exception cref="ProtocolFault">A proof is missing or not good, or its nonce is not.</exception>
    public async Task<IReadOnlyList<PublicKey>> RequireAsync(JsonElement request, WalletGrant grant)
    {
        var (type, tokens) = TokensOf(request);
        ProvenKeys[] proofs =
        [
            .. tokens.Select((token, number) => type == Jwt ? Read(token, number, grant) : ReadAttested(token, number)),
        ];
        string?[] nonces = [.. proofs.Select(proof => proof.Nonce).Distinct()];
        if (nonces is not [{ Length: > 0 } nonce])
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidProof,
                "All proofs of a request must have one and the same nonce: get it from the nonce endpoint.");
        }

        if (proofs.DistinctBy(proof => proof.By?.PublicKeyMultibase).Count() != proofs.Length)
            throw new ProtocolFault(ProtocolFault.InvalidProof, "Each proof must be by a key of its own.");
        PublicKey[] keys = [.. proofs.SelectMany(proof => proof.Keys).DistinctBy(key => key.PublicKeyMultibase)];
        if (keys.Length > IssuerMetadata.MaxCopies) throw TooMany();
        if (!once.IsNonce(nonce) || !await once.UseNonceAsync(nonce))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidNonce,
                "The nonce of the proofs has ended, was used, or is not ours: get another from the nonce endpoint.");
        }

        return keys;
    }

    private ProvenKeys Read(string token, int number, WalletGrant grant)
    {
        AttestedKeys? attested = null;
        PossessionToken proof;
        try
        {
            proof = PossessionToken.Read(token, Type, header =>
            {
                attested = AttestedIn(header);
                return KeyIn(header, attested);
            });
            if (attested?.Has(proof.Key) == false)
            {
                throw new FormatException(
                    $"It must be signed with one of the keys that its {AttestationHeader} attests.");
            }
        }
        catch (FormatException exception)
        {
            throw Refuse(number, exception.Message);
        }

        if (proof.TextOf("aud") != metadata.Issuer)
            throw Refuse(number, $"Its aud must be {metadata.Issuer}, the Credential Issuer's identifier.");
        var now = time.GetUtcNow();
        if (proof.MadeAt is not { } at || at > now + ClockSkew || at < now - OnceTokens.NonceLifetime - ClockSkew)
            throw Refuse(number, "Its iat must be the time at which it was made, in seconds since 1970.");
        if (proof.Claims.TryGetProperty("iss", out _) && proof.TextOf("iss") != grant.Client)
            throw Refuse(number, "Its iss must be the client_id that the token was got with, or be left out.");
        string? nonce = proof.TextOf("nonce");

        // The proof is fresh by its own nonce; an attestation that has one was made for this request, or for another.
        if (attested?.Nonce is { } other && other != nonce)
            throw Refuse(number, $"The nonce of its {AttestationHeader} must be that of the proof, or be left out.");
        return new ProvenKeys(proof.Key, nonce, attested?.Keys ?? [proof.Key]);
    }

    private ProvenKeys ReadAttested(string token, int number)
    {
        try
        {
            var attested = attestations.Read(token, isInProof: false);
            return new ProvenKeys(By: null, attested.Nonce, attested.Keys);
        }
        catch (FormatException exception)
        {
            throw Refuse(number, exception.Message);
        }
    }

    // Where nobody is named whose attestations count, what is attested says nothing, and the proof stands for itself.
    private AttestedKeys? AttestedIn(JsonElement header)
    {
        if (!attestations.AreAsked) return null;
        if (!header.TryGetProperty(AttestationHeader, out var token) || token.ValueKind != JsonValueKind.String)
        {
            throw new FormatException(
                $"Its header must have {AttestationHeader}: keys have to be attested here, as the metadata say "
                + "(key_attestations_required).");
        }

        try
        {
            return attestations.Read(token.GetString()!, isInProof: true);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{AttestationHeader}: {exception.Message}", exception);
        }
    }

    private static PublicKey KeyIn(JsonElement header, AttestedKeys? attested) =>
        attested is not null && !header.TryGetProperty("jwk", out _) && !header.TryGetProperty("x5c", out _)
        && header.TryGetProperty("kid", out var kid) && kid.ValueKind == JsonValueKind.String
        && attested.Find(kid.GetString()!) is { } key
            ? key : PossessionToken.KeyIn(header);

    private (string Type, string[] Tokens) TokensOf(JsonElement request)
    {
        string wanted = attestations.AreAsked ? $"{Jwt} or {Attestation}" : Jwt;
        if (!request.TryGetProperty("proofs", out var proofs) || proofs.ValueKind != JsonValueKind.Object
            || proofs.EnumerateObject().Count() != 1)
            throw Missing(wanted);
        var only = proofs.EnumerateObject().First();
        if (only.Name == Attestation && !attestations.AreAsked)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidProof,
                $"The proof type {Attestation} is not taken here: nobody's attestations of keys are trusted. Prove the "
                + $"key by {Jwt}.");
        }

        if (!(only.Name == Jwt || only.Name == Attestation) || only.Value.ValueKind != JsonValueKind.Array
            || only.Value.GetArrayLength() == 0
            || only.Value.EnumerateArray().Any(token => token.ValueKind != JsonValueKind.String))
            throw Missing(wanted);
        if (only.Name == Attestation && only.Value.GetArrayLength() != 1)
            throw new ProtocolFault(ProtocolFault.InvalidProof, $"{Attestation} must be a list of exactly one.");
        return only.Value.GetArrayLength() <= IssuerMetadata.MaxCopies
            ? (only.Name, [.. only.Value.EnumerateArray().Select(token => token.GetString()!)])
            : throw TooMany();
    }

    private static ProtocolFault Missing(string wanted) => new(
        ProtocolFault.InvalidProof,
        $"This credential is bound to a key: proofs must be an object with {wanted} alone, a list of key proofs.");

    private static ProtocolFault TooMany() => new(
        ProtocolFault.InvalidCredentialRequest,
        $"At most {IssuerMetadata.MaxCopies} copies are given at once (batch_size).");

    private static ProtocolFault Refuse(int number, string description) =>
        new(ProtocolFault.InvalidProof, $"Proof {number + 1}: {description}");

    /// <summary>What a proof shows.</summary>
    /// <param name="By">The key that signed it; null if none did.</param>
    /// <param name="Nonce">The nonce that it repeats.</param>
    /// <param name="Keys">The keys that copies are bound to by it.</param>
    private sealed record ProvenKeys(PublicKey? By, string? Nonce, IReadOnlyList<PublicKey> Keys);
}
