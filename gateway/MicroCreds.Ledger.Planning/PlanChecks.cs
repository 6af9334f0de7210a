using MicroCreds.Ledger.Credentials.Pathways;

namespace MicroCreds.Ledger.Planning;

/// <summary>That what is asked does not contradict itself.</summary>
internal static class PlanChecks
{
    /// <summary>The most offers of one plan.</summary>
    public const int MaxOffers = 20_000;

    private const int MaxTerms = 32;

    /// <summary>Checks.</summary>
    /// <exception cref="ArgumentException">It does; all that is wrong is named at once.</exception>
    public static void Check(PlanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        string[] faults = [.. FaultsOf(input)];
        if (faults.Length > 0) throw new ArgumentException(string.Join(' ', faults), nameof(input));
    }

    private static IEnumerable<string> FaultsOf(PlanInput input)
    {
        var wish = input.Wish;
        if (input.Pathway.Catalogue.Count > PathwayEvaluator.MaxCatalogue)
            yield return $"At most {PathwayEvaluator.MaxCatalogue} achievements are looked at.";
        if (input.Pathway.Earned.Count > PathwayEvaluator.MaxEarned)
            yield return $"At most {PathwayEvaluator.MaxEarned} credentials are looked at.";
        if (input.Offers.Count + input.Underway.Count > MaxOffers)
            yield return $"At most {MaxOffers} offers are looked at.";
        if (input.Terms.Count > MaxTerms) yield return $"At most {MaxTerms} terms are looked at.";
        foreach (var offer in input.Offers.Concat(input.Underway))
        {
            if (offer.Term.Last < offer.Term.First)
                yield return $"The offer of {offer.Achievement} of {offer.MspId} ends before it begins.";
            if (offer.Cost < 0)
                yield return $"The offer of {offer.Achievement} of {offer.MspId} costs less than nothing.";
        }

        foreach (var term in input.Terms)
            if (term.Last < term.First) yield return $"The term {term.Name} ends before it begins.";
        if (wish.HoursAWeek is { } hours && !(hours is > 0 and <= PlanWish.MostHoursAWeek))
            yield return $"The hours a week must be more than 0, and at most {PlanWish.MostHoursAWeek}.";
        if (wish.MostAbroad is < 0) yield return "The number abroad must be 0 or more.";
        if (wish.MostCost is < 0) yield return "The cost must be 0 or more.";
        if (wish.HoursPerCredit is not (>= PlanWish.LeastHoursPerCredit and <= PlanWish.MostHoursPerCredit))
            yield return "A credit stands for 25 to 30 hours.";
        if (input.MostTime <= TimeSpan.Zero) yield return "There must be time to plan in.";
        bool goesByCost = wish.MostCost is not null || wish.Aim == PlanAim.Cheapest;
        if (goesByCost && input.Currencies is { Count: > 1 } several)
        {
            yield return
                $"Offers cost {string.Join(" and ", several)}: state all of them in one currency to go by cost.";
        }
    }
}
