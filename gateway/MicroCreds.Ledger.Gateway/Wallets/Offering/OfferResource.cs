using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// /v1/credentials/{id}/wallet-offers and /v1/issuing-requests/{id}/wallet-offers: how a portal gets credentials into
/// its learners' wallets.
/// </summary>
public static class OfferResource
{
    private const string What =
        "For a portal or a hand-out: a wallet that is led there (`link`, best as a QR code; `url` shows a page with "
        + "both to a browser) fetches the credential, once, by OpenID4VCI 1.0. It works as long as a link to claim one "
        + "does (`LearnerClaimLifetime`). With `transactionCode` the wallet asks its learner for a code, which is told "
        + "here once: send it on another way. After five wrong codes the offer is over. ";

    public static void MapWalletOffers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credentials/{id}/wallet-offers", OfferAsync)
            .WithTags("Wallets")
            .RequireAuthorization(GatewayRoles.Issuer)
            .Audited("credential.offer", AuditedRoutes.Credential)
            .WithSummary("Offer a credential to its learner's wallet")
            .WithDescription(What)
            .TakesJson(new WantedOffer { TransactionCode = true, Forms = [CredentialConfiguration.SdJwt.Id] })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
        routes.MapPost("/v1/issuing-requests/{id}/wallet-offers", OfferRequestAsync)
            .WithTags("Wallets")
            .RequireAuthorization(GatewayRoles.Issuer)
            .Audited("issuing-request.offer", IssuingRequestResource.Kind)
            .WithSummary("Offer what waits for approval, or for its day, to its learner's wallet")
            .WithDescription(
                What + "The wallet is told to come again until the credential is issued (deferred issuance), or that "
                + "it is not issued. It must be a request for one credential.")
            .TakesJson(new WantedOffer())
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
    }

    private static async Task<Created<NewOffer>> OfferAsync(
        string id, HttpContext context, DocumentStore documents, OfferMaking offers, GatewayServiceOptions options)
    {
        var wanted = await RequestBody.ReadOrDefaultAsync<WantedOffer>(context.Request);
        var document = LearnerResource.Require(id, documents);
        return await AnswerAsync(context, new OfferedThing(document.Id), wanted, offers, options);
    }

    private static async Task<Created<NewOffer>> OfferRequestAsync(
        string id, HttpContext context, Approvals approvals, OfferMaking offers, GatewayServiceOptions options)
    {
        var wanted = await RequestBody.ReadOrDefaultAsync<WantedOffer>(context.Request);
        var request = approvals.Require(id);
        if (request.Size != 1)
        {
            throw new ProblemException(
                ProblemKind.Conflict, $"The request is for {request.Size} credentials: a wallet is offered one.");
        }

        return await AnswerAsync(
            context, new OfferedThing(Credential: null, request.Id), wanted, offers, options);
    }

    private static async Task<Created<NewOffer>> AnswerAsync(
        HttpContext context, OfferedThing of, WantedOffer wanted, OfferMaking offers, GatewayServiceOptions options)
    {
        var made = await offers.MakeAsync(
            of, wanted.Forms ?? [], options.Learners.ClaimLifetime, wanted.TransactionCode);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created(
            made.Url, new NewOffer(made.Url, made.Link, made.TransactionCode, made.Offer.ExpiresAt));
    }

    /// <summary>An offer that is wanted.</summary>
    public sealed record WantedOffer
    {
        /// <summary>Whether the wallet asks its learner for a code. Default is not.</summary>
        public bool TransactionCode { get; init; }

        /// <summary>
        /// The forms that it may be fetched in, by the names of the issuer's credential configurations. Default is
        /// <c>micro-credential-sd-jwt</c>.
        /// </summary>
        public IReadOnlyList<string>? Forms { get; init; }
    }

    /// <summary>An offer, which is told this once.</summary>
    /// <param name="Url">Where it is read; a browser is shown its page.</param>
    /// <param name="Link">What leads a wallet to it.</param>
    /// <param name="TransactionCode">What the learner is asked for, if the wallet asks.</param>
    /// <param name="ExpiresAt">Until when it works.</param>
    public sealed record NewOffer(string Url, string Link, string? TransactionCode, DateTimeOffset ExpiresAt);
}
