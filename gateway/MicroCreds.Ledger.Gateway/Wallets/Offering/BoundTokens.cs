using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials.Possessing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Tokens that are bound to a wallet's key (RFC 9449, DPoP), and the access tokens of all requests. Who steals a bound
/// token cannot use it. Thread-safe.
/// </summary>
internal sealed class BoundTokens(
    OnceTokens once, WalletGrants grants, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The algorithms of all proofs that are taken.</summary>
    public static readonly string[] Algorithms = ["ES256", "EdDSA"];

    private const string Header = "DPoP";
    private const string ProofType = "dpop+jwt";
    private const string Bearer = "Bearer ";
    private const string Bound = "DPoP ";
    private const string NewId =
        "Its jti must be a text that was not used before: make a new proof for each request.";

    /// <summary>How old a proof may be, and how far ahead of our clock.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Reads the proof that a request is made with. It is used by <see cref="UseAsync"/>, once it is known that there
    /// is something to be had by it: what anybody can make would fill the store.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="token">The access token that it comes with. Default is none.</param>
    /// <returns>The proof; null if there is none.</returns>
    /// <exception cref="ProtocolFault">There is one, and it is not good.</exception>
    public BoundProof? Read(HttpContext context, string? token = null)
    {
        var sent = context.Request.Headers[Header];
        if (sent.Count == 0) return null;
        if (sent.Count > 1) throw Refuse("There must be one header DPoP, and not several.", token);
        PossessionToken proof;
        try
        {
            proof = PossessionToken.Read(sent.ToString(), ProofType);
        }
        catch (FormatException exception)
        {
            throw Refuse($"The header DPoP is no such proof: {exception.Message}", token);
        }

        if (proof.TextOf("htm") != context.Request.Method)
            throw Refuse($"Its htm must be {context.Request.Method}, the request's method.", token);
        string expected = address.Url + context.Request.Path;
        if (proof.TextOf("htu")?.Split('?', '#')[0] != expected)
            throw Refuse($"Its htu must be {expected}, where the request is sent to.", token);
        var now = time.GetUtcNow();
        if (proof.MadeAt is not { } at || at < now - MaxAge || at > now + MaxAge)
            throw Refuse($"Its iat must be a time within {MaxAge.TotalMinutes} minutes of the server's.", token);
        if (token is not null && proof.TextOf("ath") != HashOf(token))
            throw Refuse("Its ath must be the SHA-256 of the access token, in base64url.", token);
        if (proof.TextOf("jti") is not { Length: > 0 } id) throw Refuse(NewId, token);
        return new BoundProof(proof.Thumbprint, id, at + (2 * MaxAge), token);
    }

    /// <summary>Uses a proof, once.</summary>
    /// <exception cref="ProtocolFault">It was used before.</exception>
    public async Task UseAsync(BoundProof? proof)
    {
        if (proof is not null && !await once.UseAsync($"dpop:{proof.Thumbprint}:{proof.Id}", proof.EndsAt))
            throw Refuse(NewId, proof.Token);
    }

    /// <summary>Finds what the access token of a request allows.</summary>
    /// <exception cref="ProtocolFault">There is no token, or it is not good any more, or is another's.</exception>
    public async Task<WalletGrant> RequireGrantAsync(HttpContext context)
    {
        string sent = context.Request.Headers.Authorization.ToString();
        bool isBound = sent.StartsWith(Bound, StringComparison.OrdinalIgnoreCase);
        if (!isBound && !sent.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            throw ProtocolFault.NoToken();
        string token = sent[(isBound ? Bound : Bearer).Length..].Trim();
        if (grants.FindByAccess(token) is not { } grant) throw Deny("The access token is not known, or was replaced.");
        if (time.GetUtcNow() >= grant.AccessEnds)
            throw Deny("The access token has ended: get another with the refresh token.");
        if (grant.KeyThumbprint is null)
        {
            if (options.Wallets.HighAssurance)
                throw Deny("The access token is bound to no key, as those of here are now: ask for another offer.");
            return isBound
                ? throw Deny("The access token is bound to no key: send it as Authorization: Bearer.")
                : grant;
        }

        if (!isBound) throw Deny("The access token is bound to a key: send it as Authorization: DPoP, with a proof.");
        if (Read(context, token) is not { } proof || proof.Thumbprint != grant.KeyThumbprint)
            throw Deny("The request has no proof by the key that the access token is bound to.");
        await UseAsync(proof);
        return grant;
    }

    private static string HashOf(string token) =>
        WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static ProtocolFault Deny(string description) =>
        new(ProtocolFault.InvalidToken, description, StatusCodes.Status401Unauthorized);

    private static ProtocolFault Refuse(string description, string? token) => new(
        ProtocolFault.InvalidBoundProof, description,
        token is null ? StatusCodes.Status400BadRequest : StatusCodes.Status401Unauthorized);
}

/// <summary>A good proof of a request, that may have been used before.</summary>
/// <param name="Thumbprint">The thumbprint of its key.</param>
/// <param name="Id">What its maker calls it by (<c>jti</c>).</param>
/// <param name="EndsAt">Until when it would be taken, if it were not used.</param>
/// <param name="Token">The access token that it came with.</param>
internal sealed record BoundProof(string Thumbprint, string Id, DateTimeOffset EndsAt, string? Token);
