using MicroCreds.Ledger.Planning;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>What takes days, and not weeks.</summary>
public sealed class ShortOfferTests
{
    /// <summary>Three days of 150 hours fill one week with 150, and two of them in one week fill it with 300.</summary>
    [Fact]
    public void Plan_ShorterThanAWeek_FillsAWeekWithItsHoursAndNoMore()
    {
        var early = new Term("early", new DateOnly(2026, 9, 1), new DateOnly(2026, 9, 3));
        var late = new Term("late", new DateOnly(2026, 9, 5), new DateOnly(2026, 9, 6));
        var input = PlannerTests.TwoCourses(new PlanWish() with { HoursAWeek = 160 });
        input = input with { Offers = [input.Offers[0] with { Term = early }, input.Offers[2] with { Term = late }] };

        // Nobody has more hours a week than there are: it is no wish of the learner's that stands in the way.
        var none = Assert.IsType<NoPlan>(PlannerTests.Ask(input));
        Assert.Empty(none.Mends);
        Assert.Equal("all", Assert.Single(none.Unmet).Group);

        var next = new Term("next", new DateOnly(2026, 9, 8), new DateOnly(2026, 9, 9));
        input = input with { Offers = [input.Offers[0], input.Offers[1] with { Term = next }] };
        Assert.Equal([150, 150], Assert.IsType<Plan>(PlannerTests.Ask(input)).Terms.Select(term => term.HoursAWeek));
        Assert.Equal(
            [new MoreHours(150)],
            Assert.IsType<NoPlan>(PlannerTests.Ask(input with { Wish = new PlanWish() with { HoursAWeek = 149 } }))
                .Mends.SelectMany(mend => mend.Changes));
    }
}
