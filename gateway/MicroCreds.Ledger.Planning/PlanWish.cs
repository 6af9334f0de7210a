namespace MicroCreds.Ledger.Planning;

/// <summary>What a learner wants of a plan. Everything is optional.</summary>
public sealed record PlanWish
{
    /// <summary>
    /// The least and the most hours that an ECTS credit stands for, by the ECTS Users' Guide of 2015.
    /// </summary>
    public const double LeastHoursPerCredit = 25;

    /// <inheritdoc cref="LeastHoursPerCredit" />
    public const double MostHoursPerCredit = 30;

    /// <summary>The hours that a week has.</summary>
    public const int MostHoursAWeek = 168;

    /// <summary>
    /// The most hours in any week, over all that runs in it, up to <see cref="MostHoursAWeek"/>. Default is any number.
    /// </summary>
    public double? HoursAWeek { get; init; }

    /// <summary>The last day on which it is to be finished. Default is any.</summary>
    public DateOnly? Deadline { get; init; }

    /// <summary>Whether all must be online. Default is no.</summary>
    public bool OnlineOnly { get; init; }

    /// <summary>
    /// The languages that the learner can be taught in, BCP 47; <c>en</c> takes <c>en-IE</c> too. Default, and where it
    /// is empty, is any.
    /// </summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The most offers that are abroad. Default is any number.</summary>
    public int? MostAbroad { get; init; }

    /// <summary>The most that it may cost in all. Default is any amount.</summary>
    public decimal? MostCost { get; init; }

    /// <summary>What the plan is to be best at. Default is <see cref="PlanAim.Shortest"/>.</summary>
    public PlanAim Aim { get; init; } = PlanAim.Shortest;

    /// <summary>
    /// How many hours an ECTS credit stands for where an achievement does not state its own, from 25 to 30. Default is
    /// 30, so that no week is fuller than promised.
    /// </summary>
    public double HoursPerCredit { get; init; } = MostHoursPerCredit;
}

/// <summary>What a plan is to be best at. What is left open by all of it is settled the same way each time.</summary>
public enum PlanAim
{
    /// <summary>The earliest finish; then the fewest hours, the fewest steps, the least cost.</summary>
    Shortest,

    /// <summary>The fewest hours; then the fewest steps, the earliest finish, the least cost.</summary>
    Lightest,

    /// <summary>The least cost; then the earliest finish, the fewest hours, the fewest steps.</summary>
    Cheapest,
}
