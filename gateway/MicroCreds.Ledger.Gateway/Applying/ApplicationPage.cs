using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>
/// /asked/{secret}: how far an application is, for the learner who was given the link; it can be taken back there, and
/// what was awarded be taken over.
/// </summary>
public static class ApplicationPage
{
    /// <summary>Where it is, before the secret.</summary>
    public const string Address = "/asked/";

    private const int MaxFormBytes = 4 * 1024;
    private const string Own = "It is the learner's own, whom the secret shows; nobody is told what learners do.";

    public static void MapApplicationPage(this IEndpointRouteBuilder routes)
    {
        var asked = routes.MapGroup(Address + "{secret}").ExcludeFromDescription();
        asked.MapGet("", ShowAsync).Unaudited(Own);
        asked.MapPost("/withdrawal", WithdrawAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        asked.MapPost("/claim", ClaimAsync).Unaudited(Own).TakesForm(MaxFormBytes);
    }

    private static async Task<IResult> ShowAsync(
        string secret, HttpContext context, AwardApplications applications, AwardDeciding deciding,
        MailSubjects subjects, OwnClaims claims)
    {
        if (applications.Find(secret) is not { } found) return LearnerPages.Gone(context);
        var application = await deciding.SettleAsync(found);
        return PageAnswers.Give<ApplicationView>(
            context, PageVisit.Of(context), (nameof(ApplicationView.Address), Address + secret),
            (nameof(ApplicationView.Application), application),
            (nameof(ApplicationView.Award), subjects.AwardOf(application)),
            (nameof(ApplicationView.MayClaim), claims.AreOpen),
            (nameof(ApplicationView.Now), context.Request.Query["now"].ToString() == "asked" ? "asked" : null));
    }

    private static async Task<IResult> WithdrawAsync(
        string secret, HttpContext context, AwardApplications applications) =>
        await applications.WithdrawAsync(secret)
            ? LearnerPages.TakenBack(context) : PageAnswers.Lead(context, Address + secret);

    private static Task<IResult> ClaimAsync(
        string secret, HttpContext context, AwardApplications applications, OwnClaims claims) =>
        claims.LeadAsync(context, applications.Find(secret)?.Credential);
}
