using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Wallets.Offering;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>What wallets ask when they present, by OpenID4VP 1.0, whose own errors they get.</summary>
internal static class PresentingRoutes
{
    private const string Theirs = "A wallet asks it for its learner; who asked is noted when the answer is read.";

    public static void MapPresenting(this IEndpointRouteBuilder routes)
    {
        routes.MapPresentationRequests();
        routes.MapPresentationPages();
        var spoken = routes.MapGroup("").AddEndpointFilter(ProtocolFault.AnswerAsync);
        spoken.MapGet(PresentingAddresses.Requests + "/{secret}", (
            string secret, HttpContext context, AnswerEndpoint endpoint) => endpoint.GiveAsync(context, secret))
            .IsForWallets();
        spoken.MapPost(PresentingAddresses.Requests + "/{secret}", (
            string secret, HttpContext context, AnswerEndpoint endpoint) => endpoint.GiveAsync(context, secret))
            .IsForWallets();
        spoken.MapPost(PresentingAddresses.Requests + "/{secret}/answer", (
            string secret, HttpContext context, AnswerEndpoint endpoint) => endpoint.TakeAsync(context, secret))
            .IsForWallets();
    }

    private static void IsForWallets(this RouteHandlerBuilder route) => route
        .Costs(RouteCost.Dear).Unaudited(Theirs).RequireCors(WalletServices.Policy).ExcludeFromDescription();
}
