using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>What an institution says of when and on which terms one of its achievements can be taken.</summary>
public record OfferingDefinition
{
    /// <summary>When it can be taken, each time on terms of its own; none is that it cannot be for now.</summary>
    public required IReadOnlyList<AchievementOffer> Offers { get; init; }

    /// <summary>What a learner must have finished before beginning, all of it, of whichever institution.</summary>
    public IReadOnlyList<PathwayItem> StartsAfter { get; init; } = [];
}

/// <summary>
/// When and on which terms an achievement can be taken, whichever version of it is the newest. Its owner changes it as
/// a whole, as terms come and go; an achievement without one may be offered whenever its institution likes.
/// </summary>
public sealed record Offering : OfferingDefinition
{
    /// <summary>Makes one to be filled in.</summary>
    [JsonConstructor]
    public Offering()
    {
    }

    /// <summary>Makes what an institution sets out of what it says.</summary>
    [SetsRequiredMembers]
    public Offering(string mspId, string achievement, OfferingDefinition definition)
        : base(definition) => (MspId, Achievement) = (mspId, achievement);

    /// <summary>The institution that awards it.</summary>
    public required string MspId { get; init; }

    /// <summary>The achievement's identifier there.</summary>
    public required string Achievement { get; init; }

    /// <summary>When it was set last: the time of that transaction.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>One time at which an achievement can be taken.</summary>
public sealed record AchievementOffer
{
    /// <summary>What people call the term, such as <c>Autumn 2027</c>.</summary>
    public required string Term { get; init; }

    /// <summary>The first day.</summary>
    public required DateOnly First { get; init; }

    /// <summary>The last day, at whose end (UTC) it is earned.</summary>
    public required DateOnly Last { get; init; }

    /// <summary>How many learners can take it; none is any number.</summary>
    public int? Places { get; init; }

    /// <summary>The form of participation, one of <see cref="AchievementCodes.Participations"/>; none is what the
    /// achievement says.</summary>
    public string? Mode { get; init; }

    /// <summary>The language of teaching, BCP 47; none is the achievement's.</summary>
    public string? Language { get; init; }

    /// <summary>What it costs, to the hundredth; 0 is free, none is not said.</summary>
    public double? Cost { get; init; }

    /// <summary>The currency of the cost, ISO 4217; there if and only if the cost is.</summary>
    public string? Currency { get; init; }

    /// <summary>Where a learner enrols, an absolute https address.</summary>
    public string? Url { get; init; }
}
