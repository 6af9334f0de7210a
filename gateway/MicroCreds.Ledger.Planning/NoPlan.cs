using MicroCreds.Ledger.Credentials.Pathways;

namespace MicroCreds.Ledger.Planning;

/// <summary>It is proven that no plan keeps to all that is asked.</summary>
public sealed record NoPlan : PlanAnswer
{
    /// <summary>
    /// The smallest changes that would mend it, each by itself: of one wish if any one alone can, else of as few wishes
    /// at once as possible. Empty if no change of wishes helps.
    /// </summary>
    public required IReadOnlyList<Mend> Mends { get; init; }

    /// <summary>
    /// Where no change of wishes helps: demands of the pathway that cannot be met together by anything offered, none of
    /// which can be left out of the list. A single one cannot be met at all.
    /// </summary>
    public required IReadOnlyList<Demand> Unmet { get; init; }

    /// <summary>
    /// Where no change of wishes helps: what counts towards these demands, or is needed for it, and can never begin,
    /// since each waits for the next in its list, and the last for the first.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<OfferedAchievement>> Circles { get; init; }

    /// <summary>
    /// Whether it is proven that each mend is the smallest of its kind, that none is missing, or that no demand can be
    /// left out. If not, time was up before.
    /// </summary>
    public required bool IsProven { get; init; }
}

/// <summary>What would mend it: all of its changes at once.</summary>
/// <param name="Changes">The changes, each of another wish.</param>
public sealed record Mend(IReadOnlyList<Change> Changes)
{
    /// <summary>Applies it.</summary>
    /// <param name="wish">The wish that led to no plan.</param>
    /// <returns>A wish that leads to one.</returns>
    public PlanWish ApplyTo(PlanWish wish) => Changes.Aggregate(wish, (changed, change) => change.ApplyTo(changed));
}

/// <summary>A change of one wish.</summary>
public abstract record Change
{
    /// <summary>Applies it.</summary>
    public abstract PlanWish ApplyTo(PlanWish wish);
}

/// <summary>More hours a week.</summary>
/// <param name="HoursAWeek">How many are needed at least, as whole hours.</param>
public sealed record MoreHours(int HoursAWeek) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { HoursAWeek = HoursAWeek };
}

/// <summary>A later deadline.</summary>
/// <param name="Deadline">The earliest day that does.</param>
public sealed record LaterDeadline(DateOnly Deadline) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { Deadline = Deadline };
}

/// <summary>Not all online.</summary>
/// <param name="NotOnline">How many offers must be on site or blended at least.</param>
public sealed record NotOnlyOnline(int NotOnline) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { OnlineOnly = false };
}

/// <summary>Other languages too.</summary>
/// <param name="Languages">Which; there is no set of fewer that does.</param>
public sealed record OtherLanguages(IReadOnlyList<string> Languages) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { Languages = [.. wish.Languages, .. Languages] };
}

/// <summary>More of it abroad.</summary>
/// <param name="MostAbroad">How many offers must be at least.</param>
public sealed record MoreAbroad(int MostAbroad) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { MostAbroad = MostAbroad };
}

/// <summary>More money.</summary>
/// <param name="MostCost">How much is needed at least in all.</param>
/// <param name="Currency">Its currency, ISO 4217.</param>
public sealed record MoreMoney(decimal MostCost, string Currency) : Change
{
    /// <inheritdoc />
    public override PlanWish ApplyTo(PlanWish wish) => wish with { MostCost = MostCost };
}

/// <summary>Something that a pathway demands.</summary>
/// <param name="Group">The group whose demands it is; absent for the credits over all groups.</param>
/// <param name="Name">The group's title, or the pathway's.</param>
public sealed record Demand(string? Group, string Name);
