using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;
using static MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways.PathwaySamples;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>Large and hostile definitions come to an end: with the right answer, or with an error.</summary>
public sealed class BoundedPathwayTests
{
    [Fact]
    public void FiveHundredCredentials_ThatAllGroupsContendFor_AreCounted()
    {
        var earned = Enumerable.Range(0, 500)
            .Select(i => Achievement($"c{i}", 1 + (i % 5), $"06{i % 9}1", 5 + (i % 3)));
        var groups = Enumerable.Range(1, 4).Select(i => Pool(
            $"g{i}", 15, [.. Enumerable.Range(0, 9).Where(field => field % i == 0).Select(field => $"06{field}")]));
        var pathway = Pathway(60, [.. groups, All("last", "thesis")]);
        var input = Input(pathway, earned, Achievement("thesis", 10));
        var evaluation = PathwayEvaluator.Evaluate(input);
        Assert.All(evaluation.Groups.Take(4), group => Assert.True(group.Complete, group.Id));
        Assert.Equal("thesis", Told(Assert.Single(evaluation.Ways)));
    }

    [Fact]
    public void HostileRules_EndInAnErrorAndNotInAWrongAnswer()
    {
        // Sixteen groups want the same hundred credentials of as many sizes, and each lets only so much through.
        var earned = Enumerable.Range(0, 100).Select(i => Achievement($"c{i}", 1 + (i / 100.0)));
        var groups = Enumerable.Range(0, Limits.MaxPathwayGroups).Select(i =>
            Pool($"g{i}", 20.01 + (i / 7.0), "06") with { MaxCount = 9, MaxCredits = 30 });
        Assert.Throws<PathwayTooTangledException>(
            () => PathwayEvaluator.Evaluate(Input(Pathway(400, [.. groups]), earned)));
    }

    [Fact]
    public void HostileRules_InManyWindows_EndAsSoon()
    {
        var earned = Enumerable.Range(0, 400).Select(i => Earned(Achievement($"c{i}", 1 + (i / 400.0)), i));
        var groups = Enumerable.Range(0, Limits.MaxPathwayGroups).Select(i =>
            Pool($"g{i}", 9.01 + (i / 7.0), "06") with { MaxCount = 9, MaxCredits = 30 });
        var input = Input(Pathway(290, [.. groups]) with { WithinMonths = 250 }, []) with { Earned = [.. earned] };
        Assert.Throws<PathwayTooTangledException>(() => PathwayEvaluator.Evaluate(input));
    }

    [Fact]
    public void TenThousandOffers_AreLookedAt()
    {
        var offers = Enumerable.Range(0, PathwayEvaluator.MaxCatalogue)
            .Select(i => Achievement($"c{i}", 1 + (i % 500 / 100.0), $"06{i % 9}1"));
        var pathway = Pathway(20, Pool("one", 10, "060"), Pool("two", 10, "061", "062"));
        var evaluation = PathwayEvaluator.Evaluate(Input(pathway, [], offers));
        Assert.Equal(4, evaluation.Ways[0].Steps.Count);
        Assert.Equal(10, evaluation.Suggestions.Count);
    }

    [Fact]
    public void ManyWaysOfManySteps_AreToldAsNotProven_OrAreTheShortest()
    {
        var offers = Enumerable.Range(0, 300).Select(i => Achievement($"c{i}", 1 + (i % 97 / 100.0), $"06{i % 9}1"));
        var groups = Enumerable.Range(0, 8).Select(i => Pool($"g{i}", 9.99, $"06{i}", $"06{i + 1}"));
        var evaluation = PathwayEvaluator.Evaluate(Input(Pathway(90, [.. groups]), [], offers));
        Assert.False(evaluation.Complete);
        Assert.True(evaluation.Ways.Count > 0 || !evaluation.WaysAreProven);
    }

    [Fact]
    public void MoreThanTheBounds_IsRefused()
    {
        var one = Achievement("one", 1);
        var pathway = Pathway(1, All("all", "one"));
        Assert.Throws<ArgumentException>(() => PathwayEvaluator.Evaluate(
            Input(pathway, Enumerable.Repeat(one, PathwayEvaluator.MaxEarned + 1))));
        Assert.Throws<ArgumentException>(() => PathwayEvaluator.Evaluate(
            Input(pathway, [], Enumerable.Repeat(one, PathwayEvaluator.MaxCatalogue + 1))));
    }
}
