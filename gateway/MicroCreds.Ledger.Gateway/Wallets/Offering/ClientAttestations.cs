using System.Text.Json;
using MicroCreds.Ledger.Credentials.Possessing;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Attestations that wallets bring (OAuth 2.0 Attestation-Based Client Authentication): somebody whom the operator
/// trusts says which wallet it is, and by its key the wallet shows that it is that one. Asked for only where such
/// authorities are named. Thread-safe.
/// </summary>
internal sealed class ClientAttestations(
    WalletAttesters attesters, OnceTokens once, IssuerMetadata metadata, TimeProvider time)
{
    /// <summary>OAuth's name of it.</summary>
    public const string Method = "attest_jwt_client_auth";

    private const string Header = "OAuth-Client-Attestation";
    private const string ProofHeader = "OAuth-Client-Attestation-PoP";
    private const string Type = "oauth-client-attestation+jwt";
    private const string ProofType = "oauth-client-attestation-pop+jwt";
    private const string ClientId = "client_id";

    /// <summary>How far the clocks of wallets and their attesters may be off.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Has a wallet authenticate itself, where that is asked for; <c>client_id</c> is then the one that is attested.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="form">Its form.</param>
    /// <returns>
    /// The thumbprint of the key of this instance of the wallet, which is all that tells it from the others of its
    /// provider; null if attestations are not asked for.
    /// </returns>
    /// <exception cref="ProtocolFault">It does not.</exception>
    public async Task<string?> RequireAsync(HttpContext context, Dictionary<string, StringValues> form)
    {
        if (!attesters.OfWallets.AreNamed) return null;
        var attestation = Read(context, Header, Type, attesters.OfWallets.KeyOf);
        var now = time.GetUtcNow();
        if (attestation.TimeOf("exp") is not { } end || end <= now - ClockSkew)
            throw Refuse($"{Header} has ended, or has no exp: have the wallet's provider attest it anew.");
        if (attestation.TimeOf("nbf") > now + ClockSkew) throw Refuse($"{Header} is not good yet (nbf).");
        if (attestation.TextOf("sub") is not { Length: > 0 and <= TokenEndpoint.MaxClientLength } client)
            throw Refuse($"{Header} must name the wallet as its sub.");
        if (form.Find(ClientId) is { } said && said != client)
            throw Refuse($"client_id is not the sub of {Header}.");

        var proof = Read(context, ProofHeader, ProofType, _ => KeyIn(attestation));
        if (proof.TextOf("aud") != metadata.Issuer) throw Refuse($"{ProofHeader} must have the aud {metadata.Issuer}.");
        if (proof.MadeAt is not { } at || at < now - ClockSkew || at > now + ClockSkew)
            throw Refuse($"{ProofHeader} must have the time it was made at as iat.");
        if (proof.TextOf("jti") is not { Length: > 0 } id
            || !await once.UseAsync($"attestation:{proof.Thumbprint}:{id}", at + (2 * ClockSkew)))
            throw Refuse($"{ProofHeader} must have a jti that was not used before: make one for each request.");
        form[ClientId] = client;
        return proof.Thumbprint;
    }

    private static PossessionToken Read(
        HttpContext context, string header, string type, Func<JsonElement, Model.PublicKey> keyOf)
    {
        var sent = context.Request.Headers[header];
        if (sent.Count != 1) throw Refuse($"Send {header} once: wallets have to be attested here.");
        try
        {
            return PossessionToken.Read(sent.ToString(), type, keyOf);
        }
        catch (FormatException exception)
        {
            throw Refuse($"{header}: {exception.Message}");
        }
    }

    private static Model.PublicKey KeyIn(PossessionToken attestation) =>
        attestation.Claims.TryGetProperty("cnf", out var bound) && bound.ValueKind == JsonValueKind.Object
        && bound.TryGetProperty("jwk", out var key)
            ? PossessionToken.ReadKey(key)
            : throw new FormatException("The attestation must have the wallet's key as cnf.jwk.");

    private static ProtocolFault Refuse(string description) =>
        new(ProtocolFault.InvalidClient, description, StatusCodes.Status401Unauthorized);
}
