using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>Random small pathways, against a reference that tries everything.</summary>
public sealed class RandomPathwayTests(ITestOutputHelper output)
{
    private const int Cases = 800;
    private const double Hair = 1e-9;

    /// <summary>
    /// The stand-in that is less work would open the way to the demanded one, but is worth too little: what is taken in
    /// its place is counted with all of its credits.
    /// </summary>
    [Fact]
    public void Evaluate_NeededOfferThatCountsForMoreThanItsCheapest_CostsWhatIsTaken()
    {
        var pathway = PathwaySamples.Pathway(
            10, PathwaySamples.All("core", "demanded"), PathwaySamples.Pool("electives", 5)) with
        {
            Prerequisites = [new(PathwaySamples.Item("demanded"), [PathwaySamples.Item("needed")])],
        };
        var input = PathwaySamples.Input(
            pathway, [], PathwaySamples.Achievement("demanded", 5), PathwaySamples.Achievement("needed", 5),
            PathwaySamples.Achievement("cheap", 1, mspId: PathwaySamples.Abroad)) with
        {
            RecognizedAs = PathwaySamples.Agreement(1, null, ("cheap", "needed")),
        };
        Assert.Equal("2 steps", Compare(input, "the case"));
        Assert.Equal(10, PathwayEvaluator.Evaluate(input).Ways[0].Credits);
    }

    /// <summary>
    /// What opens the way is offered at home, and abroad as what one agreement takes for it and another does not: the
    /// one at home, which counts itself, is enough.
    /// </summary>
    [Fact]
    public void Evaluate_NeededOfferThatIsAlsoRecognizedAsItself_IsTakenWhereItIsLeast()
    {
        var pathway = PathwaySamples.Pathway(8, PathwaySamples.Pool("all", 8)) with
        {
            Prerequisites = [new(PathwaySamples.Item("waiting"), [PathwaySamples.Item("needed")])],
        };
        var input = PathwaySamples.Input(
            pathway, [PathwaySamples.Achievement("waiting", 5)],
            PathwaySamples.Achievement("course", 2.5, mspId: PathwaySamples.Abroad),
            PathwaySamples.Achievement("needed", 3)) with
        {
            RecognizedAs = PathwaySamples.Both(
                PathwaySamples.Agreement("equivalents", 0.5, null, [("course", "needed")]),
                PathwaySamples.Agreement("credits", 1, null, [])),
        };
        Assert.Equal("1 steps", Compare(input, "the case"));
        Assert.Equal("needed", PathwaySamples.Told(PathwayEvaluator.Evaluate(input).Ways[0]));
    }

    /// <summary>What stands for the version that is asked for opens the way; another version does not.</summary>
    [Fact]
    public void Evaluate_NeedOfOneVersion_IsMetByWhatStandsForThatVersion()
    {
        var pathway = PathwaySamples.Pathway(
            5, PathwaySamples.All("core", "demanded")) with
        {
            Prerequisites = [new(
                PathwaySamples.Item("demanded"), [PathwaySamples.Item("needed", PathwaySamples.Home, 2)])],
        };
        var agreement = PathwaySamples.Agreement(1, null, ("course", "needed"));
        var input = PathwaySamples.Input(
            pathway, [], PathwaySamples.Achievement("demanded", 5), PathwaySamples.Achievement("needed", 1),
            PathwaySamples.Achievement("course", 3, mspId: PathwaySamples.Abroad)) with
        {
            RecognizedAs = (achievement, at) => [.. agreement(achievement, at).Select(
                one => one with { Equivalent = new AchievementReference("needed", 2) })],
        };
        Assert.Equal("2 steps", Compare(input, "the case"));
        Assert.Equal("course,demanded", PathwaySamples.Told(PathwayEvaluator.Evaluate(input).Ways[0]));
    }

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

    /// <summary>
    /// Cases that chance once found: what opens another by an agreement as which it is not taken; two awards that fit
    /// where nothing was missing any more, and count as the same.
    /// </summary>
    [Theory]
    [InlineData(461809551)]
    [InlineData(1023493500)]
    [InlineData(603522508)]
    public void Evaluate_CaseThatChanceFound_IsAsIfEverythingWereTried(int seed) =>
        Assert.NotEmpty(Compare(RandomPathways.Draw(new Random(seed)), $"seed {seed}"));

    [Fact]
    public void Evaluate_RandomSmallPathways_IsAsIfEverythingWereTried()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Cases; i++)
        {
            var input = RandomPathways.Draw(new Random(unchecked(seed + i)));
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

        AssertDistinct(
            evaluation.Ways.Select(way => string.Join(
                ',', way.Steps.Select(step => $"{step.Take.MspId}/{step.Take.Achievement.Id}").Order())),
            $"{name}: one way told twice");
        return $"{shortest.Steps} steps";
    }

    private static void AssertDistinct(IEnumerable<string> all, string fault)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string one in all) Assert.True(seen.Add(one), fault);
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
        var all = evaluation.Groups.SelectMany(group => group.Counted).ToList();
        AssertDistinct(all.Select(one => $"{one.MspId}/{one.Achievement.Id}"), $"{name}: one thing counted twice");
        AssertDistinct(
            all.Select(one => one.Agreement?.Equivalent is { } same
                ? $"{input.Pathway.MspId}/{same.Id}" : $"{one.MspId}/{one.Achievement.Id}"),
            $"{name}: two things counted as the same");
        Assert.False(
            all.Where(one => one.Agreement is not null).Sum(one => one.Credits)
                > input.Pathway.MaxRecognizedCredits + Hair,
            $"{name}: too much recognised");
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
}
