using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>
/// Evaluates small pathways by trying everything: each credential in each place or nowhere, each set of offers from the
/// smallest up. It knows the rules and no shortcut.
/// </summary>
internal sealed class Reference(PathwayInput input)
{
    // 2.4 and 3.6 credits are 6, which their sum as doubles misses by a hair.
    private const double Hair = 1e-9;

    private readonly Pathway _pathway = input.Pathway;
    private HashSet<string> _had = [];

    /// <summary>The groups that may stay empty, whatever they ask. Default is none.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Whether what the learner has completes the pathway, within any window.</summary>
    public bool IsComplete() => Windows().Any(window =>
        CanComplete([.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)], []));

    /// <summary>The fewest further steps and, among those, the fewest credits; none if nothing does.</summary>
    public (int Steps, double Credits)? Shortest()
    {
        var window = Windows().First();
        Thing[] held = [.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)];

        _had = HadOf(held);
        Achievement[] offers =
        [
            .. input.Catalogue.Where(achievement => !_had.Contains(ItselfOf(achievement))
                && MeaningsOf(Taken(achievement)).Any(IsTakenAs)),
        ];
        for (int size = 0; size <= offers.Length; size++)
        {
            double? least = null;
            foreach (var taken in Sets(offers, size))
            {
                double credits = taken.Sum(achievement => achievement.Credits);
                if (least <= credits || taken.Any(one => CountsNever(one, taken))) continue;
                if (CanComplete(held, taken)) least = credits;
            }

            if (least is { } found) return (size, found);
        }

        return null;
    }

    /// <summary>
    /// Whether what the learner has and what is taken, earned when it says, completes the pathway, within any window.
    /// </summary>
    public bool CompletesWith(EarnedAchievement[] taken)
    {
        _had = HadOf([.. input.Earned.Where(earned => Holds(Windows().First(), earned)).Select(Thing.Of)]);
        if (taken.Any(one => _had.Contains(ItselfOf(one.Achievement)))) return false;
        Achievement[] achievements = [.. taken.Select(one => one.Achievement)];
        var starts = _pathway.WithinMonths is { } months
            ? taken.Select(one => (one.EarnedAt, one.EarnedAt.AddMonths(months))) : [];
        return Windows().Concat(starts).Any(window =>
        {
            Thing[] things =
            [
                .. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of),
                .. taken.Where(one => Holds(window, one)).Select(one => Thing.Of(one) with { IsTaken = true }),
            ];
            return Try([.. things.Select(thing => OptionsOf(thing, achievements).ToArray())], 0);
        });
    }

    /// <summary>
    /// What the learner has, and would count now by any agreement, is not taken again, not even where the same at home
    /// gives more.
    /// </summary>
    private HashSet<string> HadOf(Thing[] held) =>
    [
        .. held.SelectMany(thing => MeaningsOf(thing)
            .Where(meaning => _pathway.Groups.Any(group => Takes(group, thing, meaning)))
            .SelectMany(meaning => new[] { meaning.Key, ItselfOf(thing.Achievement) })),
    ];

    /// <summary>Whether a group takes an achievement that was earned then, by any agreement.</summary>
    public bool Takes(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt) =>
        MeaningsOf(new Thing(achievement, earnedAt)).Any(meaning => Takes(group, new(achievement, earnedAt), meaning));

    private bool Takes(PathwayGroup group, Thing thing, Meaning meaning) =>
        (group.Items.Any(item => IsNamed(item, thing.Achievement, meaning))
            || (group.Pool is not null && IsInPool(group.Pool, thing.Achievement)))
        && Fits(group, thing.EarnedAt, meaning);

    private IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> Windows()
    {
        if (_pathway.WithinMonths is not { } months) return [(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)];
        return
        [
            (input.AsOf.AddMonths(-months), input.AsOf),
            .. input.Earned.Select(earned => (earned.EarnedAt, earned.EarnedAt.AddMonths(months))),
        ];
    }

    private static bool Holds((DateTimeOffset From, DateTimeOffset Until) window, EarnedAchievement earned) =>
        earned.EarnedAt >= window.From && earned.EarnedAt <= window.Until;

    private bool CanComplete(Thing[] held, Achievement[] taken)
    {
        Thing[] things = [.. held, .. taken.Select(Taken)];
        Choice[][] options = [.. things.Select(thing => OptionsOf(thing, taken).ToArray())];
        return Try(options, 0);
    }

    /// <summary>Whether all of it, each at its best and in every group at once, would be enough.</summary>
    private bool CouldComplete(Choice[][] options)
    {
        double Most(Func<Choice, bool> isIn) => options.Sum(
            ways => ways.Where(isIn).Select(way => way.Meaning.Credits).DefaultIfEmpty(0).Max());
        if (Most(_ => true) < _pathway.Credits - Hair) return false;
        for (int i = 0; i < _pathway.Groups.Count; i++)
        {
            var (group, rules) = (i, _pathway.Groups[i]);
            if (Optional.Contains(rules.Id)) continue;
            int count = options.Count(ways => ways.Any(way => way.Group == group));
            if (count < (rules.Rule == PathwayRule.All ? rules.Items.Count : rules.MinCount)
                || Most(way => way.Group == group) < rules.MinCredits - Hair)
                return false;
        }

        return true;
    }

    /// <summary>Whether it is taken for nothing: it lacks what it counts only with, whatever it is taken as.</summary>
    private bool CountsNever(Achievement achievement, Achievement[] taken) => MeaningsOf(Taken(achievement))
        .Where(IsTakenAs).All(meaning => !HasNeeds(achievement, meaning, taken));

    private bool IsTakenAs(Meaning meaning) => !_had.Contains(meaning.Key) && meaning.Key != AwardKey;

    private bool HasNeeds(Achievement achievement, Meaning meaning, Achievement[] taken) => _pathway.Prerequisites
        .Where(prerequisite => meaning.Key == $"{prerequisite.Achievement.MspId}/{prerequisite.Achievement.Id}"
            && IsNamed(prerequisite.Achievement, achievement, meaning))
        .SelectMany(prerequisite => prerequisite.Needs)
        .All(need => input.Earned.Select(Thing.Of).Concat(taken.Select(Taken))
            .Any(other => MeaningsOf(other).Any(one => one.Counts && IsNamed(need, other.Achievement, one))));

    /// <summary>Tries the options of the rest, with what was chosen as the only ones of those before.</summary>
    private bool Try(Choice[][] options, int index)
    {
        Choice[] chosen = [.. options.Take(index).SelectMany(one => one)];
        if (!IsWithinBounds(chosen) || !CouldComplete(options)) return false;
        if (index == options.Length) return MeetsAll(chosen);
        foreach (Choice[] only in (Choice[][])[[], .. options[index].Select(option => (Choice[])[option])])
        {
            if (only is [var one] && chosen.Any(one.Excludes)) continue;
            if (Try([.. options.Take(index), only, .. options.Skip(index + 1)], index + 1)) return true;
        }

        return false;
    }

    private IEnumerable<Choice> OptionsOf(Thing thing, Achievement[] taken) => MeaningsOf(thing)
        .Where(meaning => !(thing.IsTaken && _had.Contains(meaning.Key)) && HasNeeds(thing.Achievement, meaning, taken))
        .SelectMany(meaning => PlacesOf(thing, meaning)
            .Select(place => new Choice(place.Group, place.Item, thing.Achievement, meaning)));

    private IEnumerable<(int Group, int Item)> PlacesOf(Thing thing, Meaning meaning)
    {
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            if (!Takes(rules, thing, meaning)) continue;
            if (rules.Rule != PathwayRule.All)
            {
                yield return (group, -1);
                continue;
            }

            for (int item = 0; item < rules.Items.Count; item++)
            {
                if (IsNamed(rules.Items[item], thing.Achievement, meaning)) yield return (group, item);
            }
        }
    }

    private bool MeetsAll(Choice[] chosen)
    {
        double total = 0;
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            Choice[] inside = [.. chosen.Where(choice => choice.Group == group)];
            double credits = Math.Min(
                inside.Sum(choice => choice.Meaning.Credits), rules.MaxCredits ?? double.MaxValue);
            total += credits;
            if (inside.Length > rules.MaxCount) return false;
            if (Optional.Contains(rules.Id)) continue;
            if (rules.Rule == PathwayRule.All ? inside.Length < rules.Items.Count : inside.Length < rules.MinCount)
                return false;
            if (credits < rules.MinCredits - Hair) return false;
        }

        return total >= _pathway.Credits - Hair;
    }

    private bool IsWithinBounds(Choice[] chosen)
    {
        Meaning[] abroad =
        [
            .. chosen.Where(choice => choice.Achievement.MspId != Owner).Select(choice => choice.Meaning),
        ];
        return !(abroad.Sum(meaning => meaning.Credits) > _pathway.MaxRecognizedCredits + Hair)
            && abroad.Where(meaning => meaning.Cap is not null).GroupBy(meaning => (meaning.Clause, meaning.Cap))
                .All(clause => clause.Sum(meaning => meaning.Credits) <= clause.Key.Cap + Hair);
    }

    private string Owner => _pathway.MspId;

    private string AwardKey => $"{Owner}/{_pathway.Award.Id}";

    private bool Fits(PathwayGroup group, DateTimeOffset earnedAt, Meaning meaning)
    {
        if (!meaning.Counts || meaning.Key == AwardKey) return false;
        if (group.MinLevel is { } least && (meaning.Level ?? 0) < least) return false;
        int?[] ages = [group.NotOlderThanMonths, _pathway.NotOlderThanMonths];
        return ages.All(age => age is null || earnedAt >= input.AsOf.AddMonths(-age.Value));
    }

    private static bool IsInPool(PathwayPool pool, Achievement achievement) =>
        (pool.Fields.Count == 0 || pool.Fields.Any(achievement.FieldOfStudy!.StartsWith))
        && (pool.MspIds.Count == 0 || pool.MspIds.Contains(achievement.MspId));

    private bool IsNamed(PathwayItem item, Achievement achievement, Meaning meaning) =>
        (item.MspId == achievement.MspId && item.Id == achievement.Id && Asks(item, achievement.Version))
        || (meaning.Equivalent is { } same && item.MspId == Owner && item.Id == same.Id && Asks(item, same.Version));

    private static bool Asks(PathwayItem item, int version) =>
        item.Versions is null or [] || item.Versions.Contains(version);

    private static string ItselfOf(Achievement achievement) => $"{achievement.MspId}/{achievement.Id}";

    private Thing Taken(Achievement achievement) => new(achievement, input.AsOf) { IsTaken = true };

    private Meaning[] MeaningsOf(Thing thing)
    {
        var achievement = thing.Achievement;
        var itself = new Meaning(true, ItselfOf(achievement), achievement.Credits, achievement.EqfLevel);
        if (achievement.MspId == Owner) return [itself];
        var recognized = input.RecognizedAs(achievement, thing.EarnedAt);
        return recognized.Count == 0
            ? [itself with { Counts = false, Credits = 0 }]
            :
            [
                .. recognized.Select(one => new Meaning(
                    true,
                    one.Equivalent is { } same ? $"{Owner}/{same.Id}" : itself.Key,
                    Within(Within(one.Credits, one.MaxCreditsPerLearner), _pathway.MaxRecognizedCredits),
                    one.EqfLevel ?? achievement.EqfLevel)
                {
                    Equivalent = one.Equivalent,
                    Clause = $"{one.Agreement}/{one.Clause}",
                    Cap = one.MaxCreditsPerLearner,
                }),
            ];
    }

    private static double Within(double credits, double? bound) => bound > 0 ? Math.Min(credits, bound.Value) : credits;

    private static IEnumerable<Achievement[]> Sets(Achievement[] all, int size) =>
        Enumerable.Range(0, 1 << all.Length).Where(bits => int.PopCount(bits) == size)
            .Select(bits => all.Where((_, i) => (bits >> i & 1) == 1).ToArray());

    private sealed record Thing(Achievement Achievement, DateTimeOffset EarnedAt)
    {
        public bool IsTaken { get; init; }

        public static Thing Of(EarnedAchievement earned) => new(earned.Achievement, earned.EarnedAt);
    }

    /// <summary>What an achievement counts as by one agreement.</summary>
    private sealed record Meaning(bool Counts, string Key, double Credits, int? Level)
    {
        public AchievementReference? Equivalent { get; init; }

        public string Clause { get; init; } = "";

        public double? Cap { get; init; }
    }

    private sealed record Choice(int Group, int Item, Achievement Achievement, Meaning Meaning)
    {
        public bool Excludes(Choice other) => other.Meaning.Key == Meaning.Key
            || ItselfOf(other.Achievement) == ItselfOf(Achievement)
            || (Item >= 0 && other.Group == Group && other.Item == Item);
    }
}
