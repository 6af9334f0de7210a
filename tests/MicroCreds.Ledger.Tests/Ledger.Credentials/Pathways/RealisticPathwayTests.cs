using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;
using static MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways.PathwaySamples;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>Rules as universities write them, with answers worked out by hand.</summary>
public sealed class RealisticPathwayTests
{
    [Fact]
    public void FiveCredits_OneDemandedAndAnElective_ASubstituteFromAbroadCountsForLess()
    {
        var pathway = Pathway(5, All("basics", "data"), Pool("elective", 2, "06"));
        var dados = Achievement("dados", 3, mspId: Abroad);
        var recognized = Input(pathway, [dados], Achievement("charts", 2), Achievement("data", 3)) with
        {
            RecognizedAs = Agreement(2 / 3.0, null, ("dados", "data")),
        };
        var evaluation = PathwayEvaluator.Evaluate(recognized);

        // The substitute fills the place for 2 credits; 5 in all need 3 more, but the elective on offer has only 2.
        Assert.Equal("dados | ", Told(evaluation));
        var counted = evaluation.Groups[0].Counted[0];
        Assert.Equal(2, counted.Credits);
        Assert.Equal(("agreement-1", 2, "data"), (
            counted.Agreement!.Id, counted.Agreement.Version, counted.Agreement.Equivalent!.Id));
        Assert.Equal((2, 3), (evaluation.Credits.Counted, evaluation.Credits.Missing));
        Assert.Empty(evaluation.Ways);
        Assert.True(evaluation.WaysAreProven);

        var more = recognized with { Catalogue = [Achievement("charts", 2), Achievement("maps", 3)] };
        var way = Assert.Single(PathwayEvaluator.Evaluate(more).Ways);
        Assert.Equal(("maps", 3), (Told(way), way.Credits));

        var refused = PathwayEvaluator.Evaluate(recognized with { RecognizedAs = (_, _) => [] });
        Assert.Equal(NotCountedReason.NotRecognized, Assert.Single(refused.NotCounted).Reason);
    }

    [Fact]
    public void ThirtyCredits_OverlappingElectives_AreSharedOutSoThatBothAreFull()
    {
        // Whoever puts "ai" or "sql" among the computing electives first has nothing left for the narrow group.
        var pathway = Pathway(
            30,
            All("core", "math", "stat"),
            Pool("computing", 10, "06"),
            Choice("narrow", 2, "ai", "sql"),
            Pool("free", null));
        Achievement[] earned =
        [
            Achievement("math", 5, "0541"), Achievement("stat", 5, "0542"), Achievement("ai", 5),
            Achievement("sql", 5), Achievement("web", 5), Achievement("net", 5),
        ];
        var evaluation = PathwayEvaluator.Evaluate(Input(pathway, earned));
        Assert.True(evaluation.Complete);
        Assert.Equal("math,stat | net,web | ai,sql | ", Told(evaluation));
        Assert.Equal((30, 0), (evaluation.Credits.Counted, evaluation.Credits.Missing));
        Assert.All(evaluation.Milestones, milestone => Assert.NotNull(milestone.ReachedAt));
        Assert.Empty(evaluation.Suggestions);

        var without = PathwayEvaluator.Evaluate(Input(
            pathway, earned.Where(one => one.Id != "sql"), Achievement("sql", 5), Achievement("art", 5, "0213")));
        Assert.False(without.Complete);
        var way = Assert.Single(without.Ways);
        Assert.Equal("sql", Told(way));
        Assert.Equal("narrow", way.Steps[0].Group);
        Assert.Equal(["sql"], without.Suggestions.Take(1).Select(one => one.Take.Achievement.Id));
        Assert.Contains("onShortestWay", without.Suggestions[0].Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void SixtyCredits_WithLevelsBoundsPrerequisitesAndWorkFromAbroad()
    {
        var pathway = SixtyCredits();
        Achievement[] core = [.. Enumerable.Range(1, 4).Select(i => Achievement($"core-{i}", 5, "0611", 7))];
        Achievement[] electives = [.. Enumerable.Range(1, 4).Select(i => Achievement($"elective-{i}", 5, "0612", 7))];
        Achievement[] abroad =
            [.. Enumerable.Range(1, 4).Select(i => Achievement($"abroad-{i}", 6, "0613", 7, Abroad))];
        var thesis = Achievement("thesis", 15, "0611", 7);
        var input = Input(
            pathway, [.. core, .. electives.Take(2), .. abroad], [.. electives, thesis, Achievement("method", 5)]) with
        {
            RecognizedAs = Agreement(5 / 6.0),
        };
        var evaluation = PathwayEvaluator.Evaluate(input);

        // Four from abroad at 5 of 6 each are 20; at most 15 are recognised, so one of them finds no room.
        Assert.Equal("core-1,core-2,core-3,core-4 | abroad-1,abroad-2,abroad-3,elective-1,elective-2 |  | ",
            string.Join(" | ", Told(evaluation).Split(" | ").Select(Masked)));
        Assert.Equal(NotCountedReason.NoRoom, Assert.Single(evaluation.NotCounted).Reason);
        Assert.Equal((45, 15), (evaluation.Credits.Counted, evaluation.Credits.Missing));

        // The thesis counts only with the method course, which counts in the methods group.
        var way = Assert.Single(evaluation.Ways);
        Assert.Equal("method,thesis", Told(way));
        Assert.Equal(20, way.Credits);
        Assert.DoesNotContain("thesis", evaluation.Suggestions.Select(one => one.Take.Achievement.Id));
        var method = Assert.Single(evaluation.Suggestions, one => one.Take.Achievement.Id == "method");
        Assert.Contains("opensOthers", method.Reasons.Select(reason => reason.Code));

        var done = PathwayEvaluator.Evaluate(input with
        {
            Earned = [.. input.Earned, Earned(thesis, 0), Earned(Achievement("method", 5), 0)],
        });
        Assert.True(done.Complete);
        Assert.True(done.Credits.Counted >= 60);

        static string Masked(string group) => group.Contains("abroad", StringComparison.Ordinal)
            ? string.Join(",", group.Split(',').OrderBy(id => id.StartsWith('e')).Select((id, i) =>
                id.StartsWith('a') ? $"abroad-{i + 1}" : id))
            : group;
    }

    [Fact]
    public void AgreementsBound_IsUsedForWhatIsNeededMost()
    {
        // One agreement lets 6 credits through: they must go to what nothing at home can replace.
        var pathway = Pathway(9, All("core", "lab"), Pool("free", 3, "06"));
        var lab = Achievement("lab-abroad", 6, "0711", mspId: Abroad);
        var easy = Achievement("easy-abroad", 3, mspId: Abroad);
        var input = Input(pathway, [easy, lab, Achievement("home", 3)]) with
        {
            RecognizedAs = Agreement(1, 6, ("lab-abroad", "lab")),
        };
        var evaluation = PathwayEvaluator.Evaluate(input);
        Assert.True(evaluation.Complete);
        Assert.Equal("lab-abroad | home", Told(evaluation));
        Assert.Equal(NotCountedReason.NoRoom, Assert.Single(evaluation.NotCounted).Reason);
    }

    [Fact]
    public void Duplicates_VersionsAndSubstitutes_CountOnce()
    {
        var data = Achievement("data", 3);
        var pathway = Pathway(6, Pool("any", null, "06"));
        var input = Input(pathway, [data, data, data with { Version = 2 }, Achievement("dados", 3, mspId: Abroad)]) with
        {
            RecognizedAs = Agreement(1, null, ("dados", "data")),
        };
        var evaluation = PathwayEvaluator.Evaluate(input);
        Assert.Equal(3, evaluation.Credits.Counted);
        Assert.Single(evaluation.Groups[0].Counted);
        Assert.Equal(3, evaluation.NotCounted.Count(one => one.Reason == NotCountedReason.AlreadyCounted));
    }

    [Fact]
    public void TimeLimits_CountBackFromNow_AndAWindowBehindCountsIfAllWasEarnedInIt()
    {
        var (one, two) = (Achievement("one", 3), Achievement("two", 3));
        var within = Pathway(6, All("both", "one", "two")) with { WithinMonths = 12 };
        PathwayEvaluation At(Pathway pathway, int first, int second) => PathwayEvaluator.Evaluate(
            Input(pathway, [], one, two) with { Earned = [Earned(one, first), Earned(two, second)] });

        Assert.True(At(within, 40, 30).Complete);
        var apart = At(within, 20, 2);
        Assert.False(apart.Complete);
        Assert.Equal(NotCountedReason.OutsideWindow, Assert.Single(apart.NotCounted).Reason);
        Assert.Equal(Now.AddMonths(10), apart.FinishBy);
        Assert.Equal("one", Told(Assert.Single(apart.Ways)));

        var fresh = Pathway(6, All("both", "one", "two")) with { NotOlderThanMonths = 12 };
        Assert.True(At(fresh, 12, 2).Complete);
        Assert.Equal(NotCountedReason.TooOld, Assert.Single(At(fresh, 13, 2).NotCounted).Reason);
    }

    [Fact]
    public void Groups_ThatComeAfterOthers_WaitForThem()
    {
        var pathway = Pathway(6, All("first", "one"), All("then", "two") with { After = ["first"] });
        var evaluation = PathwayEvaluator.Evaluate(
            Input(pathway, [Achievement("two", 3)], Achievement("one", 3), Achievement("three", 3)));
        Assert.False(evaluation.Groups[1].Complete);
        Assert.Equal(["first"], evaluation.Groups[1].WaitingFor);
        Assert.Equal(["one"], evaluation.Suggestions.Select(step => step.Take.Achievement.Id));
    }

    [Fact]
    public void Suggestions_ServeTheGoal_EachWithItsReasons()
    {
        var pathway = Pathway(12, Pool("free", 12, "06"));
        var evaluation = PathwayEvaluator.Evaluate(Input(
            pathway, [], Achievement("big", 6), Achievement("small", 2, level: 7),
            Achievement("skilled", 2, skills: ["statistics"])) with
        {
            Goal = new PathwayGoal { Skills = ["Statistics"], EqfLevel = 7, Credits = 3 },
        });
        Assert.Equal(["skilled", "small", "big"], evaluation.Suggestions.Select(one => one.Take.Achievement.Id));
        Assert.Contains("teachesSkill", evaluation.Suggestions[0].Reasons.Select(reason => reason.Code));
        Assert.Equal(
            ["countsTowards", "atLevel", "withinCredits"],
            evaluation.Suggestions[1].Reasons.Select(reason => reason.Code).Where(code => code != "onShortestWay"));
    }

    private static Pathway SixtyCredits() => Pathway(
        60,
        All("core", "core-1", "core-2", "core-3", "core-4"),
        Pool("electives", 20, "061") with { MinLevel = 7, MaxCredits = 25 },
        All("methods", "method"),
        All("final", "thesis") with { After = ["core"] }) with
    {
        EqfLevel = 7,
        MaxRecognizedCredits = 15,
        Prerequisites = [new PathwayPrerequisite(Item("thesis"), [Item("method")])],
    };
}
