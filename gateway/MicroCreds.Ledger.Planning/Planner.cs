using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Planning.Asking;
using MicroCreds.Ledger.Planning.Choosing;
using MicroCreds.Ledger.Planning.Explaining;

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
    /// <param name="input">What it goes by.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>A <see cref="Planning.Plan"/>, a <see cref="NoPlan"/>, or <see cref="Undecided"/>.</returns>
    /// <exception cref="ArgumentException">The input contradicts itself; all faults are named at once.</exception>
    /// <exception cref="PathwayTooTangledException">The evaluation cannot tell whether a plan is complete.</exception>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public static PlanAnswer Plan(PlanInput input, CancellationToken cancellationToken = default)
    {
        PlanChecks.Check(input);
        return Find(input, Aims.Of(input), null, cancellationToken);
    }

    /// <summary>
    /// Finds a plan that serves what the aim names first as well as any does, and among those differs least from a
    /// former plan: by the number of steps that are new, no longer taken, or taken at another time. What the aim names
    /// after it comes last.
    /// </summary>
    /// <param name="before">The former plan. What was earned, or failed, of it is what the input says now.</param>
    /// <param name="input">What holds now. What the learner is in the middle of is among what is underway.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <inheritdoc cref="Plan(PlanInput, CancellationToken)" path="/returns|/exception" />
    public static PlanAnswer Replan(Plan before, PlanInput input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        return Replan(PlannedStep.AllOf(before), input, cancellationToken);
    }

    /// <inheritdoc cref="Replan(Planning.Plan, PlanInput, CancellationToken)" />
    /// <param name="before">The steps of the former plan, each achievement once.</param>
    /// <param name="input">What holds now.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static PlanAnswer Replan(
        IReadOnlyList<PlannedStep> before, PlanInput input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        if (before.DistinctBy(step => (step.MspId, step.Achievement)).Count() != before.Count)
            throw new ArgumentException("A plan takes each achievement once.", nameof(before));
        PlanChecks.Check(input);
        var aim = Aims.Of(input);
        return Find(input, [aim[0], Quantity.Changes, .. aim.Skip(1)], before, cancellationToken);
    }

    /// <summary>
    /// Finds other plans, in the order of the aim: each the best of those that leave out something of the best plan,
    /// and of every alternative before it. What only adds to one of them is none.
    /// </summary>
    /// <param name="input">What the best plan was found for. Each alternative may take as long as it.</param>
    /// <param name="best">The best plan.</param>
    /// <param name="most">How many are told at most, up to <see cref="MaxAlternatives"/>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Fewer where there are no more, or time was up before one was found.</returns>
    /// <inheritdoc cref="Plan(PlanInput, CancellationToken)" path="/exception" />
    public static IReadOnlyList<Plan> Alternatives(
        PlanInput input, Plan best, int most = MaxAlternatives, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(best);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MaxAlternatives);
        PlanChecks.Check(input);
        var plans = new List<Plan>();
        if (!best.Steps.Any()) return plans;
        var question = new Question(input);
        var choice = new Choice(question);
        List<IReadOnlyList<int>> others = [choice.CandidatesOf(PlannedStep.AllOf(best))];
        while (plans.Count < most)
        {
            var search = new PlanSearch(input.MostTime, cancellationToken);
            var found = choice.Find(search, Rules.AllOf(input), Aims.Of(input), others);
            if (found.Chosen is null) break;
            plans.Add(choice.Write(found));
            others.Add(choice.CandidatesOf(PlannedStep.AllOf(plans[^1])));
        }

        return plans;
    }

    private static PlanAnswer Find(
        PlanInput input, IReadOnlyList<Quantity> quantities, IReadOnlyList<PlannedStep>? before,
        CancellationToken cancellationToken)
    {
        var search = new PlanSearch(input.MostTime, cancellationToken);
        var question = new Question(input);
        var choice = new Choice(question);
        var found = choice.Find(search, Rules.AllOf(input), quantities, [], before);
        if (found.Chosen is not null) return choice.Write(found);
        return found.IsProven ? new Diagnosis(question, choice, cancellationToken).Find() : new Undecided();
    }
}
