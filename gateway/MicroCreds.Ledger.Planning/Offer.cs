using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Planning;

/// <summary>When, and on which terms, an achievement can be taken once.</summary>
public sealed record Offer
{
    /// <summary>The currency of what does not name its own.</summary>
    public const string Euro = "EUR";

    /// <summary>The institution that awards it.</summary>
    public required string MspId { get; init; }

    /// <summary>The achievement's identifier there. Its newest version that is not retired is meant.</summary>
    public required string Achievement { get; init; }

    /// <summary>When it runs.</summary>
    public required Term Term { get; init; }

    /// <summary>How many places are left; none is any number. Without a place it cannot be taken.</summary>
    public int? PlacesLeft { get; init; }

    /// <summary>How it is taken. Default is what the achievement says of participation.</summary>
    public OfferMode? Mode { get; init; }

    /// <summary>The language of teaching, BCP 47. Default is the achievement's.</summary>
    public string? Language { get; init; }

    /// <summary>What it costs, to the hundredth of the currency; none is unknown, and counts as nothing.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of the cost, ISO 4217. Default is EUR.</summary>
    public string Currency { get; init; } = Euro;

    /// <summary>Where a learner enrols; told with the plan, and nothing else.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// Whether the learner goes abroad for it. Default is what <see cref="PlanInput.Abroad"/> says of its institution.
    /// </summary>
    public bool IsAbroad { get; init; }
}

/// <summary>A stretch of days, the last one included.</summary>
/// <param name="Name">What people call it, such as <c>Autumn 2026</c>.</param>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, at whose end (UTC) what was taken is earned.</param>
public sealed record Term(string Name, DateOnly First, DateOnly Last)
{
    /// <summary>How many days it has.</summary>
    public int Days => Last.DayNumber - First.DayNumber + 1;
}

/// <summary>How something is taken.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OfferMode>))]
public enum OfferMode
{
    /// <summary>From anywhere.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>Where it is taught.</summary>
    [JsonStringEnumMemberName("onsite")]
    OnSite,

    /// <summary>Some of it from anywhere.</summary>
    [JsonStringEnumMemberName("blended")]
    Blended,
}
