namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// How fast somebody learns, by the dates of credentials alone: the pace, for how many months without a break, and when
/// a pathway may be finished. Computed when it is looked at, and kept nowhere.
/// </summary>
public sealed record LearningPace
{
    /// <summary>How many of the latest months are looked at.</summary>
    public const int MonthsLooked = 24;

    /// <summary>The fewest months since the first credential by which something is forecast.</summary>
    public const int MinMonths = 4;

    /// <summary>The part of the drawn futures within the interval that is told, in percent.</summary>
    public const int Likelihood = 80;

    private const int Futures = 2000;
    private const int MostMonths = 120;
    private const int Seed = 20_261_129;

    // July and August: in a year's other half elsewhere, where they are months like any other at worst.
    private const int FirstHoliday = 7;
    private const int LastHoliday = 8;

    /// <summary>Credits a month, over the months looked at.</summary>
    public required double CreditsPerMonth { get; init; }

    /// <summary>How many months that is over.</summary>
    public required int Months { get; init; }

    /// <summary>
    /// How many months in a row something was earned, up to now. Holidays neither count nor break it, nor does a month
    /// that is not over.
    /// </summary>
    public required int Streak { get; init; }

    /// <summary>When it may be finished. None if it is, or if there is too little to go by.</summary>
    public FinishForecast? Forecast { get; init; }

    /// <summary>Computes it.</summary>
    /// <param name="earned">When credits were earned that count.</param>
    /// <param name="missing">How many are missing still.</param>
    /// <param name="now">Now.</param>
    /// <returns>The pace; null if nothing was earned yet.</returns>
    public static LearningPace? Of(
        IReadOnlyCollection<(DateTimeOffset At, double Credits)> earned, double missing, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(earned);
        int present = MonthOf(now);
        var byMonth = earned.Where(one => one.At <= now).GroupBy(one => MonthOf(one.At))
            .ToDictionary(month => month.Key, month => month.Sum(one => one.Credits));
        if (byMonth.Count == 0) return null;

        int first = Math.Max(byMonth.Keys.Min(), present - MonthsLooked + 1);
        double[] months = [.. Enumerable.Range(first, present - first + 1).Select(m => byMonth.GetValueOrDefault(m))];
        return new LearningPace
        {
            CreditsPerMonth = months.Sum() / months.Length,
            Months = months.Length,
            Streak = StreakOf(byMonth, present),
            Forecast = missing > 0 && months.Length >= MinMonths && months.Sum() > 0
                ? ForecastOf(first, months, missing, present) : null,
        };
    }

    private static int StreakOf(Dictionary<int, double> byMonth, int present)
    {
        int streak = byMonth.ContainsKey(present) ? 1 : 0;
        int oldest = byMonth.Keys.Min();
        for (int month = present - 1; month >= oldest; month--)
        {
            if (byMonth.ContainsKey(month)) streak++;
            else if (!IsHoliday(month)) break;
        }

        return streak;
    }

    /// <summary>
    /// Draws futures in which each month is as one of the learner's own: holidays as holidays, others as others. The
    /// month that is not over yet is not drawn from, since it may become more.
    /// </summary>
    private static FinishForecast? ForecastOf(int first, double[] months, double missing, int present)
    {
        var past = months.SkipLast(1).Select((credits, i) => (Month: first + i, credits)).ToLookup(
            one => IsHoliday(one.Month), one => one.credits);
        double[] holidays = [.. past[true]];
        double[] others = [.. past[false]];
        if (others.Sum() + holidays.Sum() <= 0) return null;

        var random = new Random(Seed);
        int[] finishes = new int[Futures];
        for (int i = 0; i < Futures; i++)
        {
            double sum = 0;
            int ahead = 0;
            while (sum < missing && ahead < MostMonths)
            {
                ahead++;
                double[] alike = IsHoliday(present + ahead) ? holidays : others;
                if (alike.Length > 0) sum += alike[random.Next(alike.Length)];
            }

            finishes[i] = ahead;
        }

        Array.Sort(finishes);
        int outside = Futures * (100 - Likelihood) / 200;
        int latest = finishes[Futures - 1 - outside];
        return new FinishForecast(
            FirstDayOf(present + finishes[outside]), FirstDayOf(present + finishes[Futures / 2]),
            latest >= MostMonths ? null : FirstDayOf(present + latest));
    }

    private static bool IsHoliday(int month) => month % 12 + 1 is >= FirstHoliday and <= LastHoliday;

    private static int MonthOf(DateTimeOffset at) => at.UtcDateTime.Year * 12 + at.UtcDateTime.Month - 1;

    private static DateTimeOffset FirstDayOf(int month) => new(month / 12, month % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>In which months something may be finished, each as its first day.</summary>
/// <param name="Earliest">A tenth of the futures are done before it.</param>
/// <param name="Middle">Half of them are.</param>
/// <param name="Latest">A tenth are done after it; none if that is more than ten years ahead.</param>
public sealed record FinishForecast(DateTimeOffset Earliest, DateTimeOffset Middle, DateTimeOffset? Latest);
