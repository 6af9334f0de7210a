using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/award-applications: what learners ask for, and somebody has to decide.</summary>
internal static class ApplicationDesk
{
    /// <summary>Where they are.</summary>
    public const string Address = DeskAnswers.Address + "/award-applications";

    private const int ShownDecided = 50;

    private static readonly string[] Decided = [AwardApplicationState.Awarded, AwardApplicationState.Declined];

    public static void MapApplications(this IEndpointRouteBuilder desk)
    {
        const string kind = AwardApplicationResource.Kind;
        desk.MapGet("/award-applications", ListAsync)
            .Audited("award-application.list").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapGet("/award-applications/{id}", ShowAsync)
            .Costs(RouteCost.Dear)
            .Audited("award-application.read", kind).RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/award-applications/{id}/award", AwardAsync)
            .Costs(RouteCost.Dear)
            .Audited(AwardApplicationResource.AwardAction, kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/award-applications/{id}/refusal", DeclineAsync)
            .Audited("award-application.decline", kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static async Task<IResult> ListAsync(HttpContext context, AwardDeciding deciding, MailSubjects subjects)
    {
        return DeskAnswers.Page<Applications>(
            context, Visit.Of(context),
            (nameof(Applications.Open), Named(await deciding.ListAsync(
                AwardApplicationState.Open, AwardApplicationResource.MaxListed))),
            (nameof(Applications.Decided), Named(await deciding.ListAsync(Decided, ShownDecided))));

        List<AskedPanel.Asked> Named(IEnumerable<AwardApplication> found) =>
            [.. found.Select(one => new AskedPanel.Asked(one, subjects.AwardOf(one)))];
    }

    private static async Task<IResult> ShowAsync(
        string id, HttpContext context, AwardDeciding deciding, MailSubjects subjects, MailDeliveries deliveries) =>
        await PageOfAsync(id, context, deciding, subjects, deliveries, duplicate: null);

    private static async Task<IResult> PageOfAsync(
        string id, HttpContext context, AwardDeciding deciding, MailSubjects subjects, MailDeliveries deliveries,
        string? duplicate)
    {
        var application = await deciding.RequireAsync(id);
        string? now = context.Request.Query["now"].LastOrDefault();
        bool isSo = now == application.State || (now == "asked" && application.Request is not null);
        return DeskAnswers.Page<ApplicationCard>(
            context, Visit.Of(context), (nameof(ApplicationCard.Application), application),
            (nameof(ApplicationCard.Award), subjects.AwardOf(application)),
            (nameof(ApplicationCard.Examined), await deciding.ExamineAsync(application, context.RequestAborted)),
            (nameof(ApplicationCard.IsKnownAddress), deciding.KnowsAddress(application)),
            (nameof(ApplicationCard.Mails), deliveries.List(application.Id)),
            (nameof(ApplicationCard.Duplicate), duplicate),
            (nameof(ApplicationCard.Now), isSo ? now : null));
    }

    private static async Task<IResult> AwardAsync(
        string id, HttpContext context, AwardDeciding deciding, MailSubjects subjects, MailDeliveries deliveries)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        try
        {
            var decided = await deciding.AwardAsync(
                id, form["duplicates"] == "allow", Caller.Require(context.User));
            return DeskAnswers.Lead(
                context, $"{Address}/{id}?now={(decided.Request is null ? "awarded" : "asked")}");
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.PossibleDuplicate)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return await PageOfAsync(id, context, deciding, subjects, deliveries, problem.Message);
        }
    }

    private static async Task<IResult> DeclineAsync(string id, HttpContext context, AwardDeciding deciding)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        await deciding.DeclineAsync(id, form["reason"].LastOrDefault() ?? "", Caller.Require(context.User));
        return DeskAnswers.Lead(context, $"{Address}/{id}?now=declined");
    }
}
