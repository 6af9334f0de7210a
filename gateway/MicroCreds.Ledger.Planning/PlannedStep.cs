namespace MicroCreds.Ledger.Planning;

/// <summary>A step of a former plan.</summary>
/// <param name="MspId">The institution that awards what was to be taken.</param>
/// <param name="Achievement">The achievement's identifier there.</param>
/// <param name="First">The first day of the term that it was planned for.</param>
/// <param name="Last">The last day of that term.</param>
public sealed record PlannedStep(string MspId, string Achievement, DateOnly First, DateOnly Last)
{
    /// <summary>Lists the steps of a plan.</summary>
    public static IReadOnlyList<PlannedStep> AllOf(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            .. plan.Steps.Select(step => new PlannedStep(
                step.Take.MspId, step.Take.Achievement.Id, step.Offer.Term.First, step.Offer.Term.Last)),
        ];
    }
}
