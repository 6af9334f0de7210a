using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Seeking;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /progress/goals: a goal in one's own words, and what is offered for it. What is asked comes as a form, so that it
/// stands in no address, no history and no log; nothing of it is kept.
/// </summary>
public static class GoalPage
{
    /// <summary>Where it is.</summary>
    public const string Address = ProgressPage.Address + "/goals";

    private const int MaxBytes = 16 * 1024;

    public static void MapGoalPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context) => PageAnswers.Give<GoalView>(context, PageVisit.Of(context)))
            .ExcludeFromDescription();
        routes.MapPost(Address, FindAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, and keeps nothing of what is asked.")
            .TakesForm(MaxBytes)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> FindAsync(HttpContext context, GoalSearch search)
    {
        var form = await PageForms.ReadAsync(context);
        string goal = form["goal"].ToString().Trim();
        string? fault = GoalSearch.FaultOf(goal)?.Code;
        return PageAnswers.Give<GoalView>(
            context, PageVisit.Of(context, form["switch"].LastOrDefault() ?? form["lang"].LastOrDefault()),
            (nameof(GoalView.Goal), goal),
            (nameof(GoalView.Fault), fault),
            (nameof(GoalView.Found), fault is null ? search.Find(goal, GoalSearch.UsuallyFound) : null));
    }
}
