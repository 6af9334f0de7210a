using System.Text.Json;
using MicroCreds.Ledger.Credentials.Possessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// A wallet's proofs that it has the keys that copies are to be bound to (OpenID4VCI 1.0, 8.2.1.1 and appendix F.1).
/// Thread-safe.
/// </summary>
internal sealed class KeyProofs(OnceTokens once, IssuerMetadata metadata, TimeProvider time)
{
    private const string Type = "openid4vci-proof+jwt";

    /// <summary>How far a proof may be ahead of our clock; how old it may be, its nonce says.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Reads the keys of a request's proofs, and uses their nonce.</summary>
    /// <param name="request">The request.</param>
    /// <param name="grant">What it may fetch.</param>
    /// <exception cref="ProtocolFault">A proof is missing or not good, or its nonce is not.</exception>
    public async Task<IReadOnlyList<PublicKey>> RequireAsync(JsonElement request, WalletGrant grant)
    {
        string[] tokens = TokensOf(request);
        var proofs = tokens.Select((token, number) => Read(token, number, grant)).ToArray();
        string?[] nonces = [.. proofs.Select(proof => proof.TextOf("nonce")).Distinct()];
        if (nonces is not [{ Length: > 0 } nonce])
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidProof,
                "All proofs of a request must have one and the same nonce: get it from the nonce endpoint.");
        }

        if (proofs.DistinctBy(proof => proof.Thumbprint).Count() != proofs.Length)
            throw new ProtocolFault(ProtocolFault.InvalidProof, "Each proof must be by a key of its own.");
        if (!once.IsNonce(nonce) || !await once.UseNonceAsync(nonce))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidNonce,
                "The nonce of the proofs has ended, was used, or is not ours: get another from the nonce endpoint.");
        }

        return [.. proofs.Select(proof => proof.Key)];
    }

    private PossessionToken Read(string token, int number, WalletGrant grant)
    {
        PossessionToken proof;
        try
        {
            proof = PossessionToken.Read(token, Type);
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
        return proof;
    }

    private static string[] TokensOf(JsonElement request)
    {
        if (!request.TryGetProperty("proofs", out var proofs) || proofs.ValueKind != JsonValueKind.Object
            || proofs.EnumerateObject().Count() != 1 || !proofs.TryGetProperty("jwt", out var tokens)
            || tokens.ValueKind != JsonValueKind.Array || tokens.GetArrayLength() == 0
            || tokens.EnumerateArray().Any(token => token.ValueKind != JsonValueKind.String))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidProof,
                "This credential is bound to a key: proofs must be an object with jwt alone, a list of key proofs.");
        }

        return tokens.GetArrayLength() <= IssuerMetadata.MaxCopies
            ? [.. tokens.EnumerateArray().Select(token => token.GetString()!)]
            : throw new ProtocolFault(
                ProtocolFault.InvalidCredentialRequest,
                $"At most {IssuerMetadata.MaxCopies} copies are given at once (batch_size).");
    }

    private static ProtocolFault Refuse(int number, string description) =>
        new(ProtocolFault.InvalidProof, $"Proof {number + 1}: {description}");
}
