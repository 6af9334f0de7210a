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

    /// <summary>Whether what the learner has completes the pathway, within any window.</summary>
    public bool IsComplete() => Windows().Any(window =>
        CanComplete([.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)], []));

    /// <summary>The fewest further steps and, among those, the fewest credits; none if nothing does.</summary>
    public (int Steps, double Credits)? Shortest()
    {
        var window = Windows().First();
        Thing[] held = [.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)];

        // What the learner has, and would count now by any agreement, is not taken again, not even where the same at
        // home gives more.
        _had =
        [
            .. held.SelectMany(thing => MeaningsOf(thing.Achievement)
                .Where(meaning => _pathway.Groups.Any(group => Takes(group, thing.Achievement, thing.EarnedAt, meaning)))
                .SelectMany(meaning => new[] { meaning.Key, ItselfOf(thing.Achievement) })),
        ];
        Achievement[] offers =
        [
            .. input.Catalogue.Where(achievement => !_had.Contains(ItselfOf(achievement))
                && MeaningsOf(achievement).Any(meaning => !_had.Contains(meaning.Key))),
        ];
        for (int size = 0; size <= offers.Length; size++)
        {
            double? least = null;
            foreach (var taken in Sets(offers, size))
            {
                double credits = taken.Sum(achievement => achievement.Credits);
                if (least <= credits
                    || taken.Any(one => MeaningsOf(one).All(meaning => !HasNeeds(one, meaning, taken)))) continue;
                if (CanComplete(held, taken)) least = credits;
            }

            if (least is { } found) return (size, found);
        }

        return null;
    }

    /// <summary>Whether a group takes an achievement that was earned then, by any agreement.</summary>
    public bool Takes(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt) =>
        MeaningsOf(achievement).Any(meaning => Takes(group, achievement, earnedAt, meaning));

    private bool Takes(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt, Meaning meaning) =>
        (group.Items.Any(item => IsNamed(item, achievement, meaning))
            || (group.Pool is not null && IsInPool(group.Pool, achievement)))
        && Fits(group, achievement, earnedAt, meaning);

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
        Thing[] things = [.. held, .. taken.Select(one => new Thing(one, input.AsOf) { IsTaken = true })];
        return Try(things, taken, 0, new Choice?[things.Length]);
    }

    private bool HasNeeds(Achievement achievement, Meaning meaning, Achievement[] taken) => _pathway.Prerequisites
        .Where(prerequisite => meaning.Key == $"{prerequisite.Achievement.MspId}/{prerequisite.Achievement.Id}"
            && IsNamed(prerequisite.Achievement, achievement, meaning))
        .SelectMany(prerequisite => prerequisite.Needs)
        .All(need => input.Earned.Select(earned => earned.Achievement).Concat(taken)
            .Any(other => MeaningsOf(other).Any(one => one.Counts && IsNamed(need, other, one))));

    private bool Try(Thing[] things, Achievement[] taken, int index, Choice?[] choices)
    {
        if (index == things.Length) return MeetsAll(things, choices);
        choices[index] = null;
        if (Try(things, taken, index + 1, choices)) return true;
        var thing = things[index];
        string itself = ItselfOf(thing.Achievement);
        if (Enumerable.Range(0, index).Any(i => choices[i] is not null && ItselfOf(things[i].Achievement) == itself))
            return false;
        foreach (var meaning in MeaningsOf(thing.Achievement))
        {
            if ((thing.IsTaken && _had.Contains(meaning.Key)) || !HasNeeds(thing.Achievement, meaning, taken)
                || choices.Take(index).Any(choice => choice?.Meaning.Key == meaning.Key)) continue;
            foreach (var (group, item) in PlacesOf(thing, meaning))
            {
                if (item >= 0 && choices.Take(index).Any(choice => choice is { } one
                    && one.Group == group && one.Item == item)) continue;
                choices[index] = new Choice(group, item, meaning);
                if (Try(things, taken, index + 1, choices)) return true;
            }
        }

        choices[index] = null;
        return false;
    }

    private IEnumerable<(int Group, int Item)> PlacesOf(Thing thing, Meaning meaning)
    {
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            if (!Takes(rules, thing.Achievement, thing.EarnedAt, meaning)) continue;
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

    private bool MeetsAll(Thing[] things, Choice?[] choices)
    {
        double total = 0;
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            Choice[] inside = [.. choices.OfType<Choice>().Where(choice => choice.Group == group)];
            double credits = Math.Min(
                inside.Sum(choice => choice.Meaning.Credits), rules.MaxCredits ?? double.MaxValue);
            if (rules.Rule == PathwayRule.All ? inside.Length < rules.Items.Count : inside.Length < rules.MinCount)
                return false;
            if (inside.Length > rules.MaxCount || credits < rules.MinCredits - Hair) return false;
            total += credits;
        }

        Meaning[] abroad =
        [
            .. choices.Where((choice, i) => choice is not null && things[i].Achievement.MspId != Owner)
                .Select(choice => choice!.Meaning),
        ];
        return total >= _pathway.Credits - Hair
            && !(abroad.Sum(meaning => meaning.Credits) > _pathway.MaxRecognizedCredits + Hair)
            && abroad.Where(meaning => meaning.Cap is not null).GroupBy(meaning => (meaning.Clause, meaning.Cap))
                .All(clause => clause.Sum(meaning => meaning.Credits) <= clause.Key.Cap + Hair);
    }

    private string Owner => _pathway.MspId;

    private bool Fits(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt, Meaning meaning)
    {
        if (!meaning.Counts || meaning.Key == $"{Owner}/{_pathway.Award.Id}") return false;
        if (group.MinLevel is { } least && (meaning.Level ?? 0) < least) return false;
        int?[] ages = [group.NotOlderThanMonths, _pathway.NotOlderThanMonths];
        return ages.All(age => age is null || earnedAt >= input.AsOf.AddMonths(-age.Value));
    }

    private static bool IsInPool(PathwayPool pool, Achievement achievement) =>
        (pool.Fields.Count == 0 || pool.Fields.Any(achievement.FieldOfStudy!.StartsWith))
        && (pool.MspIds.Count == 0 || pool.MspIds.Contains(achievement.MspId));

    private bool IsNamed(PathwayItem item, Achievement achievement, Meaning meaning) =>
        (item.MspId == achievement.MspId && item.Id == achievement.Id)
        || (achievement.MspId != Owner && $"{item.MspId}/{item.Id}" == meaning.Key);

    private static string ItselfOf(Achievement achievement) => $"{achievement.MspId}/{achievement.Id}";

    private Meaning[] MeaningsOf(Achievement achievement)
    {
        string itself = ItselfOf(achievement);
        if (achievement.MspId == Owner) return [new(true, itself, achievement.Credits, achievement.EqfLevel, "", null)];
        var recognized = input.RecognizedAs(achievement, input.AsOf);
        return recognized.Count == 0
            ? [new(false, itself, 0, achievement.EqfLevel, "", null)]
            :
            [
                .. recognized.Select(one => new Meaning(
                    true,
                    one.Equivalent is { } same ? $"{Owner}/{same.Id}" : itself,
                    Within(Within(one.Credits, one.MaxCreditsPerLearner), _pathway.MaxRecognizedCredits),
                    one.EqfLevel ?? achievement.EqfLevel,
                    $"{one.Agreement}/{one.Clause}",
                    one.MaxCreditsPerLearner)),
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
    private sealed record Meaning(bool Counts, string Key, double Credits, int? Level, string Clause, double? Cap);

    private sealed record Choice(int Group, int Item, Meaning Meaning);
}
