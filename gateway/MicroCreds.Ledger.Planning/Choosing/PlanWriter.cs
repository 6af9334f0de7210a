using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning.Asking;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>Writes what was chosen as a plan, once the evaluation itself says that it completes the pathway.</summary>
internal sealed class PlanWriter(Question question)
{
    private readonly PlanInput _input = question.Input;

    /// <summary>
    /// Evaluates the pathway as if what was chosen were earned: first as it was chosen to count, which the evaluation
    /// checks by its own rules; if it is not complete so, by its own search.
    /// </summary>
    /// <exception cref="PathwayTooTangledException">Its search cannot find the best count within bounds.</exception>
    public PathwayEvaluation Evaluate(Chosen chosen)
    {
        int end = chosen.Takings.Select(taking => question.Takings[taking].End).DefaultIfEmpty(0).Max();
        var input = _input.Pathway with
        {
            AsOf = question.Moments.All[end],
            Catalogue = [],
            Earned =
            [
                .. _input.Pathway.Earned,
                .. chosen.Takings.Select(taking => new EarnedAchievement(
                    NameOf(taking), AchievementOf(taking), question.Moments.All[question.Takings[taking].End])
                {
                    // An agreement is asked as it stands now: what will stand then nobody knows.
                    AnchoredAt = _input.Pathway.AsOf,
                }),
            ],
        };
        return PathwayEvaluator.EvaluateAs(
            input, [.. chosen.Countings.Select(counting => (counting.Subject, counting.Place))])
            ?? PathwayEvaluator.Evaluate(input);
    }

    /// <summary>Writes a plan.</summary>
    public Plan Write(IReadOnlyList<int> chosen, PathwayEvaluation evaluation, bool isOptimal)
    {
        var counted = evaluation.Groups.SelectMany(group => group.Counted.Select(one => (group.Id, one)))
            .ToDictionary(item => item.one.CredentialId);
        var terms = chosen.GroupBy(taking => question.Takings[taking].Offer.Term)
            .OrderBy(term => term.Key.First).ThenBy(term => term.Key.Last)
            .ThenBy(term => term.Key.Name, StringComparer.Ordinal)
            .Select(term => new PlanTerm(
                term.Key, question.FullestWeek(chosen, term.Key) / 100.0,
                [.. term.Select(taking => Step(taking, counted.TryGetValue(NameOf(taking), out var one)
                    ? new CountsAs(one.Id, one.one.Credits, one.one.Agreement) : null))]));
        var offers = chosen.Select(taking => question.Takings[taking].Offer).ToList();
        return new Plan
        {
            Terms = [.. terms],
            FinishesOn = offers.Select(offer => offer.Term.Last)
                .DefaultIfEmpty(DateOnly.FromDateTime(_input.Pathway.AsOf.UtcDateTime)).Max(),
            Hours = chosen.Sum(taking => CandidateOf(taking).Hours) / 100.0,
            Credits = Hundredths.ToCredits(chosen.Sum(taking => Hundredths.Of(AchievementOf(taking).Credits))),
            Costs =
            [
                .. offers.Where(offer => offer.Cost > 0).GroupBy(offer => offer.Currency)
                    .OrderBy(currency => currency.Key, StringComparer.Ordinal)
                    .Select(currency => new Money(currency.Sum(offer => offer.Cost!.Value), currency.Key)),
            ],
            Abroad = offers.Count(offer => offer.IsAbroad),
            IsOptimal = isOptimal,
            Evaluation = evaluation,
        };
    }

    private Candidate CandidateOf(int taking) => question.Candidates[question.Takings[taking].Candidate];

    private Achievement AchievementOf(int taking) => CandidateOf(taking).Achievement;

    // No identifier of a credential, which is a URI, begins so.
    private string NameOf(int taking) => $" {AchievementOf(taking).MspId}/{AchievementOf(taking).Id}";

    private PlanStep Step(int index, CountsAs? counts)
    {
        var (taking, candidate) = (question.Takings[index], CandidateOf(index));
        var achievement = candidate.Achievement;
        return new PlanStep
        {
            Take = new OfferedAchievement(
                achievement.MspId, new AchievementReference(achievement.Id, achievement.Version), achievement.Name,
                achievement.Credits),
            Offer = taking.Offer,
            IsTermAssumed = taking.IsTermAssumed,
            Hours = candidate.Hours / 100.0,
            AreHoursAssumed = candidate.AreHoursAssumed,
            HoursAWeek = taking.HoursAWeek / 100.0,
            CountsAs = counts,
        };
    }
}
