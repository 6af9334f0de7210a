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

    /// <summary>
    /// Five agreements that each recognise much and make of it what others make of something else: the learner has
    /// enough by far, and is told so.
    /// </summary>
    [Fact]
    public void Evaluate_CompleteByFiveAgreementsSideBySide_IsNotTooTangled()
    {
        var random = new Random(3);
        Achievement[] all = [.. Enumerable.Range(0, 260).Select(i => PathwaySamples.Achievement(
            $"c{i:000}", random.Next(5, 21) * 0.5, $"0{random.Next(3, 8)}1{random.Next(1, 4)}",
            mspId: i < 20 || random.Next(2) == 0 ? PathwaySamples.Home : PathwaySamples.Abroad))];
        string[] home = [.. all.Where(one => one.MspId == PathwaySamples.Home).Select(one => one.Id)];
        string[] abroad = [.. all.Where(one => one.MspId == PathwaySamples.Abroad).Select(one => one.Id)];
        RecognizedAs[] agreements = [.. Enumerable.Range(0, 5).Select(i => PathwaySamples.Agreement(
            $"agreement-{i}", 0.8 + (0.1 * i), null,
            [.. Enumerable.Range(0, 30).Select(_ => (
                abroad[random.Next(abroad.Length)], home[random.Next(home.Length)]))]))];
        var pathway = PathwaySamples.Pathway(
            240, PathwaySamples.All("core", home[..10]), PathwaySamples.Choice("choice", 4, home[10..25]),
            PathwaySamples.Pool("major", 40, "061", "031"),
            PathwaySamples.Pool("minor", 20, "041") with { MaxCredits = 40 }, PathwaySamples.Pool("free", 20));
        var input = PathwaySamples.Input(pathway, all[..60], all[60..]) with
        {
            RecognizedAs = PathwaySamples.Both(agreements),
        };
        Assert.True(PathwayEvaluator.Evaluate(input).Complete);
    }
}
