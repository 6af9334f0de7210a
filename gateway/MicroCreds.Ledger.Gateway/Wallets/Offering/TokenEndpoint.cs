using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Gives wallets their tokens: for an offer's code, for what a learner allowed, and for a refresh token (OpenID4VCI
/// 1.0, 6; RFC 6749). Thread-safe.
/// </summary>
internal sealed class TokenEndpoint(
    WalletOffers offers, WalletAuthorizations authorizations, WalletGrants grants, BoundTokens bound,
    ClientAttestations attestations, IssuerMetadata metadata, GatewayServiceOptions options, TimeProvider time)
{
    public const string PreAuthorizedCode = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";

    /// <summary>How long an access token is good: as long as a learner may look at what a wallet shows.</summary>
    public static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(30);

    /// <summary>How long a refresh token is, from its last use on.</summary>
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(400);

    /// <summary>The longest name that a wallet may call itself by.</summary>
    public const int MaxClientLength = 500;

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var form = await ProtocolForms.ReadFormAsync(context.Request);
        if (form.Find("client_id") is { Length: > MaxClientLength })
            throw new ProtocolFault(ProtocolFault.InvalidClient, $"client_id is longer than {MaxClientLength}.");
        string? attested = await attestations.RequireAsync(context, form);
        var proof = bound.Read(context);
        if (proof is null && options.Wallets.HighAssurance)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidBoundProof, "Send a header DPoP (RFC 9449): tokens are bound to a key here.");
        }

        return form.Require("grant_type") switch
        {
            PreAuthorizedCode => await OfOfferAsync(form, proof, attested),
            AuthorizationCode => await OfAuthorizationAsync(form, proof, attested),
            RefreshToken => await RefreshAsync(form, proof, attested),
            _ => throw new ProtocolFault(
                ProtocolFault.UnsupportedGrantType,
                $"grant_type must be {PreAuthorizedCode}, {AuthorizationCode} or {RefreshToken}."),
        };
    }

    private async Task<IResult> OfOfferAsync(
        Dictionary<string, StringValues> form, BoundProof? proof, string? attested)
    {
        string code = form.Require("pre-authorized_code");
        string? transactionCode = form.Find("tx_code");
        if (offers.FindByCode(code) is not { } offer)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "No offer has this pre-authorized code.");
        if (offer.AsksForCode && transactionCode is null)
            throw new ProtocolFault(ProtocolFault.InvalidRequest, "tx_code is missing: ask the learner for it.");
        if (!offer.AsksForCode && transactionCode is not null)
            throw new ProtocolFault(ProtocolFault.InvalidRequest, "The offer asks for no tx_code: leave it out.");
        var wanted = AuthorizationDetails.FormsOf(form, metadata);
        var forms = AuthorizationDetails.Narrow(offer.Forms, wanted);
        await bound.UseAsync(proof);
        var grant = NewGrant(
            form.Find("client_id"), offer.Credential is { } credential ? [credential] : [], forms, proof, attested) with
        {
            Request = offer.Request,
            HasDetails = wanted is not null,
        };
        var tokens = WalletTokens.Draw(grant.Id);
        var use = await offers.UseAsync(code, transactionCode, time.GetUtcNow(), grant, tokens);
        return use == WalletOfferUse.Taken
            ? Answer(grant, tokens)
            : throw new ProtocolFault(ProtocolFault.InvalidGrant, TextOf(use));
    }

    private async Task<IResult> OfAuthorizationAsync(
        Dictionary<string, StringValues> form, BoundProof? proof, string? attested)
    {
        string code = form.Require("code");
        string client = form.Require("client_id");
        string verifier = form.Require("code_verifier");
        var now = time.GetUtcNow();

        // One that was used and comes again, however late, ends what was got by it.
        if (authorizations.FindByCode(code) is not { } allowed
            || (allowed.UsedAt is null && now >= allowed.ExpiresAt))
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The code is not known, or has ended.");

        // Of another wallet, or of none, it stays good for its own.
        if (client != allowed.Client)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The code was given to another client_id.");
        if (form.Find("redirect_uri") is { } redirect && redirect != allowed.Redirect)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The code was given to another redirect_uri.");
        byte[] challenge = Encoding.ASCII.GetBytes(
            WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(verifier))));
        if (!CryptographicOperations.FixedTimeEquals(challenge, Encoding.UTF8.GetBytes(allowed.Challenge)))
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "code_verifier is not the one of the code_challenge.");
        if (allowed.KeyThumbprint is { } expected && expected != proof?.Thumbprint)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The code is bound to another key (DPoP).");
        RequireInstance("The code", allowed.AttestedKey, attested);
        var wanted = AuthorizationDetails.FormsOf(form, metadata);
        var forms = AuthorizationDetails.Narrow(allowed.Forms, wanted);
        await bound.UseAsync(proof);
        var grant = NewGrant(allowed.Client, allowed.Credentials, forms, proof, attested) with
        {
            HasDetails = allowed.HasDetails || wanted is not null,
        };
        var tokens = WalletTokens.Draw(grant.Id);
        return await authorizations.UseAsync(code, now, grant, tokens)
            ? Answer(grant, tokens)
            : throw new ProtocolFault(
                ProtocolFault.InvalidGrant, "The code was used before: what was got by it is ended, too.");
    }

    private async Task<IResult> RefreshAsync(
        Dictionary<string, StringValues> form, BoundProof? proof, string? attested)
    {
        string token = form.Require("refresh_token");
        var now = time.GetUtcNow();
        var current = grants.FindByRefresh(token);
        var grant = current ?? grants.FindByEarlierRefresh(token);
        if (grant is null || now >= grant.RefreshEnds)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The refresh token is not known, or has ended.");
        if (form.Find("client_id") is { } client && grant.Client is { } owner && client != owner)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The refresh token was given to another client_id.");
        if (grant.KeyThumbprint is { } expected && expected != proof?.Thumbprint)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The refresh token is bound to another key (DPoP).");
        RequireInstance("The refresh token", grant.AttestedKey, attested);
        var wanted = AuthorizationDetails.FormsOf(form, metadata);
        AuthorizationDetails.Narrow(grant.Forms, wanted);
        await bound.UseAsync(proof);
        var tokens = WalletTokens.Draw(grant.Id);

        // Bound to a key it is no use to a thief, and stays: a wallet that got no answer asks again. Another is good
        // once, and if it comes again one of the two who have it is a thief (RFC 9700, 4.14.2).
        if (grant.KeyThumbprint is not null) tokens = tokens with { Refresh = token };
        if (current is not null
            && await grants.RefreshAsync(token, tokens, now + AccessLifetime, now + RefreshLifetime))
            return Answer(grant, tokens, wanted);
        if (grant.KeyThumbprint is not null)
            throw new ProtocolFault(ProtocolFault.InvalidGrant, "The refresh token is not known, or was replaced.");
        await grants.EndAsync(grant.Id);
        throw new ProtocolFault(
            ProtocolFault.InvalidGrant,
            "The refresh token was used before: what was got by it is ended, too. Ask for another offer.");
    }

    // By its name alone a wallet is any of all that its provider has attested.
    private static void RequireInstance(string what, string? given, string? attested)
    {
        if (given is not null && attested is not null && given != attested)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidGrant, $"{what} was given to another instance of the wallet (cnf).");
        }
    }

    private WalletGrant NewGrant(
        string? client, IReadOnlyList<Guid> credentials, IReadOnlyList<string> forms, BoundProof? proof,
        string? attested)
    {
        var now = time.GetUtcNow();
        return new WalletGrant
        {
            Id = Guid.NewGuid().ToString("N"),
            Client = client,
            Credentials = credentials,
            Forms = forms,
            KeyThumbprint = proof?.Thumbprint,
            AttestedKey = attested,
            AccessEnds = now + AccessLifetime,
            RefreshEnds = now + RefreshLifetime,
            CreatedAt = now,
        };
    }

    /// <summary>Gives tokens, and to whom asked so, what they are good for: each time, also after a refresh.</summary>
    private JsonHttpResult<JsonObject> Answer(
        WalletGrant grant, WalletTokens tokens, IReadOnlyList<string>? wanted = null)
    {
        var answer = new JsonObject
        {
            ["access_token"] = tokens.Access,
            ["token_type"] = grant.KeyThumbprint is null ? "Bearer" : "DPoP",
            ["expires_in"] = (long)AccessLifetime.TotalSeconds,
            ["refresh_token"] = tokens.Refresh,
        };
        if (grant.HasDetails || wanted is not null)
        {
            answer[AuthorizationDetails.Name] = AuthorizationDetails.Of(
                CredentialConfiguration.In(options.Wallets).Where(one => (wanted ?? grant.Forms).Contains(one.Id)),
                grant);
        }

        return TypedResults.Json(answer);
    }

    private static string TextOf(WalletOfferUse use) => use switch
    {
        WalletOfferUse.Used => "The code was used before: what was got by it is ended, too. Ask for another offer.",
        WalletOfferUse.Expired => "The offer has ended: ask for another.",
        WalletOfferUse.WrongCode => "tx_code is wrong.",
        WalletOfferUse.Locked => "tx_code was wrong too often: the offer has ended. Ask for another.",
        _ => "No offer has this pre-authorized code.",
    };
}
