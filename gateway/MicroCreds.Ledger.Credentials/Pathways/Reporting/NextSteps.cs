using System.Globalization;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Reporting;

/// <summary>
/// Suggests what to take next: only what can be begun now and brings the learner nearer, first what serves the goal.
/// </summary>
internal sealed class NextSteps(
    PathwayInput input, Workings workings, Outcome outcome, IReadOnlyList<GroupCount> groups)
{
    private const int MaxSuggestions = 10;

    private readonly Dictionary<int, int> _classOf = outcome.Classes
        .SelectMany((one, index) => one.Offers.Select(offer => (offer, index)))
        .ToDictionary(item => item.offer, item => item.index);

    private readonly HashSet<int> _onFirstWay = outcome.Ways.Count == 0
        ? []
        : [.. outcome.Ways[0].Picks.Select(pick => pick.Class), .. outcome.Ways[0].Opening];

    // How many others count only with an offer, by its index.
    private readonly Dictionary<int, int> _opened = outcome.Offers
        .SelectMany(offer => offer.Needs.SelectMany(anyOf => anyOf).Distinct()).CountBy(need => need).ToDictionary();

    public IReadOnlyList<NextStep> Write() =>
    [
        .. Enumerable.Range(0, outcome.Offers.Count).Select(Suggest).OfType<Suggestion>()
            .OrderByDescending(one => one.Skills).ThenByDescending(one => one.FitsGoal)
            .ThenByDescending(one => one.IsOnWay).ThenByDescending(one => one.Step.CountsAs)
            .ThenBy(one => one.Step.Take.MspId, StringComparer.Ordinal)
            .ThenBy(one => one.Step.Take.Achievement.Id, StringComparer.Ordinal)
            .Take(MaxSuggestions).Select(one => one.Step),
    ];

    /// <summary>The skills of an achievement that the learner wants, by address or name.</summary>
    public static IEnumerable<Skill> SkillsOf(Achievement achievement, PathwayGoal goal) =>
        achievement.Skills.Where(skill => goal.Skills.Any(wanted =>
            wanted == skill.Url || wanted.Equals(skill.Name, StringComparison.OrdinalIgnoreCase)));

    private Suggestion? Suggest(int index)
    {
        var offer = outcome.Offers[index];
        if (offer.IsHeld || offer.Needs.Count > 0) return null;
        var load = outcome.Best.Load;
        var options = offer.Unit.Options
            .Where(option => groups[workings.Places[option.Place].Group].IsOpen
                && outcome.Count.TryAdd(load, option, out _))
            .OrderByDescending(option => !outcome.Count.IsFilled(load, option.Place))
            .ThenByDescending(option => option.Credits).ToList();
        if (options.Count == 0) return null;

        var best = options[0];
        var subject = workings.Offered[best.Source];
        var group = groups[workings.Places[best.Place].Group].Group;
        bool isOnWay = _onFirstWay.Contains(_classOf[index]);
        var reasons = new List<SuggestionReason>
        {
            new("countsTowards", $"It counts for {Text(Hundredths.ToCredits(best.Credits))} ECTS in {group.Name}."),
        };
        if (workings.Places[best.Place].Item >= 0)
            reasons.Add(new("demanded", $"{group.Name} is not complete without it."));
        if (isOnWay) reasons.Add(new("onShortestWay", "It lies on a shortest way to the end."));
        if (_opened.TryGetValue(index, out int opened))
            reasons.Add(new("opensOthers", $"It is what {opened} of the others count only with."));
        var (skills, fits) = Weigh(subject, reasons);
        return new Suggestion(
            new NextStep(WayWriter.OfferedBy(subject), group.Id, Hundredths.ToCredits(best.Credits), reasons),
            skills, fits, isOnWay);
    }

    private (int Skills, int Fits) Weigh(Subject subject, List<SuggestionReason> reasons)
    {
        int fits = 0;
        var skills = SkillsOf(subject.Achievement, input.Goal).ToList();
        foreach (var skill in skills)
            reasons.Add(new("teachesSkill", $"It teaches {skill.Name}, which you named."));
        if (input.Goal.EqfLevel is { } level && subject.Level == level)
        {
            fits++;
            reasons.Add(new("atLevel", $"It is of EQF level {level}, which you aim at."));
        }

        if (input.Goal.Credits is { } credits && subject.Achievement.Credits <= credits)
        {
            fits++;
            reasons.Add(new("withinCredits",
                $"It takes {Text(subject.Achievement.Credits)} ECTS, within the {Text(credits)} that you have."));
        }

        return (skills.Count, fits);
    }

    private static string Text(double credits) => credits.ToString("0.##", CultureInfo.InvariantCulture);

    private sealed record Suggestion(NextStep Step, int Skills, int FitsGoal, bool IsOnWay);
}
