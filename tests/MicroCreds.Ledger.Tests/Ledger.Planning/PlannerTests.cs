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
        var plan = Assert.IsType<Plan>(Ask(TwoCourses(Patient)));
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
        var plan = Assert.IsType<Plan>(Ask(TwoCourses(Patient with { HoursAWeek = 10 })));
        Assert.Equal(Spring.Last, plan.FinishesOn);
        Assert.Equal([10, 10], plan.Terms.Select(term => term.HoursAWeek));
    }

    [Fact]
    public void Plan_FewHoursAndEarlyDeadline_SaysWhichOfThemAndHowMuch()
    {
        var wish = Patient with { HoursAWeek = 10, Deadline = new DateOnly(2027, 1, 1) };
        var none = Assert.IsType<NoPlan>(Ask(TwoCourses(wish)));
        Assert.True(none.IsProven);
        Assert.Empty(none.Unmet);
        Assert.Equal(
            [new LaterDeadline(Spring.Last), new MoreHours(20)],
            none.Mends.Select(mend => Assert.Single(mend.Changes)));
        Assert.All(none.Mends, mend => Assert.IsType<Plan>(Ask(TwoCourses(mend.ApplyTo(wish)))));
    }

    [Fact]
    public void Plan_GroupThatNothingFills_IsNamed()
    {
        var input = TwoCourses(Patient) with
        {
            Pathway = Pathway(PathwaySamples.Pathway(
                10, PathwaySamples.Pool("all", 10, "06"), PathwaySamples.All("thesis", "nowhere"))),
        };
        var none = Assert.IsType<NoPlan>(Ask(input));
        Assert.Empty(none.Mends);
        Assert.Equal("thesis", Assert.Single(none.Unmet).Group);
    }

    /// <summary>The credits in all are missing too, but it is the group that says what of.</summary>
    [Fact]
    public void Plan_GroupWithoutWhichTheCreditsAreMissingToo_IsNamed()
    {
        var input = TwoCourses(Patient) with
        {
            Pathway = Pathway(PathwaySamples.Pathway(
                30, PathwaySamples.Pool("all", 10, "06"), PathwaySamples.All("thesis", "nowhere"))),
        };
        var none = Assert.IsType<NoPlan>(Ask(input));
        Assert.Equal("thesis", Assert.Single(none.Unmet).Group);
        Assert.True(none.IsProven);
    }

    [Fact]
    public void Plan_TwoThatWaitForEachOther_AreNamedAsACircle()
    {
        var one = PathwaySamples.Item("one");
        var two = PathwaySamples.Item("two");
        var input = TwoCourses(Patient) with { StartsAfter = [new(one, [two]), new(two, [one])] };
        var none = Assert.IsType<NoPlan>(Ask(input));
        Assert.Equal(["one", "two"], Assert.Single(none.Circles).Select(waiting => waiting.Achievement.Id));
        Assert.Equal("all", Assert.Single(none.Unmet).Group);

        // What waits for something that nobody offers is in no circle; nor is what the learner has finished.
        input = input with { StartsAfter = [new(one, [PathwaySamples.Item("nowhere")])] };
        Assert.Empty(Assert.IsType<NoPlan>(Ask(input)).Circles);
        input = TwoCourses(Patient) with { StartsAfter = [new(one, [two]), new(two, [one])] };
        var earned = PathwaySamples.Earned(input.Pathway.Catalogue[1]);
        Assert.IsType<Plan>(Ask(input with { Pathway = input.Pathway with { Earned = [earned] } }));
    }

    /// <summary>A week in which two terms overlap is as full as both, and their hours are counted once.</summary>
    [Theory]
    [InlineData(20, true)]
    [InlineData(19, false)]
    public void Plan_TermsThatOverlap_FillTheSameWeek_AndTheirHoursOnce(int hours, bool isPlanned)
    {
        var late = new Term("late autumn", new DateOnly(2026, 11, 1), new DateOnly(2027, 2, 13));
        var input = TwoCourses(Patient with { HoursAWeek = hours });
        input = input with { Offers = [input.Offers[0], input.Offers[3] with { Term = late }] };
        if (!isPlanned)
        {
            Assert.Equal(
                [new MoreHours(20)],
                Assert.IsType<NoPlan>(Ask(input)).Mends.SelectMany(mend => mend.Changes));
            return;
        }

        var plan = Assert.IsType<Plan>(Ask(input));
        Assert.Equal("autumn: one; late autumn: two", Told(plan));
        Assert.Equal([20, 20], plan.Terms.Select(term => term.HoursAWeek));
        Assert.Equal(300, plan.Hours);
    }

    [Fact]
    public void Plan_MostAbroad_CountsWhatIsUnderwayAbroad()
    {
        var input = TwoCourses(Patient with { MostAbroad = 1 });
        var begun = input.Offers[0] with { IsAbroad = true };
        input = input with
        {
            Pathway = input.Pathway with { AsOf = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero) },
            Offers = [.. input.Offers.Skip(2).Select(offer => offer with { IsAbroad = true })],
            Underway = [begun],
        };
        var none = Assert.IsType<NoPlan>(Ask(input));
        Assert.Equal([new MoreAbroad(2)], none.Mends.SelectMany(mend => mend.Changes));
        var plan = Assert.IsType<Plan>(Ask(input with { Wish = Patient with { MostAbroad = 2 } }));
        Assert.Equal(2, plan.Abroad);
    }

    /// <summary>Where nothing is published, too, a learner goes abroad for what is not online.</summary>
    [Theory]
    [InlineData("onsite", null, 1)]
    [InlineData("online", null, 0)]
    [InlineData("onsite", OfferMode.Online, 0)]
    [InlineData("online", OfferMode.Blended, 1)]
    public void Plan_InstitutionAbroad_IsAbroadUnlessItIsOnline(string participation, OfferMode? mode, int abroad)
    {
        var course = PathwaySamples.Achievement("course", 10, mspId: PathwaySamples.Abroad) with
        {
            Participation = participation,
        };
        var input = new PlanInput
        {
            Pathway = Pathway(PathwaySamples.Pathway(5, PathwaySamples.All("core", "demanded"))) with
            {
                Catalogue = [course],
                RecognizedAs = PathwaySamples.Agreement(0.5, null, ("course", "demanded")),
            },
            Abroad = new HashSet<string> { PathwaySamples.Abroad },
            Offers = mode is null ? [] :
                [new Offer { MspId = course.MspId, Achievement = course.Id, Term = Autumn, Mode = mode }],
            Wish = Patient with { MostAbroad = 0 },
        };
        if (abroad == 0)
        {
            Assert.Equal(0, Assert.IsType<Plan>(Ask(input)).Abroad);
            return;
        }

        Assert.Equal(
            [new MoreAbroad(abroad)], Assert.IsType<NoPlan>(Ask(input)).Mends.SelectMany(mend => mend.Changes));
        Assert.Equal(abroad, Assert.IsType<Plan>(Ask(input with { Wish = Patient })).Abroad);
    }

    /// <summary>What is underway has begun: its institution let it.</summary>
    [Fact]
    public void Plan_UnderwayWithoutWhatItStartsAfter_IsFinished()
    {
        var input = TwoCourses(Patient);
        input = input with
        {
            Pathway = input.Pathway with { AsOf = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero) },
            Underway = [input.Offers[0]],
            StartsAfter = [new(PathwaySamples.Item("one"), [PathwaySamples.Item("nowhere")])],
        };
        Assert.Equal("autumn: one; spring: two", Told(Assert.IsType<Plan>(Ask(input))));
        Assert.IsType<NoPlan>(Ask(input with { Underway = [] }));
    }

    /// <summary>An offer that was left is not taken again, and no other term is assumed in its place.</summary>
    [Fact]
    public void Plan_NotThen_HoldsForOffersAndForAssumedTerms()
    {
        var input = TwoCourses(Patient with { HoursAWeek = 10 });
        input = input with
        {
            NotThen = new HashSet<(string, string, DateOnly)> { (PathwaySamples.Home, "one", Autumn.First) },
        };
        Assert.Equal("autumn: two; spring: one", Told(Assert.IsType<Plan>(Ask(input))));
        var assumed = input with { Offers = [.. input.Offers.Skip(2)], Terms = [Autumn, Spring] };
        Assert.Equal("autumn: two; spring: one", Told(Assert.IsType<Plan>(Ask(assumed))));
        var left = input with { Offers = [input.Offers[0], .. input.Offers.Skip(2)], Terms = [Autumn, Spring] };
        Assert.Equal("all", Assert.Single(Assert.IsType<NoPlan>(Ask(left)).Unmet).Group);
    }

    [Fact]
    public void Plan_NotOffered_IsNotAssumed()
    {
        var input = TwoCourses(Patient) with { Offers = [], Terms = [Autumn, Spring] };
        Assert.Equal("autumn: one, two", Told(Assert.IsType<Plan>(Ask(input))));
        var closed = input with { NotOffered = new HashSet<(string, string)> { (PathwaySamples.Home, "one") } };
        Assert.IsType<NoPlan>(Ask(closed));
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
        var plan = Assert.IsType<Plan>(Ask(input));
        Assert.Empty(plan.Terms);
        Assert.Equal(new DateOnly(2026, 6, 1), plan.FinishesOn);
        Assert.Empty(Planner.Alternatives(input, plan, cancellationToken: TestContext.Current.CancellationToken));
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
        var step = Assert.Single(Assert.IsType<Plan>(Ask(input)).Steps);
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
        Assert.Equal("autumn: two; spring: one", Told(Assert.IsType<Plan>(Ask(input))));
    }

    [Fact]
    public void Plan_CostsOfTwoCurrencies_AreComparedByNobody()
    {
        var input = TwoCourses(Patient);
        input = input with { Offers = [input.Offers[0] with { Currency = "SEK" }, .. input.Offers.Skip(1)] };
        Assert.IsType<Plan>(Ask(input));
        var refused = Assert.Throws<ArgumentException>(
            () => Ask(input with { Wish = Patient with { Aim = PlanAim.Cheapest } }));
        Assert.Contains("EUR and SEK", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SeveralFaults_AreNamedAtOnce()
    {
        var refused = Assert.Throws<ArgumentException>(() => Ask(
            TwoCourses(Patient with { HoursAWeek = 0, HoursPerCredit = 20 })));
        Assert.Contains("hours a week", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ask(TwoCourses(Patient with { HoursAWeek = 169 })));
        Assert.Contains("25 to 30", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Time that is up before anything is found proves nothing.</summary>
    [Fact]
    public void Plan_NoTime_IsUndecided() =>
        Assert.IsType<Undecided>(Ask(TwoCourses(Patient) with { MostTime = TimeSpan.FromTicks(1) }));

    [Fact]
    public void Plan_Cancelled_IsEnded()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Planner.Plan(TwoCourses(Patient), cancelled.Token));
    }

    [Fact]
    public void Replan_OneFailed_ChangesOnlyThat()
    {
        var input = TwoCourses(Patient with { HoursAWeek = 10 });
        var before = Assert.IsType<Plan>(Ask(input));
        var failed = before.Terms[0].Steps.Single();
        var earned = input.Pathway with { AsOf = new DateTimeOffset(2026, 12, 20, 0, 0, 0, TimeSpan.Zero) };
        var after = Assert.IsType<Plan>(Planner.Replan(
            before, input with { Pathway = earned, Wish = Patient }, TestContext.Current.CancellationToken));
        Assert.Equal(Spring.Last, after.FinishesOn);
        Assert.Contains(after.Steps, step => step.Take == failed.Take && step.Offer.Term == Spring);
        Assert.Contains(after.Steps, step => step.Take == before.Terms[1].Steps.Single().Take);
    }

    /// <summary>What is underway began earlier, and may be finished all the same.</summary>
    [Fact]
    public void Plan_Underway_IsFinished()
    {
        var input = TwoCourses(Patient);
        var plan = Assert.IsType<Plan>(Ask(input with
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
        var plan = Assert.IsType<Plan>(Ask(input));
        Assert.True(plan.Evaluation.Complete);
        Assert.Equal("home", Assert.Single(plan.Steps).Take.Achievement.Id);
    }

    internal static PlanAnswer Ask(PlanInput input) => Planner.Plan(input, TestContext.Current.CancellationToken);

    private static PathwayInput Pathway(Pathway pathway) => new()
    {
        Pathway = pathway,
        Earned = [],
        Catalogue = [PathwaySamples.Achievement("one", 5), PathwaySamples.Achievement("two", 5)],
        AsOf = PathwaySamples.Now,
    };

    internal static PlanInput TwoCourses(PlanWish wish) => new()
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
