using System.Text.Json;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>What a plan is asked for. Everything is optional.</summary>
public sealed record PlanRequest
{
    /// <summary>
    /// What the learner has: each an object, or a string in a compact form. Default is nothing.
    /// </summary>
    public IReadOnlyList<JsonElement> Credentials { get; init; } = [];

    /// <summary>What the learner wants.</summary>
    public WishedPlan Wish { get; init; } = new();

    /// <summary>What the learner has begun and not finished yet.</summary>
    public IReadOnlyList<BegunStep> Underway { get; init; } = [];

    /// <summary>What is not to be taken at a time, such as an offer that was left, failed or full.</summary>
    public IReadOnlyList<BegunStep> NotThen { get; init; } = [];

    /// <summary>What is not to be taken at all.</summary>
    public IReadOnlyList<AchievementName> Without { get; init; } = [];

    /// <summary>The steps of a former plan, from which the new one is to differ as little as it can.</summary>
    public IReadOnlyList<PlannedStep> Before { get; init; } = [];

    /// <summary>
    /// How many other plans to tell as well, up to <see cref="Planner.MaxAlternatives"/>. Default is none.
    /// </summary>
    public int Alternatives { get; init; }
}

/// <summary>Names an achievement of any institution, whichever version of it is the newest.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="Achievement">The achievement's identifier there.</param>
public sealed record AchievementName(string MspId, string Achievement);

/// <summary>An achievement taken at a time.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="Achievement">The achievement's identifier there.</param>
/// <param name="First">The first day of the offer.</param>
/// <param name="Last">
/// The day on which it ends for this learner, if not with the offer. Needed where no such offer is known.
/// </param>
public sealed record BegunStep(string MspId, string Achievement, DateOnly First, DateOnly? Last = null);

/// <summary>What a learner wants of a plan. Everything is optional.</summary>
public sealed record WishedPlan
{
    /// <summary>The most hours in any week. Default is any number.</summary>
    public double? HoursAWeek { get; init; }

    /// <summary>The last day on which it is to be finished. Default is any.</summary>
    public DateOnly? Deadline { get; init; }

    /// <summary>Whether all must be online. Default is no.</summary>
    public bool OnlineOnly { get; init; }

    /// <summary>The languages that the learner can be taught in, BCP 47. Default is any.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The most offers that are abroad and not online. Default is any number.</summary>
    public int? MostAbroad { get; init; }

    /// <summary>The most that it may cost in all. Default is any amount.</summary>
    public decimal? MostCost { get; init; }

    /// <summary>What it is to be best at: <c>shortest</c>, <c>lightest</c> or <c>cheapest</c>. Default is the first.
    /// </summary>
    public string Aim { get; init; } = Aims[0];

    /// <summary>
    /// How many hours an ECTS credit stands for where an achievement does not state its own, 25 to 30. Default is 30.
    /// </summary>
    public double HoursPerCredit { get; init; } = PlanWish.MostHoursPerCredit;

    /// <summary>
    /// The learner's country, ISO 3166-1 alpha-2. Default is the pathway's owner's.
    /// </summary>
    public string? Country { get; init; }

    /// <summary>What <see cref="Aim"/> may be, in the order of <see cref="PlanAim"/>.</summary>
    public static IReadOnlyList<string> Aims { get; } =
        [.. Enum.GetNames<PlanAim>().Select(JsonNamingPolicy.CamelCase.ConvertName)];
}
