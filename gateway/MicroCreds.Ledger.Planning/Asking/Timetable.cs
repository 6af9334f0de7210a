using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Planning.Asking;

/// <summary>An achievement and an offer of it that can still be taken.</summary>
internal sealed record Run(Achievement Achievement, Offer Offer, bool IsTermAssumed, bool IsUnderway);

/// <summary>What can still be taken when, whatever is wished.</summary>
internal sealed class Timetable(PlanInput input)
{
    // Four years: what is farther off says little about when anything will be offered.
    private const int AssumedHalfYears = 8;

    private readonly DateOnly _today = DateOnly.FromDateTime(input.Pathway.AsOf.UtcDateTime);

    /// <summary>Lists it, sorted by achievement and then by day.</summary>
    public IReadOnlyList<Run> Runs()
    {
        var offers = input.Offers.ToLookup(offer => (offer.MspId, offer.Achievement));
        var underway = input.Underway.ToHashSet();
        var terms = (input.Terms.Count > 0 ? input.Terms : HalfYears()).Where(term => term.First >= _today).ToList();
        var begun = input.Underway.ToLookup(offer => (offer.MspId, offer.Achievement));
        return
        [
            .. NewestOf(input.Pathway.Catalogue).SelectMany(achievement =>
            {
                var own = offers[(achievement.MspId, achievement.Id)]
                    .Concat(begun[(achievement.MspId, achievement.Id)]).Distinct().ToList();
                return own.Count > 0
                    ? own.Where(offer => CanBeTaken(offer, underway))
                        .Select(offer => new Run(
                            achievement, Complete(achievement, offer), false, underway.Contains(offer)))
                        .OrderBy(run => run.Offer.Term.Last).ThenBy(run => run.Offer.Term.First)
                        .ThenBy(run => run.Offer.Cost ?? 0).ThenBy(run => run.Offer.ToString(), StringComparer.Ordinal)
                    : terms.Where(term => MayRun(achievement, term))
                        .OrderBy(term => term.Last).ThenBy(term => term.First).Select(term => new Run(
                            achievement,
                            Complete(achievement, new Offer
                            {
                                MspId = achievement.MspId,
                                Achievement = achievement.Id,
                                Term = term,
                            }),
                            true, false));
            }),
        ];
    }

    private static IEnumerable<Achievement> NewestOf(IEnumerable<Achievement> catalogue) => catalogue
        .Where(achievement => achievement.RetiredAt is null)
        .GroupBy(achievement => (achievement.MspId, achievement.Id))
        .Select(versions => versions.MaxBy(achievement => achievement.Version)!)
        .OrderBy(achievement => achievement.MspId, StringComparer.Ordinal)
        .ThenBy(achievement => achievement.Id, StringComparer.Ordinal);

    private bool CanBeTaken(Offer offer, HashSet<Offer> underway) => underway.Contains(offer)
        ? Moments.EndOf(offer.Term.Last) > input.Pathway.AsOf
        : offer.Term.First >= _today && offer.PlacesLeft is not <= 0
            && !input.NotThen.Contains((offer.MspId, offer.Achievement, offer.Term.First));

    private bool MayRun(Achievement achievement, Term term) =>
        !input.NotOffered.Contains((achievement.MspId, achievement.Id))
        && !input.NotThen.Contains((achievement.MspId, achievement.Id, term.First));

    private Offer Complete(Achievement achievement, Offer offer)
    {
        var mode = offer.Mode ?? achievement.Participation switch
        {
            "online" => OfferMode.Online,
            "blended" => OfferMode.Blended,
            _ => OfferMode.OnSite,
        };
        return offer with
        {
            Mode = mode,
            Language = offer.Language ?? achievement.Language,
            IsAbroad = offer.IsAbroad || (input.Abroad.Contains(offer.MspId) && mode != OfferMode.Online),
        };
    }

    private IReadOnlyList<Term> HalfYears()
    {
        var first = new DateOnly(_today.Year, 1, 1);
        while (first < _today) first = first.AddMonths(6);
        return
        [
            .. Enumerable.Range(0, AssumedHalfYears).Select(i => first.AddMonths(6 * i)).Select(start => new Term(
                $"{start.Year}/{(start.Month == 1 ? 1 : 2)}", start, start.AddMonths(6).AddDays(-1))),
        ];
    }
}
