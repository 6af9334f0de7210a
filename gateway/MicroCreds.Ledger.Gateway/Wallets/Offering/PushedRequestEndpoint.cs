using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Takes what a wallet wants to ask its learner for (RFC 9126): so nothing of it travels through the browser, and what
/// is not good is refused before anybody is led here. Thread-safe.
/// </summary>
internal sealed class PushedRequestEndpoint(
    WalletAuthorizations authorizations, BoundTokens bound, ClientAttestations attestations, IssuerMetadata metadata,
    TimeProvider time)
{
    /// <summary>What request URIs begin with.</summary>
    public const string UriPrefix = "urn:ietf:params:oauth:request_uri:";

    private const int MaxTextLength = 2000;
    private const int ChallengeLength = 43;

    /// <summary>How long a learner has to answer.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var form = await ProtocolForms.ReadFormAsync(context.Request);
        string? attested = await attestations.RequireAsync(context, form);
        var proof = bound.Read(context);
        if (form.Find("dpop_jkt") is { } said && proof is not null && said != proof.Thumbprint)
            throw new ProtocolFault(ProtocolFault.InvalidBoundProof, "dpop_jkt is not the key of the header DPoP.");
        if (form.Require("response_type") != "code")
            throw new ProtocolFault(ProtocolFault.UnsupportedResponseType, "response_type must be code.");
        if (form.Find("code_challenge_method") != "S256"
            || form.Find("code_challenge") is not { Length: ChallengeLength } challenge)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidRequest,
                "code_challenge must be a SHA-256 in base64url, and code_challenge_method S256 (RFC 7636).");
        }

        string client = form.Require("client_id");
        string redirect = form.Require("redirect_uri");
        if (client.Length > TokenEndpoint.MaxClientLength || !WalletRedirect.IsGood(redirect))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidRequest,
                "redirect_uri must be https, or http on this device, or a wallet's own scheme, without a fragment.");
        }

        string? state = form.Find("state");
        if (state is { Length: > MaxTextLength })
            throw new ProtocolFault(ProtocolFault.InvalidRequest, $"state is longer than {MaxTextLength}.");
        var (forms, hasDetails) = FormsOf(form);
        string secret = LearnerSecret.Draw();
        var now = time.GetUtcNow();
        await bound.UseAsync(proof);
        bool isKept = await authorizations.AddAsync(
            new WalletAuthorization
            {
                Client = client,
                Redirect = redirect,
                State = state,
                Challenge = challenge,
                Forms = forms,
                HasDetails = hasDetails,
                KeyThumbprint = proof?.Thumbprint ?? form.Find("dpop_jkt"),
                AttestedKey = attested,
                CreatedAt = now,
                ExpiresAt = now + Lifetime,
            },
            secret);
        if (!isKept)
        {
            throw new ProtocolFault(
                ProtocolFault.Busy,
                $"{WalletAuthorizations.MaxOpen} wallets wait for their learners, which is as many as may. Try again "
                + "in some minutes.",
                StatusCodes.Status503ServiceUnavailable);
        }

        return TypedResults.Json(
            new JsonObject { ["request_uri"] = UriPrefix + secret, ["expires_in"] = (long)Lifetime.TotalSeconds },
            statusCode: StatusCodes.Status201Created);
    }

    private (IReadOnlyList<string> Forms, bool HasDetails) FormsOf(Dictionary<string, StringValues> form)
    {
        if (AuthorizationDetails.FormsOf(form, metadata) is { } wanted) return (wanted, true);
        string[] scopes = [.. (form.Find("scope") ?? "").Split(' ').Where(
            scope => metadata.Find(scope) is not null).Distinct()];
        return scopes.Length > 0
            ? (scopes, false)
            : throw new ProtocolFault(
                ProtocolFault.InvalidScope,
                "scope must hold one of "
                + $"{string.Join(", ", metadata.Configurations.Select(one => one.Id))}, or "
                + $"{AuthorizationDetails.Name} must ask for one.");
    }
}
