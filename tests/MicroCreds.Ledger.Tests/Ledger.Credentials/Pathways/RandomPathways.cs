using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>
/// Draws small pathways, learners and agreements, such that all that meets on large ones meets here often: agreements
/// side by side, with bounds and without, that make the same of two things or two of one; what the learner has twice,
/// had too long ago, or may count only with something else.
/// </summary>
internal static class RandomPathways
{
    private static readonly string[] Fields = ["0611", "0612", "0311", "0713"];
    private static readonly double[] Credits = [1, 2, 2.5, 3, 5];
    private static readonly double[] Ratios = [0.5, 0.8, 1, 1.2, 1.5];

    /// <summary>Draws one.</summary>
    public static PathwayInput Draw(Random random)
    {
        int abroad = random.Next(2, 5);
        Achievement[] all = [.. Enumerable.Range(0, 11).Select(i => PathwaySamples.Achievement(
            $"c{i}", Pick(random, Credits), Pick(random, Fields), random.Next(5, 8),
            random.Next(6) < abroad ? PathwaySamples.Abroad : PathwaySamples.Home))];
        random.Shuffle(all);
        int held = random.Next(0, 6);
        var near = all[..(held + 5)];
        int credits = random.Next(1, 9);
        var pathway = PathwaySamples.Pathway(
            credits,
            [.. Enumerable.Range(0, Pick(random, [1, 1, 2, 2, 3])).Select(i => Group(random, near, $"g{i}"))]);
        return new PathwayInput
        {
            Pathway = pathway with
            {
                WithinMonths = random.Next(4) == 0 ? random.Next(2, 20) : null,
                NotOlderThanMonths = random.Next(4) == 0 ? random.Next(5, 25) : null,
                MaxRecognizedCredits = random.Next(4) == 0 ? random.Next(0, 6) : null,
                Prerequisites = random.Next(2) == 0 ? Prerequisites(random, near) : [],
            },
            Earned = Earned(random, all[..held]),
            Catalogue = all[held..(held + 5)],
            RecognizedAs = Agreements(random, near, pathway),
            AsOf = PathwaySamples.Now,
        };
    }

    /// <summary>Now and then the same twice.</summary>
    private static EarnedAchievement[] Earned(Random random, Achievement[] held)
    {
        var earned = held.Select(achievement => PathwaySamples.Earned(achievement, random.Next(0, 30))).ToList();
        if (held.Length is > 0 and < 4 && random.Next(4) == 0)
            earned.Add(PathwaySamples.Earned(Pick(random, held), random.Next(30, 40) - (random.Next(2) * 30)));
        return [.. earned.DistinctBy(one => one.CredentialId)];
    }

    /// <summary>None to three; what stands for something by one, often stands for another by the next.</summary>
    private static RecognizedAs Agreements(Random random, Achievement[] near, Pathway pathway)
    {
        string[] demanded = [.. pathway.Groups.SelectMany(group => group.Items).Select(item => item.Id)];
        string[] forked = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => Pick(random, near).Id)];
        RecognizedAs[] all =
        [
            .. Enumerable.Range(0, Pick(random, [0, 1, 1, 2, 2, 2, 3, 3])).Select(i => Agreement(
                random, $"agreement-{i}",
                [.. forked.Where(_ => random.Next(3) > 0).Select(id => (id, random.Next(12) switch
                {
                    0 => pathway.Award.Id,
                    < 6 => Pick(random, demanded),
                    _ => Pick(random, near).Id,
                }))],
                random.Next(5) == 0 ? [.. near.Where(_ => random.Next(2) == 0).Select(one => one.Id)] : null)),
        ];
        return PathwaySamples.Both(all);
    }

    private static RecognizedAs Agreement(
        Random random, string name, (string Abroad, string Home)[] equivalents, string[]? only)
    {
        double ratio = Pick(random, Ratios);
        double? cap = random.Next(3) == 0 ? random.Next(1, 6) : null;
        int version = random.Next(5) == 0 ? 2 : 1;
        int? level = random.Next(6) == 0 ? random.Next(5, 8) : null;
        var from = random.Next(5) == 0 ? PathwaySamples.Now.AddMonths(-random.Next(1, 20)) : DateTimeOffset.MinValue;
        var agreement = PathwaySamples.Agreement(name, ratio, cap, equivalents);
        return (achievement, at) => at < from || (only is not null && !only.Contains(achievement.Id)) ? [] :
        [
            .. agreement(achievement, at).Select(one => one with
            {
                EqfLevel = level,
                Equivalent = one.Equivalent is { } same ? same with { Version = version } : null,
            }),
        ];
    }

    private static PathwayGroup Group(Random random, Achievement[] near, string id)
    {
        PathwayItem[] items =
        [
            .. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(random, near))
                .DistinctBy(one => (one.MspId, one.Id)).Select(one => Item(random, one)),
        ];
        var group = new PathwayGroup
        {
            Id = id,
            Name = id,
            Rule = PathwayRule.All,
            Items = items,
            MinLevel = random.Next(6) == 0 ? 6 : null,
            NotOlderThanMonths = random.Next(6) == 0 ? random.Next(3, 20) : null,
        };
        if (random.Next(3) == 0) return group;
        return group with
        {
            Rule = PathwayRule.Choice,
            Pool = random.Next(3) == 0
                ? null
                : new PathwayPool { Fields = random.Next(4) == 0 ? [] : [Pick(random, [.. Fields, "06", "06"])] },
            MinCount = random.Next(2) == 0 ? random.Next(1, 3) : null,
            MaxCount = random.Next(3) == 0 ? random.Next(2, 4) : null,
            MinCredits = random.Next(2) == 0 ? random.Next(1, 6) : null,
            MaxCredits = random.Next(3) == 0 ? random.Next(6, 9) : null,
        };
    }

    /// <summary>By themselves they do not go in circles; by what stands for what they may.</summary>
    private static PathwayPrerequisite[] Prerequisites(Random random, Achievement[] near)
    {
        var order = near.OrderBy(one => one.Id, StringComparer.Ordinal).ToArray();
        return
        [
            .. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            {
                int to = random.Next(1, order.Length);
                return new PathwayPrerequisite(
                    Item(random, order[to]),
                    [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Item(random, order[random.Next(to)]))]);
            }),
        ];
    }

    /// <summary>Of any version, or now and then of one, which there is only of what is recognised as it.</summary>
    private static PathwayItem Item(Random random, Achievement one) => random.Next(8) == 0
        ? PathwaySamples.Item(one.Id, one.MspId, random.Next(1, 3))
        : PathwaySamples.Item(one.Id, one.MspId);

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
