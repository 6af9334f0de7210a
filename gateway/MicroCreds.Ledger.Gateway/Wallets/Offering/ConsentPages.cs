using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// /wallet/authorization: where a wallet leads its learner, who chooses what it may fetch of what this device holds.
/// </summary>
internal static class ConsentPages
{
    private const string Own = "It is the learner's own, whom the device shows; nobody is told what learners do.";
    private const int MaxFormBytes = 64 * 1024;

    /// <summary>How long a wallet has to use what its learner allowed.</summary>
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(2);

    public static void MapConsentPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfferingAddresses.Authorization, Show).Costs(RouteCost.Dear).Unaudited(Own)
            .ExcludeFromDescription();
        routes.MapPost(OfferingAddresses.Authorization, AnswerAsync).Costs(RouteCost.Dear).Unaudited(Own)
            .TakesForm(MaxFormBytes).ExcludeFromDescription();
    }

    private static IResult Show(
        HttpContext context, WalletAuthorizations authorizations, Holdings holdings, LearnerTitles titles,
        SignIn signIn, OfferMaking offers, TimeProvider time)
    {
        string uri = context.Request.Query["request_uri"].ToString();
        string secret = uri.StartsWith(PushedRequestEndpoint.UriPrefix, StringComparison.Ordinal)
            ? uri[PushedRequestEndpoint.UriPrefix.Length..] : "";
        if (!offers.IsOpen || authorizations.Find(secret) is not { } asked || time.GetUtcNow() >= asked.ExpiresAt
            || asked.Client != context.Request.Query["client_id"].ToString())
            return LearnerPages.Gone(context);
        var visit = PageVisit.Of(context);
        var held = LearnerDevice.Of(context, signIn) is { } device
            ? holdings.List(device).Select(one => titles.List(one, visit.Text)).OfType<HeldCredential>().ToList()
            : [];
        var page = PageAnswers.Give<ConsentPage>(
            context, visit, (nameof(ConsentPage.Secret), secret), (nameof(ConsentPage.Client), Shown(asked.Client)),
            (nameof(ConsentPage.Leads), WalletRedirect.NameOf(asked.Redirect)), (nameof(ConsentPage.Holds), held),
            (nameof(ConsentPage.Several), asked.HasDetails));
        AllowLeading(context, asked);
        return page;
    }

    // Whatever a wallet calls itself must not run into what the page says: cleaned, cut, set apart in its direction.
    private static string Shown(string client) => $"\u2068{ClaimedText.Of(client) ?? "?"}\u2069";

    private static async Task<IResult> AnswerAsync(
        HttpContext context, WalletAuthorizations authorizations, Holdings holdings, SignIn signIn,
        IssuerMetadata metadata, TimeProvider time)
    {
        var form = await PageForms.ReadAsync(context);
        string secret = form["request"].ToString();
        var now = time.GetUtcNow();
        if (authorizations.Find(secret) is not { } asked || now >= asked.ExpiresAt)
            return LearnerPages.Gone(context);
        bool isAllowed = form["answer"] == "allow";
        string? device = LearnerDevice.Of(context, signIn);
        Guid[] chosen =
        [
            .. form["credential"].OfType<string>()
                .Select(id => device is null ? null : holdings.Find(device, id)?.Credential).OfType<Guid>().Distinct(),
        ];
        if (isAllowed && (chosen.Length == 0 || (chosen.Length > 1 && !asked.HasDetails)))
        {
            return PageAnswers.Lead(
                context,
                $"{OfferingAddresses.Authorization}?client_id={Uri.EscapeDataString(asked.Client)}"
                + $"&request_uri={Uri.EscapeDataString(PushedRequestEndpoint.UriPrefix + secret)}");
        }

        string code = LearnerSecret.Draw();
        if (!await authorizations.AnswerAsync(secret, code, isAllowed ? chosen : [], now + CodeLifetime))
            return LearnerPages.Gone(context);
        AllowLeading(context, asked);
        return PageAnswers.Lead(context, WalletRedirect.With(
            asked.Redirect, ("code", isAllowed ? code : null), ("error", isAllowed ? null : "access_denied"),
            ("state", asked.State), ("iss", metadata.Issuer)));
    }

    // Some browsers hold a form's policy against where its answer leads on to, too.
    private static void AllowLeading(HttpContext context, WalletAuthorization asked) =>
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.ContentSecurityPolicy = StaticPages.ContentSecurityPolicy.Replace(
                "form-action 'self'", $"form-action 'self' {WalletRedirect.PolicyOf(asked.Redirect)}",
                StringComparison.Ordinal);
            return Task.CompletedTask;
        });
}
