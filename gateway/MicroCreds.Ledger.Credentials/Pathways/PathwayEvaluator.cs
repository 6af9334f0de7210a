using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Credentials.Pathways.Reporting;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways;

/// <summary>
/// Evaluates what a learner has against a pathway: pure, exact and bounded. Every credential counts once, and the count
/// is the one from which the end is nearest. Thread-safe.
/// </summary>
public static class PathwayEvaluator
{
    /// <summary>The most credentials of one evaluation.</summary>
    public const int MaxEarned = 1000;

    /// <summary>The most offers of one evaluation.</summary>
    public const int MaxCatalogue = 10_000;

    /// <summary>Evaluates.</summary>
    /// <exception cref="PathwayTooTangledException">The best count cannot be found within bounds.</exception>
    /// <exception cref="ArgumentException">There are more credentials or offers than one evaluation takes.</exception>
    public static PathwayEvaluation Evaluate(PathwayInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Earned.Count > MaxEarned)
            throw new ArgumentException($"At most {MaxEarned} credentials are evaluated at once.", nameof(input));
        if (input.Catalogue.Count > MaxCatalogue)
            throw new ArgumentException($"At most {MaxCatalogue} offers are looked at.", nameof(input));

        var workings = new Workings(input);
        var offers = workings.Offers();
        var windows = TimeWindow.Of(input, workings.Held);
        var effort = new Effort();
        foreach (var window in windows)
        {
            // A window that lies behind matters only if everything was earned in it.
            if (FindComplete(input, workings, offers, window, effort) is { } complete)
                return new Report(input, workings, complete).Write();
        }

        return new Report(input, workings, Find(input, workings, offers, windows[0], effort)).Write();
    }

    /// <summary>Evaluates what is said to count, and where: no search, and the same rules.</summary>
    /// <param name="input">All that the evaluation goes by.</param>
    /// <param name="counting">What counts, by what it is and what it counts as, and in which place.</param>
    /// <returns>The evaluation; null if it is not complete so.</returns>
    internal static PathwayEvaluation? EvaluateAs(
        PathwayInput input, IReadOnlyList<(Subject Subject, int Place)> counting)
    {
        var workings = new Workings(input);
        var places = counting.ToLookup(one => (one.Subject.Identity, one.Subject.Key), one => one.Place);
        foreach (var window in TimeWindow.Of(input, workings.Held))
        {
            var units = workings.UnitsOfHeld(window.Holds);
            var count = CountOf(input, workings, units, []);
            var chosen = new Chosen(count.Empty, null, -1, default);
            for (int i = 0; i < units.Count; i++)
            {
                // Of what is made of the same, another may stand for it that counts for as much there.
                var asked = units[i].Sources.Select(source => workings.Held[source].Subject)
                    .SelectMany(subject => places[(subject.Identity, subject.Key)]).ToHashSet();
                foreach (var option in units[i].Options.Where(option => asked.Contains(option.Place))
                    .OrderByDescending(option => option.Credits).Take(1))
                {
                    if (count.TryAdd(chosen.Load, option, out int[] load)) chosen = new Chosen(load, chosen, i, option);
                }
            }

            if (count.IsComplete(chosen.Load))
                return new Report(input, workings, new Outcome(window, count, units, [], chosen)).Write();
        }

        return null;
    }

    private static Outcome? FindComplete(
        PathwayInput input, Workings workings, IReadOnlyList<Offer> offers, TimeWindow window, Effort effort)
    {
        var units = workings.UnitsOfHeld(window.Holds);
        var count = CountOf(input, workings, units, offers);
        if (!Assignment.CouldComplete(count, units)) return null;
        var best = new Assignment(count, units, offers, effort).Find()[0];
        return count.IsComplete(best.Load) ? new Outcome(window, count, units, offers, best) : null;
    }

    private static Outcome Find(
        PathwayInput input, Workings workings, IReadOnlyList<Offer> offers, TimeWindow window, Effort effort)
    {
        var units = workings.UnitsOfHeld(window.Holds);
        var count = CountOf(input, workings, units, offers);
        var starts = new Assignment(count, units, offers, effort).Find();
        var classes = OfferClass.Of(offers);
        var search = new WaySearch(count, classes);
        var ways = search.Find(starts);
        var best = ways.Count > 0 ? ways[0].From : starts.MinBy(start => Distance(count, start.Load))!;
        return new Outcome(window, count, units, offers, best)
        {
            Classes = classes,
            Ways = [.. ways.Where(way => ReferenceEquals(way.From, best))],
            IsProven = search.IsProven,
        };
    }

    /// <summary>Where no way leads to the end: what is missing, by number first and then by credits.</summary>
    private static (int Count, int Credits) Distance(Count count, int[] load)
    {
        var places = Enumerable.Range(0, count.Places.Count).ToList();
        return (
            places.Sum(place => count.MissingCount(load, place)),
            places.Sum(place => count.MissingCredits(load, place)) + count.MissingCredits(load));
    }

    private static Count CountOf(
        PathwayInput input, Workings workings, IReadOnlyList<Unit> units, IReadOnlyList<Offer> offers) =>
        new(workings.Places, workings.Bounds, Hundredths.Needed(input.Pathway.Credits),
            units.Concat(offers.Select(offer => offer.Unit)));
}

/// <summary>What was found.</summary>
internal sealed record Outcome(
    TimeWindow Window, Count Count, IReadOnlyList<Unit> Units, IReadOnlyList<Offer> Offers, Chosen Best)
{
    public IReadOnlyList<OfferClass> Classes { get; init; } = [];

    public IReadOnlyList<Way> Ways { get; init; } = [];

    public bool IsProven { get; init; } = true;
}
