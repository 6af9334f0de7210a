using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>Compares what the planner says with what trying everything finds.</summary>
internal sealed class PlanComparison(PlanInput input)
{
    private readonly PlanReference _reference = new(input);

    /// <summary>Compares.</summary>
    /// <returns>What kind of case it was; a sentence that begins with <c>fault: </c> if they disagree.</returns>
    public string Compare()
    {
        var answer = Planner.Plan(input);
        var best = _reference.Plans().FirstOrDefault();
        if (answer is Plan plan) return FaultOf(plan, best) ?? $"{best!.Taken.Count} steps";
        if (answer is not NoPlan none) return "fault: nothing is decided";
        if (best is not null) return "fault: no plan where there is one of " + Told(best);
        return "no plan";
    }

    private static string Told(PlanReference.Try choice) => string.Join(
        ", ", choice.Taken.Select(one => $"{one.Achievement.Id} in {one.Offer.Term.Name}"))
        + " for " + string.Join('/', choice.Aim);

    private string? FaultOf(Plan plan, PlanReference.Try? best)
    {
        if (ChoiceOf(plan) is not { } choice) return "fault: the plan takes what cannot be taken";
        if (choice.Broken.Length > 0) return "fault: the plan breaks " + string.Join(", ", choice.Broken);
        if (!_reference.IsComplete(choice)) return "fault: the plan does not complete the pathway: " + Told(choice);
        if (!plan.IsOptimal) return "fault: the plan is not proven";
        if (best is null) return "fault: a plan where there is none";
        return choice.Aim.SequenceEqual(best.Aim) ? null : $"fault: {Told(choice)} where there is {Told(best)}";
    }

    private PlanReference.Try? ChoiceOf(Plan plan) => _reference.Judge(
        [.. plan.Steps.Select(step => new PlanReference.Taken(
            input.Pathway.Catalogue.Single(one =>
                (one.MspId, one.Id) == (step.Take.MspId, step.Take.Achievement.Id)),
            step.Offer))]);
}
