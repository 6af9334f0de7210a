using MicroCreds.Ledger.Gateway.Seeking;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Seeking;

/// <summary>What is found for a goal: by whose words, why, and how often it is right.</summary>
public sealed class OffersTests
{
    private static readonly Offers Judged = new(GoalJudge.Achievements, GoalJudge.Pathways);

    [Fact]
    public void Judge_IsWhole()
    {
        Assert.InRange(GoalJudge.Achievements.Count, 200, 300);
        Assert.Equal(50, GoalJudge.Goals.Count(goal => goal.IsKept));
        Assert.Equal(50, GoalJudge.Goals.Count(goal => !goal.IsKept));
        var achievements = GoalJudge.Achievements.Select(one => one.Id).ToHashSet();
        var pathways = GoalJudge.Pathways.Select(one => one.Id).ToHashSet();
        Assert.Equal(GoalJudge.Achievements.Count, achievements.Count);
        Assert.All(GoalJudge.Goals, goal => Assert.Subset(achievements, goal.Achievements.ToHashSet()));
        Assert.All(GoalJudge.Goals, goal => Assert.Subset(pathways, goal.Pathways.ToHashSet()));
    }

    [Theory]
    [InlineData("climate", "Klimaschutz im Rathaus", WordKinship.Part)]
    [InlineData("statistics", "Statistik", WordKinship.Same)]
    [InlineData("Programmieren", "Programming", WordKinship.Same)]
    [InlineData("circuts", "Circuits", WordKinship.Slip)]
    [InlineData("Häuser", "Buildings", WordKinship.Meaning)]
    [InlineData("Stadtverwaltung", "Administration of towns", WordKinship.Meaning)]
    public void Word_IsFoundByItsKin_AndItIsSaidWhich(string word, string title, WordKinship kinship)
    {
        var found = new Offers([Achievement("one", title), Achievement("other", "Beekeeping")], []).Find(word, 5);
        var one = Assert.Single(found.Achievements);
        Assert.Equal("one", one.What.Id);
        var match = one.Matched[0];
        Assert.Equal((word, kinship, OfferField.Name), (match.Word, match.Kinship, match.Field));
        Assert.Contains(match.FoundWord, title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!?! … 🐝")]
    [InlineData("the and to mit und")]
    [InlineData("xyzzyqwv")]
    public void Goal_ThatSaysNothing_FindsNothing(string goal)
    {
        var found = Judged.Find(goal, 5);
        Assert.Empty(found.Achievements);
        Assert.Empty(found.Pathways);
        Assert.Empty(found.Skills);
    }

    [Theory]
    [InlineData("ready", "She reads")]
    [InlineData("party", "Parts")]
    [InlineData("story", "Stores")]
    public void Word_ThatOnlyBeginsLikeAnother_IsNotIt(string word, string title) =>
        Assert.Empty(new Offers([Achievement("one", title)], []).Find(word, 5).Achievements);

    [Theory]
    [InlineData("study", "Studies")]
    [InlineData("city", "Cities")]
    [InlineData("biology", "Biologie")]
    public void Word_InOneOrSeveral_IsOne(string word, string title) =>
        Assert.Single(new Offers([Achievement("one", title)], []).Find(word, 5).Achievements);

    [Fact]
    public void Offers_OfNobody_AreEmpty() => Assert.Empty(new Offers([], []).Find("bees", 5).Achievements);

    [Fact]
    public void Pathway_ThatWordsLeadTo_LeadsToWhatCountsOnIt()
    {
        var pathway = GoalJudge.Pathways.First(one => one.Id == "climate-officer") with
        {
            Groups =
            [
                new PathwayGroup
                {
                    Id = "all", Name = "All", Rule = PathwayRule.All, Items = [new PathwayItem("AuroraMSP", "silent")],
                },
            ],
        };
        var found = new Offers([Achievement("silent", "Xyzzy")], [pathway]).Find("climate officer", 5);
        var one = Assert.Single(Judged.Find("climate officer", 20).Achievements, one => one.What.Id == "e-government");
        Assert.Equal("climate-officer", one.Through!.Id);

        // What no word leads to is found only beside what words lead to.
        Assert.Empty(found.Achievements);
        Assert.Single(found.Pathways);
    }

    [Fact]
    public void Versions_OfOneAchievement_AreOneAnswer()
    {
        var found = new Offers(
            [Achievement("one", "Bees"), Achievement("one", "Bees anew") with { Version = 2 }], []).Find("bees", 5);
        Assert.Equal(2, Assert.Single(found.Achievements).What.Version);
    }

    [Fact]
    public void Goals_ThatItWasTunedBy_AreMostlyRight()
    {
        var goals = GoalJudge.Goals.Where(goal => !goal.IsKept).ToList();
        Assert.InRange(AchievementsOf(goals), 0.65, 1);
        Assert.InRange(PathwaysOf(goals), 0.95, 1);
    }

    [Fact]
    public void Goals_ThatWereKeptApart_AreRightAsOftenAsWasMeasured()
    {
        var goals = GoalJudge.Goals.Where(goal => goal.IsKept).ToList();
        Assert.InRange(AchievementsOf(goals), 0.55, 1);
        Assert.InRange(PathwaysOf(goals), 0.68, 1);
    }

    private static double AchievementsOf(IEnumerable<JudgedGoal> goals) => GoalJudge.Recall(
        goals, 5, goal => goal.Achievements, text => Judged.Find(text, 5).Achievements.Select(one => one.What.Id));

    private static double PathwaysOf(IEnumerable<JudgedGoal> goals) => GoalJudge.Recall(
        goals, 3, goal => goal.Pathways, text => Judged.Find(text, 3).Pathways.Select(one => one.What.Id));

    private static Achievement Achievement(string id, string name) =>
        GoalJudge.Achievements[0] with
        {
            MspId = "AuroraMSP",
            Id = id,
            Name = name,
            Description = "…",
            Criteria = "…",
            LearningOutcomes = ["…"],
            Skills = [],
            FieldOfStudy = null,
        };
}
