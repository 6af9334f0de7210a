using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>What a request for a plan may say; all faults are named at once.</summary>
internal sealed class PlanRequestRules
{
    private readonly List<FieldFault> _faults = [];

    private PlanRequestRules()
    {
    }

    /// <summary>Checks.</summary>
    /// <exception cref="ProblemException">Something is wrong.</exception>
    public static void Check(PlanRequest request)
    {
        var rules = new PlanRequestRules();
        rules.CheckWish(request.Wish);
        rules.CheckSteps("/underway", request.Underway, step => (step.First, step.Last ?? step.First));
        rules.CheckSteps("/notThen", request.NotThen, step => (step.First, step.Last ?? step.First));
        rules.CheckSteps("/before", request.Before, step => (step.First, step.Last));
        rules.CheckSteps("/without", request.Without, _ => (FirstDay, FirstDay));
        rules.Require(
            request.Alternatives is >= 0 and <= Planner.MaxAlternatives, "/alternatives",
            $"must be from 0 to {Planner.MaxAlternatives}.");
        rules.Require(
            request.Before.Where(step => step is not null).DistinctBy(step => (step.MspId, step.Achievement)).Count()
            == request.Before.Count, "/before", "names an achievement twice: a plan takes each once.");
        if (rules._faults.Count > 0) throw ProblemException.Invalid(rules._faults);
    }

    private static DateOnly FirstDay => new(Limits.MinOfferYear, 1, 1);

    private void CheckWish(WishedPlan wish)
    {
        Require(
            WishedPlan.Aims.Contains(wish.Aim, StringComparer.Ordinal), "/wish/aim",
            $"must be one of {string.Join(", ", WishedPlan.Aims)}.");
        Require(
            wish.HoursAWeek is null or (> 0 and <= PlanWish.MostHoursAWeek), "/wish/hoursAWeek",
            $"must be more than 0, and at most {PlanWish.MostHoursAWeek}.");
        Require(
            wish.HoursPerCredit is >= PlanWish.LeastHoursPerCredit and <= PlanWish.MostHoursPerCredit,
            "/wish/hoursPerCredit",
            $"must be from {PlanWish.LeastHoursPerCredit} to {PlanWish.MostHoursPerCredit}.");
        Require(
            wish.MostAbroad is null or (>= 0 and <= PathwayPlanning.MaxSteps), "/wish/mostAbroad",
            $"must be from 0 to {PathwayPlanning.MaxSteps}.");
        Require(
            wish.MostCost is null or (>= 0 and <= (decimal)Limits.MaxCost), "/wish/mostCost",
            $"must be an amount from 0 to {Limits.MaxCost}.");
        Require(
            wish.Deadline is not { } day || IsDay(day), "/wish/deadline",
            $"must be a day of the years {Limits.MinOfferYear} to {Limits.MaxOfferYear}.");
        Require(
            wish.Country is null || (wish.Country.Length == 2 && wish.Country.All(char.IsAsciiLetterUpper)),
            "/wish/country", "must be a country by ISO 3166-1 alpha-2, such as FI.");
        Require(
            wish.Languages.Count <= PathwayPlanning.MaxSteps, "/wish/languages",
            $"has {wish.Languages.Count} items: at most {PathwayPlanning.MaxSteps} are taken.");
        for (int i = 0; i < Math.Min(wish.Languages.Count, PathwayPlanning.MaxSteps); i++)
        {
            Require(
                ValueRules.Language(wish.Languages[i], "") is null, $"/wish/languages/{i}",
                "must be a language tag of BCP 47, such as en.");
        }
    }

    private void CheckSteps<T>(string place, IReadOnlyList<T> steps, Func<T, (DateOnly First, DateOnly Last)> daysOf)
        where T : class
    {
        if (steps.Count > PathwayPlanning.MaxSteps)
        {
            Require(
                false, place, $"has {steps.Count} items: at most {PathwayPlanning.MaxSteps} are taken.");
            return;
        }

        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is not { } step)
            {
                Require(false, $"{place}/{i}", "must name an achievement, and not be null.");
                continue;
            }

            var (first, last) = daysOf(step);
            Require(
                IsDay(first) && IsDay(last), $"{place}/{i}",
                $"must have days of the years {Limits.MinOfferYear} to {Limits.MaxOfferYear}.");
            Require(last >= first, $"{place}/{i}/last", "must not be before the first day.");
        }
    }

    private static bool IsDay(DateOnly day) => day.Year is >= Limits.MinOfferYear and <= Limits.MaxOfferYear;

    private void Require(bool holds, string place, string rule)
    {
        if (!holds) _faults.Add(new FieldFault(place, rule));
    }
}
