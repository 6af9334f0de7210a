using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>What plans promise, one by one.</summary>
public sealed class PlannerTests
{
    private static readonly Term Autumn = new("autumn", new DateOnly(2026, 9, 1), new DateOnly(2026, 12, 14));
    private static readonly Term Spring = new("spring", new DateOnly(2027, 2, 1), new DateOnly(2027, 5, 16));

    private static readonly PlanWish Patient = new();

    [Fact]
    public void Plan_EnoughHours_TakesAllInTheFirstTerm()
    {
        var plan = Assert.IsType<Plan>(Planner.Plan(TwoCourses(Patient)));
        Assert.Equal("autumn: one, two", Told(plan));
        Assert.Equal((Autumn.Last, 300.0, 10.0), (plan.FinishesOn, plan.Hours, plan.Credits));
        Assert.Equal(20, plan.Terms[0].HoursAWeek);
        Assert.True(plan.IsOptimal);
        Assert.True(plan.Evaluation.Complete);
        Assert.All(plan.Steps, step => Assert.Equal("all", step.CountsAs!.Group));
        Assert.All(plan.Steps, step => Assert.True(step.AreHoursAssumed));
    }

    [Fact]
    public void Plan_FewHours_GoesOverTwoTerms()
    {
        var plan = Assert.IsType<Plan>(Planner.Plan(TwoCourses(Patient with { HoursAWeek = 10 })));
        Assert.Equal(Spring.Last, plan.FinishesOn);
        Assert.Equal([10, 10], plan.Terms.Select(term => term.HoursAWeek));
    }

    [Fact]
    public void Plan_FewHoursAndEarlyDeadline_SaysWhichOfThemAndHowMuch()
    {
        var wish = Patient with { HoursAWeek = 10, Deadline = new DateOnly(2027, 1, 1) };
        var none = Assert.IsType<NoPlan>(Planner.Plan(TwoCourses(wish)));
        Assert.True(none.IsProven);
        Assert.Empty(none.Unmet);
        Assert.Equal(
            [new LaterDeadline(Spring.Last), new MoreHours(20)],
            none.Mends.Select(mend => Assert.Single(mend.Changes)));
        Assert.All(none.Mends, mend => Assert.IsType<Plan>(Planner.Plan(TwoCourses(mend.ApplyTo(wish)))));
    }

    [Fact]
    public void Plan_GroupThatNothingFills_IsNamed()
    {
        var input = TwoCourses(Patient) with
        {
            Pathway = Pathway(PathwaySamples.Pathway(
                10, PathwaySamples.Pool("all", 10, "06"), PathwaySamples.All("thesis", "nowhere"))),
        };
        var none = Assert.IsType<NoPlan>(Planner.Plan(input));
        Assert.Empty(none.Mends);
        Assert.Equal("thesis", Assert.Single(none.Unmet).Group);
    }

    [Fact]
    public void Plan_NothingMissing_TakesNothing()
    {
        var input = TwoCourses(Patient with { Deadline = new DateOnly(2020, 1, 1) });
        input = input with
        {
            Pathway = input.Pathway with
            {
                Earned = [.. input.Pathway.Catalogue.Select(one => PathwaySamples.Earned(one))],
            },
        };
        var plan = Assert.IsType<Plan>(Planner.Plan(input));
        Assert.Empty(plan.Terms);
        Assert.Equal(new DateOnly(2026, 6, 1), plan.FinishesOn);
        Assert.Empty(Planner.Alternatives(input, plan));
    }

    [Fact]
    public void Plan_AgreementRecognizesIt_IsToldWithTheStep()
    {
        var abroad = PathwaySamples.Achievement("course", 10, mspId: PathwaySamples.Abroad);
        var input = new PlanInput
        {
            Pathway = Pathway(PathwaySamples.Pathway(5, PathwaySamples.All("core", "demanded"))) with
            {
                Catalogue = [abroad],
                RecognizedAs = PathwaySamples.Agreement(0.5, null, ("course", "demanded")),
            },
        };
        var step = Assert.Single(Assert.IsType<Plan>(Planner.Plan(input)).Steps);
        Assert.Equal(
            new CountsAs("core", 5, new AgreementUse("agreement-1", 2, new AchievementReference("demanded", 1))),
            step.CountsAs);

        // No offer is known: the half-year that begins next.
        Assert.True(step.IsTermAssumed);
        Assert.Equal(new Term("2026/2", new DateOnly(2026, 7, 1), new DateOnly(2026, 12, 31)), step.Offer.Term);
    }

    [Fact]
    public void Plan_OneMustBeFinishedBeforeTheOtherStarts_GoesOneAfterTheOther()
    {
        var input = TwoCourses(Patient) with
        {
            StartsAfter = [new(PathwaySamples.Item("one"), [PathwaySamples.Item("two")])],
        };
        Assert.Equal("autumn: two; spring: one", Told(Assert.IsType<Plan>(Planner.Plan(input))));
    }

    [Fact]
    public void Plan_CostsOfTwoCurrencies_AreComparedByNobody()
    {
        var input = TwoCourses(Patient);
        input = input with { Offers = [input.Offers[0] with { Currency = "SEK" }, .. input.Offers.Skip(1)] };
        Assert.IsType<Plan>(Planner.Plan(input));
        var refused = Assert.Throws<ArgumentException>(
            () => Planner.Plan(input with { Wish = Patient with { Aim = PlanAim.Cheapest } }));
        Assert.Contains("EUR and SEK", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SeveralFaults_AreNamedAtOnce()
    {
        var refused = Assert.Throws<ArgumentException>(() => Planner.Plan(
            TwoCourses(Patient with { HoursAWeek = 0, HoursPerCredit = 20 })));
        Assert.Contains("hours a week", refused.Message, StringComparison.Ordinal);
        Assert.Contains("25 to 30", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Time that is up before anything is found proves nothing.</summary>
    [Fact]
    public void Plan_NoTime_IsUndecided() =>
        Assert.IsType<Undecided>(Planner.Plan(TwoCourses(Patient) with { MostTime = TimeSpan.FromTicks(1) }));

    [Fact]
    public void Replan_OneFailed_ChangesOnlyThat()
    {
        var input = TwoCourses(Patient with { HoursAWeek = 10 });
        var before = Assert.IsType<Plan>(Planner.Plan(input));
        var failed = before.Terms[0].Steps.Single();
        var earned = input.Pathway with { AsOf = new DateTimeOffset(2026, 12, 20, 0, 0, 0, TimeSpan.Zero) };
        var after = Assert.IsType<Plan>(Planner.Replan(before, input with
        {
            Pathway = earned,
            Wish = Patient,
        }));
        Assert.Equal(Spring.Last, after.FinishesOn);
        Assert.Contains(after.Steps, step => step.Take == failed.Take && step.Offer.Term == Spring);
        Assert.Contains(after.Steps, step => step.Take == before.Terms[1].Steps.Single().Take);
    }

    /// <summary>What is underway began earlier, and may be finished all the same.</summary>
    [Fact]
    public void Plan_Underway_IsFinished()
    {
        var input = TwoCourses(Patient);
        var plan = Assert.IsType<Plan>(Planner.Plan(input with
        {
            Pathway = input.Pathway with { AsOf = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero) },
            Underway = [input.Offers[0]],
        }));
        Assert.Equal("autumn: one; spring: two", Told(plan));
    }

    /// <summary>
    /// Of two versions of one clause with different bounds the stricter holds for both: no constraint, but the
    /// evaluation says so, and what it does not call complete is not given.
    /// </summary>
    [Fact]
    public void Plan_TwoBoundsOfOneClause_KeepsToTheStricter()
    {
        var long1 = PathwaySamples.Achievement("long", 8, mspId: PathwaySamples.Abroad);
        var short1 = PathwaySamples.Achievement("short", 2, mspId: PathwaySamples.Abroad);
        var home = PathwaySamples.Achievement("home", 20);
        var input = new PlanInput
        {
            Pathway = Pathway(PathwaySamples.Pathway(8, PathwaySamples.Pool("all", 8))) with
            {
                Catalogue = [long1, home],
                Earned = [PathwaySamples.Earned(short1)],
                RecognizedAs = (achievement, _) => achievement.MspId != PathwaySamples.Abroad ? [] :
                [
                    new RecognizedAchievement
                    {
                        Agreement = "agreement",
                        AgreementVersion = achievement.Id == "short" ? 1 : 2,
                        Credits = achievement.Credits,
                        MaxCreditsPerLearner = achievement.Id == "short" ? 3 : 20,
                    },
                ],
            },
        };
        var plan = Assert.IsType<Plan>(Planner.Plan(input));
        Assert.True(plan.Evaluation.Complete);
        Assert.Equal("home", Assert.Single(plan.Steps).Take.Achievement.Id);
    }

    private static PathwayInput Pathway(Pathway pathway) => new()
    {
        Pathway = pathway,
        Earned = [],
        Catalogue = [PathwaySamples.Achievement("one", 5), PathwaySamples.Achievement("two", 5)],
        AsOf = PathwaySamples.Now,
    };

    private static PlanInput TwoCourses(PlanWish wish) => new()
    {
        Pathway = Pathway(PathwaySamples.Pathway(10, PathwaySamples.Pool("all", 10, "06"))),
        Offers =
        [
            .. ((string[])["one", "two"]).SelectMany(id => ((Term[])[Autumn, Spring]).Select(term => new Offer
            {
                MspId = PathwaySamples.Home,
                Achievement = id,
                Term = term,
                Cost = 100,
            })),
        ],
        Wish = wish,
        MostTime = TimeSpan.FromMinutes(1),
    };

    private static string Told(Plan plan) => string.Join("; ", plan.Terms.Select(term =>
        $"{term.Term.Name}: {string.Join(", ", term.Steps.Select(step => step.Take.Achievement.Id).Order())}"));
}
