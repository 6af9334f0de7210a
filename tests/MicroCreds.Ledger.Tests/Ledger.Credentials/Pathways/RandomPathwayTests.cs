using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>Random small pathways, against a reference that tries everything.</summary>
public sealed class RandomPathwayTests(ITestOutputHelper output)
{
    private const int Cases = 1500;

    private static readonly string[] Fields = ["0611", "0612", "0311", "0713"];
    private static readonly double[] Credits = [1, 2, 2.5, 3, 5];

    [Fact]
    public void Evaluate_NeededOfferThatCountsForMoreThanItsCheapest_CostsWhatIsTaken() =>
        Assert.Equal("1 steps", Compare(Draw(new Random(1498622973 + 1063)), "the case"));

    /// <summary>
    /// The course abroad stands for a demanded one by one agreement, and gives the credits that are missing by another;
    /// which of them it must count by depends on what else there is.
    /// </summary>
    [Theory]
    [InlineData("home")]
    [InlineData("abroad")]
    public void Evaluate_TwoAgreementsForOneAward_IsCompleteByEither(string other)
    {
        var abroad = PathwaySamples.Achievement("course", 10, mspId: PathwaySamples.Abroad);
        var demanded = PathwaySamples.Achievement("demanded", 5);
        Achievement[] earned = other == "home" ? [abroad, demanded] : [abroad];
        var pathway = PathwaySamples.Pathway(
            other == "home" ? 15 : 5,
            [
                PathwaySamples.All("core", "demanded"),
                .. other == "home" ? [PathwaySamples.Pool("electives", 10)] : Array.Empty<PathwayGroup>(),
            ]);
        var input = PathwaySamples.Input(pathway, earned) with
        {
            RecognizedAs = PathwaySamples.Both(
                PathwaySamples.Agreement("equivalents", 0.5, null, [("course", "demanded")]),
                PathwaySamples.Agreement("credits", 1, null, [])),
        };
        Assert.True(PathwayEvaluator.Evaluate(input).Complete);
    }

    [Fact]
    public void Evaluate_RandomSmallPathways_IsAsIfEverythingWereTried()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Cases; i++)
        {
            var input = Draw(new Random(unchecked(seed + i)));
            string kind = Compare(input, $"seed {seed}, case {i}");
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }

        // All kinds of outcome must have come up, or the comparison is worth little.
        output.WriteLine(string.Join(", ", seen));
        foreach (string kind in (string[])["complete", "1 steps", "2 steps", "no way"])
            Assert.True(seen.ContainsKey(kind), $"no case was {kind}; seed {seed}");
    }

    private static string Compare(PathwayInput input, string name)
    {
        var evaluation = PathwayEvaluator.Evaluate(input);
        var reference = new Reference(input);
        bool isComplete = reference.IsComplete();
        Assert.True(evaluation.Complete == isComplete, $"{name}: complete is {evaluation.Complete}");
        AssertSound(input, evaluation, reference, name);
        if (isComplete) return "complete";

        Assert.True(evaluation.WaysAreProven, name);
        if (reference.Shortest() is not { } shortest)
        {
            Assert.True(evaluation.Ways.Count == 0, $"{name}: a way where there is none");
            return "no way";
        }

        Assert.True(evaluation.Ways.Count > 0, $"{name}: no way where there is one of {shortest}");
        foreach (var way in evaluation.Ways)
        {
            Assert.True(
                (way.Steps.Count, way.Credits) == shortest,
                $"{name}: {way.Steps.Count} steps of {way.Credits} where {shortest} would do");
            AssertLeadsToTheEnd(input, way, name);
        }

        return $"{shortest.Steps} steps";
    }

    private static void AssertSound(
        PathwayInput input, PathwayEvaluation evaluation, Reference reference, string name)
    {
        string[] counted = [.. evaluation.Groups.SelectMany(group => group.Counted).Select(one => one.CredentialId)];
        string[] others = [.. evaluation.NotCounted.Select(one => one.CredentialId)];
        Assert.True(
            counted.Concat(others).Order(StringComparer.Ordinal)
                .SequenceEqual(input.Earned.Select(one => one.CredentialId).Order(StringComparer.Ordinal)),
            $"{name}: a credential counted twice, or lost");
        foreach (var (group, rules) in evaluation.Groups.Zip(input.Pathway.Groups))
        {
            Assert.False(group.Counted.Count > rules.MaxCount, $"{name}: too many in {group.Id}");
            foreach (var one in group.Counted)
            {
                var earned = input.Earned.Single(earned => earned.CredentialId == one.CredentialId);
                Assert.True(
                    reference.Takes(rules, earned.Achievement, earned.EarnedAt),
                    $"{name}: {one.Achievement.Id} has no place in {group.Id}");
            }
        }
    }

    private static void AssertLeadsToTheEnd(PathwayInput input, PathwayWay way, string name)
    {
        var taken = way.Steps.Select(step => input.Catalogue.Single(offer =>
            offer.MspId == step.Take.MspId && offer.Id == step.Take.Achievement.Id));
        var after = input with
        {
            Earned =
            [
                .. input.Earned,
                .. taken.Select(achievement => new EarnedAchievement("new " + achievement.Id, achievement, input.AsOf)),
            ],
        };
        Assert.True(PathwayEvaluator.Evaluate(after).Complete, $"{name}: a way that does not lead to the end");
    }

    private static PathwayInput Draw(Random random)
    {
        Achievement[] all = [.. Enumerable.Range(0, 11).Select(i => PathwaySamples.Achievement(
            $"c{i}", Pick(random, Credits), Pick(random, Fields), random.Next(5, 8),
            random.Next(3) == 0 ? PathwaySamples.Abroad : PathwaySamples.Home))];
        random.Shuffle(all);
        int held = random.Next(0, 6);
        var pathway = PathwaySamples.Pathway(
            random.Next(1, 10),
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => Group(random, all[..(held + 5)], $"g{i}"))]);
        (string, string)[] equivalents = random.Next(2) == 0
            ? [] : [.. Enumerable.Range(0, 3).Select(_ => (Pick(random, all).Id, Pick(random, all).Id))];
        return new PathwayInput
        {
            Pathway = pathway with
            {
                WithinMonths = random.Next(4) == 0 ? random.Next(2, 20) : null,
                NotOlderThanMonths = random.Next(4) == 0 ? random.Next(5, 25) : null,
                MaxRecognizedCredits = random.Next(5) == 0 ? random.Next(0, 6) : null,
                Prerequisites = random.Next(3) == 0 ? Prerequisites(random, all, equivalents) : [],
            },
            Earned = [.. all[..held].Select(achievement => PathwaySamples.Earned(achievement, random.Next(0, 30)))],
            Catalogue = all[held..(held + 5)],
            RecognizedAs = random.Next(8) == 0
                ? (_, _) => []
                : Agreements(random, all, equivalents),
            AsOf = PathwaySamples.Now,
        };
    }

    /// <summary>One agreement, or two side by side with other credits, other bounds and other equivalents.</summary>
    private static RecognizedAs Agreements(
        Random random, Achievement[] all, (string Abroad, string Home)[] equivalents)
    {
        var one = PathwaySamples.Agreement(
            Pick(random, [1, 0.5, 1.2]), random.Next(3) == 0 ? random.Next(1, 6) : null, equivalents);
        if (random.Next(2) == 0) return one;

        // Those of the other agreement are for what the first names, so that prerequisites keep out of them too.
        (string, string)[] others = [.. equivalents.Where(_ => random.Next(2) == 0)
            .Select(pair => (pair.Abroad, Pick(random, all).Id))];
        return PathwaySamples.Both(one, PathwaySamples.Agreement(
            "agreement-2", Pick(random, [1, 0.8, 1.5]), random.Next(3) == 0 ? random.Next(1, 6) : null, others));
    }

    private static PathwayGroup Group(Random random, Achievement[] all, string id)
    {
        PathwayItem[] items =
        [
            .. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(random, all))
                .DistinctBy(one => (one.MspId, one.Id)).Select(one => PathwaySamples.Item(one.Id, one.MspId)),
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

    private static List<PathwayPrerequisite> Prerequisites(
        Random random, Achievement[] all, (string Abroad, string Home)[] equivalents)
    {
        // From later to earlier names only, so that they do not go in circles.
        var order = all.OrderBy(one => one.Id, StringComparer.Ordinal).ToArray();
        var result = new List<PathwayPrerequisite>();
        for (int i = 0; i < random.Next(1, 4); i++)
        {
            int to = random.Next(1, order.Length);
            var (one, need) = (order[to], order[random.Next(to)]);

            // What stands for an achievement cannot be what it counts only with.
            if (equivalents.Any(pair => pair.Abroad == need.Id || pair.Abroad == one.Id)) continue;
            result.Add(new PathwayPrerequisite(
                PathwaySamples.Item(one.Id, one.MspId), [PathwaySamples.Item(need.Id, need.MspId)]));
        }

        return result;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
