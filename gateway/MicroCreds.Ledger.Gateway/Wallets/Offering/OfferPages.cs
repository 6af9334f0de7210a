using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// /wallet/offers/{secret}: an offer for wallets, and its page for browsers; and how a learner gets to one from a claim
/// link or from what a device holds.
/// </summary>
internal static class OfferPages
{
    private const string Html = "text/html";
    private const string Json = "application/json";
    private const int MaxFormBytes = 16 * 1024;
    private const string Own = "It is the learner's own, whom the secret shows; nobody is told what learners do.";

    /// <summary>The offer itself, whose faults a wallet is told in its own protocol.</summary>
    public static void MapOffer(this IEndpointRouteBuilder routes) =>
        routes.MapGet(OfferingAddresses.Offers + "/{secret}", Show).Costs(RouteCost.Dear).Unaudited(Own)
            .RequireCors(WalletServices.Policy).ExcludeFromDescription();

    public static void MapOfferPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(LearnerPages.MineAddress + "/{id}/wallet-offers", OfferHeldAsync).Costs(RouteCost.Dear)
            .Unaudited(Own).TakesForm(MaxFormBytes).ExcludeFromDescription();
        routes.MapPost(MailSender.ClaimAddress + "{secret}/wallet-offers", OfferClaimedAsync).Costs(RouteCost.Dear)
            .Unaudited(Own).TakesForm(MaxFormBytes).ExcludeFromDescription();
    }

    private static IResult Show(
        string secret, HttpContext context, WalletOffers offers, OfferMaking making, LearnerTitles titles,
        TimeProvider time)
    {
        bool isPage = AcceptHeader.Choose(context.Request, Json, Html) is (Html, _);
        var offer = making.IsOpen ? offers.Find(secret) : null;
        bool isOver = offer is null || offer.UsedAt is not null || time.GetUtcNow() >= offer.ExpiresAt
            || offer.Attempts >= WalletOffers.MaxAttempts;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept";
        if (!isPage)
        {
            return isOver
                ? throw new ProtocolFault(
                    ProtocolFault.InvalidRequest, "There is no such offer, or it was taken up or has ended.",
                    StatusCodes.Status404NotFound)
                : TypedResults.Json(making.Describe(offer!, secret));
        }

        if (isOver) return LearnerPages.Gone(context);
        string link = OfferMaking.LinkOf(making.UrlOf(secret));
        return PageAnswers.Give<OfferPage>(
            context, PageVisit.Of(context), (nameof(OfferPage.Link), link),
            (nameof(OfferPage.Whole), OfferMaking.LinkWith(making.Describe(offer!, secret))),
            (nameof(OfferPage.Code), CodePicture.Of(link)), (nameof(OfferPage.AsksForCode), offer!.AsksForCode),
            (nameof(OfferPage.ExpiresAt), offer.ExpiresAt),
            (nameof(OfferPage.AchievementTitle), offer.Credential is { } id ? titles.Find(id)?.Title : null));
    }

    private static async Task<IResult> OfferHeldAsync(
        string id, HttpContext context, Holdings holdings, OfferMaking offers, SignIn signIn)
    {
        if (!offers.IsOpen || LearnerDevice.Of(context, signIn) is not { } device
            || holdings.Find(device, id) is not { } held)
            return LearnerPages.Gone(context);
        var form = await PageForms.ReadAsync(context);
        return await LeadAsync(context, held.Credential, form["form"].LastOrDefault(), held.Id, offers);
    }

    /// <summary>The device takes the credential over, too: the wallet's offer is its learner's to make again.</summary>
    private static async Task<IResult> OfferClaimedAsync(
        string secret, HttpContext context, Claims claims, OfferMaking offers, SignIn signIn,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (!offers.IsOpen || !options.Learners.Allows(LearnerChannels.Claims)) return LearnerPages.Gone(context);
        string device = LearnerDevice.Of(context, signIn) ?? LearnerSecret.Draw();
        if (await claims.TakeAsync(secret, device, time.GetUtcNow()) is not { } holding
            || claims.Find(secret) is not { } claim)
            return PageAnswers.Lead(context, MailSender.ClaimAddress + secret);
        LearnerDevice.Keep(context, signIn, device);
        return await LeadAsync(context, claim.Credential, form: null, holding, offers);
    }

    private static async Task<IResult> LeadAsync(
        HttpContext context, Guid credential, string? form, string holding, OfferMaking offers)
    {
        try
        {
            var made = await offers.MakeAsync(
                new OfferedThing(credential), form is null ? [] : [form], OfferMaking.OwnLifetime);
            return PageAnswers.Lead(context, OfferMaking.PathOf(new Uri(made.Url).Segments[^1]));
        }
        catch (ProblemException)
        {
            // Whatever it is: a learner is told on a page, and not in JSON.
            return PageAnswers.Lead(context, $"{LearnerPages.MineAddress}/{holding}?fault=wallet");
        }
    }
}
