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

    /// <summary>Whether what the learner has completes the pathway, within any window.</summary>
    public bool IsComplete() => Windows().Any(window =>
        CanComplete([.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)], []));

    /// <summary>The fewest further steps and, among those, the fewest credits; none if nothing does.</summary>
    public (int Steps, double Credits)? Shortest()
    {
        var window = Windows().First();
        Thing[] held = [.. input.Earned.Where(earned => Holds(window, earned)).Select(Thing.Of)];

        // What the learner has, and would count now, is not taken again, not even where the same at home gives more.
        var had = held.Where(thing => _pathway.Groups.Any(group => Takes(group, thing.Achievement, thing.EarnedAt)))
            .Select(thing => KeyOf(thing.Achievement)).ToHashSet();
        Achievement[] offers = [.. input.Catalogue.Where(achievement => !had.Contains(KeyOf(achievement)))];
        for (int size = 0; size <= offers.Length; size++)
        {
            double? least = null;
            foreach (var taken in Sets(offers, size))
            {
                double credits = taken.Sum(achievement => achievement.Credits);
                if (least <= credits || taken.Any(one => !HasNeeds(one, taken))) continue;
                if (CanComplete(held, taken)) least = credits;
            }

            if (least is { } found) return (size, found);
        }

        return null;
    }

    /// <summary>Whether a group takes an achievement that was earned then.</summary>
    public bool Takes(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt) =>
        group.Items.Any(item => IsNamed(item, achievement, earnedAt))
            ? Fits(group, achievement, earnedAt)
            : group.Pool is not null && IsInPool(group.Pool, achievement) && Fits(group, achievement, earnedAt);

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
        Thing[] things = [.. held, .. taken.Select(one => new Thing(one, input.AsOf))];
        Thing[] counting = [.. things.Where(thing => HasNeeds(thing.Achievement, taken))];
        return Try(counting, 0, new (int Group, int Item)?[counting.Length]);
    }

    private bool HasNeeds(Achievement achievement, Achievement[] taken) => _pathway.Prerequisites
        .Where(prerequisite =>
            KeyOf(achievement) == $"{prerequisite.Achievement.MspId}/{prerequisite.Achievement.Id}")
        .SelectMany(prerequisite => prerequisite.Needs)
        .All(need => input.Earned.Select(earned => earned.Achievement).Concat(taken)
            .Any(other => RecognitionOf(other).Counts && IsNamed(need, other, input.AsOf)));

    private bool Try(Thing[] things, int index, (int Group, int Item)?[] places)
    {
        if (index == things.Length) return MeetsAll(things, places);
        places[index] = null;
        if (Try(things, index + 1, places)) return true;
        var thing = things[index];
        string key = KeyOf(thing.Achievement);
        if (Enumerable.Range(0, index).Any(i => places[i] is not null && KeyOf(things[i].Achievement) == key))
            return false;
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            if (!Takes(rules, thing.Achievement, thing.EarnedAt)) continue;
            int slots = rules.Rule == PathwayRule.All ? rules.Items.Count : 1;
            for (int item = 0; item < slots; item++)
            {
                if (rules.Rule == PathwayRule.All
                    && (!IsNamed(rules.Items[item], thing.Achievement, thing.EarnedAt)
                        || places.Take(index).Contains((group, item)))) continue;
                places[index] = (group, item);
                if (Try(things, index + 1, places)) return true;
            }
        }

        places[index] = null;
        return false;
    }

    private bool MeetsAll(Thing[] things, (int Group, int Item)?[] places)
    {
        double total = 0;
        for (int group = 0; group < _pathway.Groups.Count; group++)
        {
            var rules = _pathway.Groups[group];
            Thing[] inside = [.. things.Where((_, i) => places[i]?.Group == group)];
            double credits = Math.Min(
                inside.Sum(thing => RecognitionOf(thing.Achievement).Credits), rules.MaxCredits ?? double.MaxValue);
            if (rules.Rule == PathwayRule.All ? inside.Length < rules.Items.Count : inside.Length < rules.MinCount)
                return false;
            if (inside.Length > rules.MaxCount || credits < rules.MinCredits - Hair) return false;
            total += credits;
        }

        Thing[] abroad = [.. things.Where((thing, i) => places[i] is not null && thing.Achievement.MspId != Owner)];
        double recognized = abroad.Sum(thing => RecognitionOf(thing.Achievement).Credits);
        double? cap = abroad.Select(thing => RecognitionOf(thing.Achievement).Cap).FirstOrDefault();
        return total >= _pathway.Credits - Hair && !(recognized > _pathway.MaxRecognizedCredits + Hair)
            && !(recognized > cap + Hair);
    }

    private string Owner => _pathway.MspId;

    private bool Fits(PathwayGroup group, Achievement achievement, DateTimeOffset earnedAt)
    {
        if (!RecognitionOf(achievement).Counts || KeyOf(achievement) == $"{Owner}/{_pathway.Award.Id}") return false;
        if (group.MinLevel is { } least && (achievement.EqfLevel ?? 0) < least) return false;
        int?[] ages = [group.NotOlderThanMonths, _pathway.NotOlderThanMonths];
        return ages.All(age => age is null || earnedAt >= input.AsOf.AddMonths(-age.Value));
    }

    private static bool IsInPool(PathwayPool pool, Achievement achievement) =>
        (pool.Fields.Count == 0 || pool.Fields.Any(achievement.FieldOfStudy!.StartsWith))
        && (pool.MspIds.Count == 0 || pool.MspIds.Contains(achievement.MspId));

    private bool IsNamed(PathwayItem item, Achievement achievement, DateTimeOffset earnedAt) =>
        (item.MspId == achievement.MspId && item.Id == achievement.Id)
        || (achievement.MspId != Owner && input.RecognizedAs(achievement, earnedAt)
            .Any(one => one.Equivalent is { } same && item.MspId == Owner && item.Id == same.Id));

    private string KeyOf(Achievement achievement) =>
        achievement.MspId != Owner && input.RecognizedAs(achievement, input.AsOf) is [{ Equivalent: { } same }]
            ? $"{Owner}/{same.Id}"
            : $"{achievement.MspId}/{achievement.Id}";

    private (bool Counts, double Credits, double? Cap) RecognitionOf(Achievement achievement)
    {
        if (achievement.MspId == Owner) return (true, achievement.Credits, null);
        return input.RecognizedAs(achievement, input.AsOf) is [var one]
            ? (true, Within(Within(one.Credits, one.MaxCreditsPerLearner), _pathway.MaxRecognizedCredits),
                one.MaxCreditsPerLearner)
            : (false, 0, null);
    }

    private static double Within(double credits, double? bound) => bound > 0 ? Math.Min(credits, bound.Value) : credits;

    private static IEnumerable<Achievement[]> Sets(Achievement[] all, int size) =>
        Enumerable.Range(0, 1 << all.Length).Where(bits => int.PopCount(bits) == size)
            .Select(bits => all.Where((_, i) => (bits >> i & 1) == 1).ToArray());

    private sealed record Thing(Achievement Achievement, DateTimeOffset EarnedAt)
    {
        public static Thing Of(EarnedAchievement earned) => new(earned.Achievement, earned.EarnedAt);
    }
}
