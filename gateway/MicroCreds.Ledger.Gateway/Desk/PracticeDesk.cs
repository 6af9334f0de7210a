using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/practice: what learners ask for after practising, and somebody has to decide.</summary>
internal static class PracticeDesk
{
    /// <summary>Where they are.</summary>
    public const string Address = DeskAnswers.Address + "/practice";

    private const int ShownDecided = 50;

    private static readonly string[] Decided = [PracticeState.Issued, PracticeState.Declined];

    public static void MapPractices(this IEndpointRouteBuilder desk)
    {
        const string kind = PracticeResource.Kind;
        desk.MapGet("/practice", ListAsync).Audited("practice.list").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapGet("/practice/{id}", ShowAsync)
            .Costs(RouteCost.Dear).Audited("practice.read", kind).RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/practice/{id}/award", AwardAsync)
            .Costs(RouteCost.Dear)
            .Audited("practice.issue", kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/practice/{id}/refusal", DeclineAsync)
            .Audited("practice.decline", kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static async Task<IResult> ListAsync(HttpContext context, PracticeDeciding deciding, RuleBook book)
    {
        return DeskAnswers.Page<Practices>(
            context, Visit.Of(context),
            (nameof(Practices.Open), Named(await deciding.ListAsync(
                PracticeState.Undecided, PracticeResource.MaxListed))),
            (nameof(Practices.Done), Named(await deciding.ListAsync(Decided, ShownDecided))));

        List<Practices.Named> Named(IEnumerable<Practice> found) =>
            [.. found.Select(one => new Practices.Named(one, book.Find(one.Rule)))];
    }

    private static async Task<IResult> ShowAsync(
        string id, HttpContext context, PracticeDeciding deciding, RuleBook book, XapiStatements statements) =>
        PageOf(await deciding.RequireAsync(id), context, deciding, book, statements, duplicate: null);

    private static IResult PageOf(
        Practice practice, HttpContext context, PracticeDeciding deciding, RuleBook book, XapiStatements statements,
        string? duplicate)
    {
        string? now = context.Request.Query["now"].LastOrDefault();
        bool isSo = now == practice.State || (now == "asked" && practice.Request is not null);
        return DeskAnswers.Page<PracticeCard>(
            context, Visit.Of(context), (nameof(PracticeCard.Practice), practice),
            (nameof(PracticeCard.Found), book.Find(practice.Rule)),
            (nameof(PracticeCard.Agrees), PracticePages.Agrees(practice, statements)),
            (nameof(PracticeCard.IsKnown), deciding.Knows(practice)), (nameof(PracticeCard.Duplicate), duplicate),
            (nameof(PracticeCard.Now), isSo ? now : null));
    }

    private static async Task<IResult> AwardAsync(
        string id, HttpContext context, PracticeDeciding deciding, RuleBook book, XapiStatements statements)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        try
        {
            var decided = await deciding.IssueAsync(
                id, form["duplicates"] == "allow", Caller.Require(context.User));
            return DeskAnswers.Lead(
                context, $"{Address}/{decided.Id}?now={(decided.Request is null ? "issued" : "asked")}");
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.PossibleDuplicate)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return PageOf(
                await deciding.RequireAsync(id), context, deciding, book, statements, problem.Message);
        }
    }

    private static async Task<IResult> DeclineAsync(string id, HttpContext context, PracticeDeciding deciding)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var declined = await deciding.DeclineAsync(
            id, form["reason"].LastOrDefault() ?? "", Caller.Require(context.User));
        return DeskAnswers.Lead(context, $"{Address}/{declined.Id}?now=declined");
    }
}
