using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/practice-rules: what practice counts for.</summary>
public static class PracticeRuleResource
{
    /// <summary>Where they are.</summary>
    public const string Address = "/v1/practice-rules";

    /// <summary>What the audit log calls one.</summary>
    internal const string Kind = "practice-rule";

    private static readonly PracticeRule Example = new()
    {
        Id = "safe-lab",
        Achievement = "laboratory-safety",
        Simulator = "safe-lab",
        Title = "Hazards in the laboratory",
        Description = "Find what is dangerous, judge it, and act in the right order.",
        Activities =
        [
            new RuleActivity { Id = "https://simulators.aurora.example/safe-lab", Name = "Hazards in the laboratory" },
        ],
        LeastScore = 0.8,
        LeastAttempts = 1,
        LeastMinutes = 1,
        Issue = PracticeRule.Ask,
    };

    public static void MapPracticeRules(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup(Address).WithTags("Practice").RequireAuthorization(GatewayRoles.Registrar);
        all.MapPost("", CreateAsync)
            .Audited("practice-rule.make", Kind)
            .WithSummary("Say what has to be practised for an achievement")
            .WithDescription(
                "`issue` is `ask`: somebody at the desk decides; or `byRule`: it is issued at once to whom the "
                + "institution knows by earlier credentials at the same address, with the approval that the "
                + "institution's policy asks for, and all others are put to the desk.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415);
        all.MapGet("", (RuleBook book) => TypedResults.Ok(new RuleList([.. book.List().Select(RuleAnswer.Of)])))
            .Unaudited("It changes nothing and names nobody.")
            .WithSummary("List the rules, ended ones included")
            .GivesProblems(401, 403);
        all.MapDelete("/{id}", async (string id, RuleBook book, TimeProvider time) =>
                TypedResults.Ok(RuleAnswer.Of(await book.EndAsync(id, time.GetUtcNow()))))
            .Audited("practice-rule.end", Kind)
            .WithSummary("End a rule: nobody begins to practise for it any more")
            .GivesProblems(401, 403, 404);
    }

    private static async Task<Created<RuleAnswer>> CreateAsync(HttpRequest request, RuleBook book, TimeProvider time)
    {
        var made = await book.AddAsync(await RequestBody.ReadAsync<PracticeRule>(request), time.GetUtcNow());
        return TypedResults.Created($"{Address}/{made.Rule.Id}", RuleAnswer.Of(made));
    }

    /// <summary>Rules.</summary>
    /// <param name="Items">Oldest first.</param>
    public sealed record RuleList(IReadOnlyList<RuleAnswer> Items);

    /// <summary>A rule.</summary>
    /// <param name="Rule">What it says.</param>
    /// <param name="CreatedAt">Since when.</param>
    /// <param name="EndedAt">Until when; none while it is in force.</param>
    public sealed record RuleAnswer(PracticeRule Rule, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)
    {
        internal static RuleAnswer Of(FoundRule found) => new(found.Rule, found.CreatedAt, found.EndedAt);
    }
}
