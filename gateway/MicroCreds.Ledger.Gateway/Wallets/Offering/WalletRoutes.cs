using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// What wallets ask, by OpenID4VCI 1.0: its own protocol, with its own errors, which the metadata describe and not our
/// OpenAPI.
/// </summary>
internal static class WalletRoutes
{
    private const string Json = "application/json";
    private const string Jwt = "application/jwt";
    private const string Theirs =
        "A wallet asks it for its learner, by a token or a code; what it fetched is noted with the credential.";

    public static void MapWallets(this IEndpointRouteBuilder routes)
    {
        routes.MapWalletOffers();
        routes.MapGet(OfferingAddresses.IssuerMetadata + "/{**rest}", GiveMetadataAsync)
            .Costs(RouteCost.Dear).ReadableFromAnywhere().ExcludeFromDescription();
        routes.MapMetadata(OfferingAddresses.ServerMetadata, metadata => metadata.OfServer());
        routes.MapOfferPages();
        routes.MapConsentPages();
        var spoken = routes.MapGroup("").AddEndpointFilter(ProtocolFault.AnswerAsync);
        spoken.MapOffer();
        spoken.MapPost(OfferingAddresses.PushedRequests, (HttpContext context, PushedRequestEndpoint endpoint) =>
            endpoint.AnswerAsync(context)).KeepsForAnybody().IsForWallets();
        spoken.MapPost(OfferingAddresses.Token, (HttpContext context, TokenEndpoint endpoint) =>
            endpoint.AnswerAsync(context)).IsForWallets();
        spoken.MapPost(OfferingAddresses.Nonce, (OnceTokens once) =>
            TypedResults.Json(new JsonObject { ["c_nonce"] = once.MakeNonce() })).IsForWallets();
        spoken.MapPost(OfferingAddresses.Credential, (HttpContext context, CredentialEndpoint endpoint) =>
            endpoint.AnswerAsync(context)).IsForWallets();
        spoken.MapPost(OfferingAddresses.DeferredCredential, (HttpContext context, CredentialEndpoint endpoint) =>
            endpoint.AnswerDeferredAsync(context)).IsForWallets();
        spoken.MapPost(OfferingAddresses.Notification, (HttpContext context, CredentialEndpoint endpoint) =>
            endpoint.HearAsync(context)).IsForWallets();
    }

    /// <summary>Gives the issuer's metadata, signed if a wallet likes that better (OpenID4VCI 1.0, 12.2.2).</summary>
    private static async Task<IResult> GiveMetadataAsync(
        string? rest, HttpContext context, IssuerMetadata metadata, OfferMaking offers, VerifierIdentity identity,
        SignedForAll signed, TimeProvider time)
    {
        if (!offers.IsOpen || !OfferingAddresses.IsOfIssuer(rest, metadata.Issuer)) return TypedResults.NotFound();
        var described = metadata.OfIssuer();
        context.Response.Headers.Vary = "Accept";
        if (AcceptHeader.Choose(context.Request, Json, Jwt) is not (Jwt, _)) return TypedResults.Json(described);
        described["sub"] = metadata.Issuer;
        described["iss"] = metadata.Issuer;
        described["iat"] = time.GetUtcNow().ToUnixTimeSeconds();
        return TypedResults.Bytes(
            await signed.SignAsync(
                identity.Current().Key, "openidvci-issuer-metadata+jwt", described, context.RequestAborted),
            Jwt);
    }

    private static void IsForWallets(this RouteHandlerBuilder route) => route
        .Costs(RouteCost.Dear).Unaudited(Theirs).RequireCors(WalletServices.Policy).ExcludeFromDescription()
        .AddEndpointFilter(RefuseIfClosedAsync);

    private static void MapMetadata(
        this IEndpointRouteBuilder routes, string place, Func<IssuerMetadata, JsonObject> describe) =>
        routes.MapGet(place + "/{**rest}", IResult (
            string? rest, IssuerMetadata metadata, OfferMaking offers) =>
                offers.IsOpen && OfferingAddresses.IsOfIssuer(rest, metadata.Issuer)
                    ? TypedResults.Json(describe(metadata)) : TypedResults.NotFound())
            .ReadableFromAnywhere().ExcludeFromDescription();

    private static ValueTask<object?> RefuseIfClosedAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        invocation.HttpContext.RequestServices.GetRequiredService<OfferMaking>().IsOpen
            ? next(invocation)
            : throw new ProtocolFault(
                ProtocolFault.InvalidRequest, "This institution offers nothing to wallets.",
                StatusCodes.Status404NotFound);
}
