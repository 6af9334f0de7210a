using MicroCreds.Ledger.Gateway.Evaluating;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner's own pace, streak and forecast, out of dates alone.</summary>
public sealed class LearningPaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3, "2026-11", "2026-10", "2026-09")]
    [InlineData(2, "2026-10", "2026-09")]
    [InlineData(0, "2026-09")]
    [InlineData(5, "2026-11", "2026-10", "2026-09", "2026-06", "2026-05")]
    [InlineData(6, "2026-11", "2026-10", "2026-09", "2026-08", "2026-06", "2026-05")]
    [InlineData(3, "2026-11", "2026-10", "2026-09", "2026-05")]
    [InlineData(1, "2026-11", "2026-11")]
    public void Streak_PausesForHolidays_AndForTheMonthThatIsNotOver(int streak, params string[] months) =>
        Assert.Equal(streak, PaceOf(3, [.. months.Select(month => (month, 3.0))])!.Streak);

    [Fact]
    public void Nothing_HasNoPace_AndLittleHasNoForecast()
    {
        Assert.Null(PaceOf(10));
        Assert.Null(PaceOf(10, ("2027-01", 3)));
        var pace = PaceOf(10, ("2026-09", 3))!;
        Assert.Equal((1.0, 3), (pace.CreditsPerMonth, pace.Months));
        Assert.Null(pace.Forecast);
        Assert.Null(PaceOf(0, ("2026-01", 30))!.Forecast);
    }

    [Fact]
    public void Forecast_OfOneWhoEarnsTheSameEachMonth_IsOneMonth_AndTheSameEachTime()
    {
        var steady = Enumerable.Range(1, 10).Where(month => month is not (7 or 8))
            .Select(month => ($"2026-{month:00}", 2.0)).ToArray();
        var forecast = PaceOf(6, steady)!.Forecast!;
        Assert.Equal(new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero), forecast.Middle);
        Assert.Equal((forecast.Middle, forecast.Middle), (forecast.Earliest, forecast.Latest!.Value));
        Assert.Equal(forecast, PaceOf(6, steady)!.Forecast);

        // Over the summer it takes two months more, in which nothing was ever earned.
        Assert.Equal(new DateTimeOffset(2027, 9, 1, 0, 0, 0, TimeSpan.Zero), PaceOf(16, steady)!.Forecast!.Middle);
    }

    [Fact]
    public void Forecast_BeyondTenYears_HasNoEnd()
    {
        var forecast = PaceOf(300, ("2025-01", 1))!.Forecast;
        Assert.Null(forecast!.Latest);
    }

    [Fact]
    public void Forecast_OfLearnersWhoLearnByChance_IsRightAboutAsOftenAsItSays()
    {
        var random = new Random(1);
        int within = 0;
        const int Learners = 300;
        for (int i = 0; i < Learners; i++)
        {
            var past = Enumerable.Range(0, 24).Select(back => (At: Now.AddMonths(-back - 1), Credits: Draw(random)))
                .Append((At: Now.AddMonths(-24), Credits: 0.5)).ToList();
            var forecast = LearningPace.Of([.. past.Where(one => one.Credits > 0)], 30, Now)!.Forecast!;
            var finish = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
            for (double sum = 0; sum < 30; sum += Draw(random)) finish = finish.AddMonths(1);
            if (finish >= forecast.Earliest && finish <= forecast.Latest) within++;
        }

        // A past of two years says less of the future than it seems: it is right somewhat more seldom.
        Assert.InRange(within * 100.0 / Learners, 65, 92);
    }

    /// <summary>A month of somebody who earns 5 credits in two of five months, in no order.</summary>
    private static double Draw(Random random) => random.NextDouble() < 0.4 ? 5 : 0;

    private static LearningPace? PaceOf(double missing, params (string Month, double Credits)[] earned) =>
        LearningPace.Of(
            [.. earned.Select(one => (new DateTimeOffset(
                int.Parse(one.Month[..4], null), int.Parse(one.Month[5..], null), 10, 0, 0, 0, TimeSpan.Zero),
                one.Credits))],
            missing, Now);
}
