using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/practice-rules: which simulators are believed, and what practice counts for.</summary>
internal static class RulesDesk
{
    /// <summary>Where they are.</summary>
    public const string Address = DeskAnswers.Address + "/practice-rules";

    /// <summary>Where simulators are registered.</summary>
    public const string SimulatorAddress = DeskAnswers.Address + "/simulators";

    public static void MapPracticeRules(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/practice-rules", (HttpContext context) => Show(context))
            .Unaudited("It names programs and rules, and changes nothing.")
            .RequireAuthorization(GatewayRoles.Registrar);
        desk.MapPost("/practice-rules", MakeAsync)
            .Audited("practice-rule.make", PracticeRuleResource.Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/practice-rules/{id}/end", EndAsync)
            .Audited("practice-rule.end", PracticeRuleResource.Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/simulators", RegisterAsync)
            .Audited("simulator.register", SimulatorResource.Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/simulators/{id}/withdrawal", WithdrawAsync)
            .Audited("simulator.withdraw", SimulatorResource.Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static IResult Show(
        HttpContext context, SimulatorResource.CreatedSimulator? made = null, string? fault = null,
        IFormCollection? entered = null)
    {
        var services = context.RequestServices;
        string? now = context.Request.Query["now"].LastOrDefault();
        return DeskAnswers.Page<PracticeRulesPage>(
            context, Visit.Of(context),
            (nameof(PracticeRulesPage.Simulators), services.GetRequiredService<Simulators>().List()),
            (nameof(PracticeRulesPage.Rules), services.GetRequiredService<RuleBook>().List()),
            (nameof(PracticeRulesPage.Achievements), services.GetRequiredService<OwnAchievements>().List()),
            (nameof(PracticeRulesPage.Made), made), (nameof(PracticeRulesPage.Fault), fault),
            (nameof(PracticeRulesPage.Entered), entered),
            (nameof(PracticeRulesPage.Now), now is "made" or "ended" or "withdrawn" ? now : null));
    }

    private static async Task<IResult> MakeAsync(HttpContext context, RuleBook book, TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        string must = form["must"].ToString();
        var rule = new PracticeRule
        {
            Id = form["id"].ToString().Trim(),
            Achievement = form["achievement"].ToString(),
            Simulator = form["simulator"].ToString(),
            Title = form["scenario"].ToString().Trim(),
            Description = form["description"].ToString().Trim() is { Length: > 0 } text ? text : null,
            Activities = [.. LinesOf(form["ruleActivities"].ToString()).Select(line => ActivityOf(line, must))],
            LeastScore = NumberOf(form["leastScore"].ToString()) / 100,
            LeastAttempts = (int?)NumberOf(form["leastAttempts"].ToString()),
            LeastMinutes = (int?)NumberOf(form["leastMinutes"].ToString()),
            Issue = form["issue"].ToString(),
        };
        try
        {
            await book.AddAsync(rule, time.GetUtcNow());
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.InvalidRequest
            || problem.Kind == ProblemKind.Conflict)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return Show(context, fault: problem.Message, entered: form);
        }

        return DeskAnswers.Lead(context, $"{Address}?now=made");
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, RuleBook book, TimeProvider time)
    {
        await DeskAnswers.ReadFormAsync(context);
        await book.EndAsync(id, time.GetUtcNow());
        return DeskAnswers.Lead(context, $"{Address}?now=ended");
    }

    /// <summary>The secret stands in this one answer: it is not led to another page, which could not show it.</summary>
    private static async Task<IResult> RegisterAsync(HttpContext context, Simulators simulators, TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var wanted = new SimulatorResource.NewSimulator
        {
            Id = form["simulatorId"].ToString().Trim(),
            Name = form["simulatorName"].ToString().Trim(),
            Activities = [.. LinesOf(form["activities"].ToString())],
            Launch = form["launch"].ToString().Trim() is { Length: > 0 } launch ? launch : null,
            Trial = form["trial"] == "yes",
        };
        try
        {
            return Show(context, await SimulatorResource.MakeAsync(wanted, simulators, time.GetUtcNow()));
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.InvalidRequest
            || problem.Kind == ProblemKind.Conflict)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return Show(context, fault: problem.Message, entered: form);
        }
    }

    private static async Task<IResult> WithdrawAsync(
        string id, HttpContext context, Simulators simulators, TimeProvider time)
    {
        await DeskAnswers.ReadFormAsync(context);
        if (!await simulators.WithdrawAsync(id, time.GetUtcNow()))
            throw new ProblemException(ProblemKind.NotFound, "There is no simulator of this id.");
        return DeskAnswers.Lead(context, $"{Address}?now=withdrawn");
    }

    private static string[] LinesOf(string text) => text.Split(
        '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static RuleActivity ActivityOf(string line, string must)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0
            ? new RuleActivity { Id = line, Name = line, Must = must }
            : new RuleActivity { Id = line[..space], Name = line[(space + 1)..].Trim(), Must = must };
    }

    // What is no number is out of the bounds that are named then.
    private static double? NumberOf(string text) => text.Trim().Length == 0 ? null
        : double.TryParse(text.Replace(',', '.'), CultureInfo.InvariantCulture, out double number)
            && Math.Abs(number) < 1e6 ? number : -1;
}
