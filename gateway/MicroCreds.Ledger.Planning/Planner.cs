using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Planning.Asking;
using MicroCreds.Ledger.Planning.Choosing;

namespace MicroCreds.Ledger.Planning;

/// <summary>
/// Plans along a pathway: what to take when, so that the evaluation calls it complete, and nothing serves the aim
/// better. Pure but for the time that it may take: the same input gives the same answer, unless time was up before.
/// Thread-safe.
/// </summary>
public static class Planner
{
    /// <summary>The most alternatives that are told.</summary>
    public const int MaxAlternatives = 3;

    /// <summary>Finds the best plan.</summary>
    /// <exception cref="ArgumentException">The input contradicts itself; all that is wrong is named at once.</exception>
    /// <exception cref="PathwayTooTangledException">The evaluation cannot tell whether a plan is complete.</exception>
    public static PlanAnswer Plan(PlanInput input)
    {
        PlanChecks.Check(input);
        var question = new Question(input);
        var choice = new Choice(question);
        var best = choice.Find(new PlanSearch(input.MostTime), Rules.AllOf(input), Aims.Of(input), []);
        return Answer(choice, best);
    }

    private static PlanAnswer Answer(Choice choice, Confirmed found) =>
        found.Chosen is not null ? choice.Write(found)
        : found.IsProven ? new NoPlan { Mends = [], Unmet = [], IsProven = false }
        : new Undecided();
}
