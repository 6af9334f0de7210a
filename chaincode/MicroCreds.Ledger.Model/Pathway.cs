namespace MicroCreds.Ledger.Model;

/// <summary>
/// The rules by which achievements stack into a larger one. Published once; a correction is a new version.
/// </summary>
public sealed record Pathway
{
    /// <summary>The institution that owns it, and awards what it leads to.</summary>
    public required string MspId { get; init; }

    /// <summary>The name among the institution's pathways: lower-case letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The version, from 1 upwards.</summary>
    public required int Version { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required string Description { get; init; }

    /// <summary>The owner's achievement that it leads to.</summary>
    public required AchievementReference Award { get; init; }

    /// <summary>How many ECTS credits must count over all groups.</summary>
    public required double Credits { get; init; }

    /// <summary>The level of the European Qualifications Framework, 1 to 8, if it applies.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>What counts, group by group. It is complete once every group and the credits are.</summary>
    public required IReadOnlyList<PathwayGroup> Groups { get; init; }

    /// <summary>Which achievements count only with others beside them.</summary>
    public IReadOnlyList<PathwayPrerequisite> Prerequisites { get; init; } = [];

    /// <summary>How old a credential may be, in months; none is any age. A group may ask for less.</summary>
    public int? NotOlderThanMonths { get; init; }

    /// <summary>Within how many months, from first to last, all that counts must be earned; none is any time.</summary>
    public int? WithinMonths { get; init; }

    /// <summary>The most credits that count of other institutions' achievements; none is any number.</summary>
    public double? MaxRecognizedCredits { get; init; }

    /// <summary>When it was published: the time of that transaction.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>When it was retired: no award is issued for it afterwards, what was issued stands.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>A part of a pathway. A credential counts in one group only.</summary>
public sealed record PathwayGroup
{
    /// <summary>The name within the pathway: lower-case letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public string? Description { get; init; }

    /// <summary>One of <see cref="PathwayRule"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>The achievements that it names.</summary>
    public IReadOnlyList<PathwayItem> Items { get; init; } = [];

    /// <summary>What else may be chosen, by field and level; none is nothing else.</summary>
    public PathwayPool? Pool { get; init; }

    /// <summary>How many must be chosen; none is no number.</summary>
    public int? MinCount { get; init; }

    /// <summary>The most that count; none is any number.</summary>
    public int? MaxCount { get; init; }

    /// <summary>How many credits must be chosen; none is no number.</summary>
    public double? MinCredits { get; init; }

    /// <summary>The most credits that count; none is any number.</summary>
    public double? MaxCredits { get; init; }

    /// <summary>The lowest level that counts, EQF 1 to 8; none is any.</summary>
    public int? MinLevel { get; init; }

    /// <summary>How old a credential may be, in months; none is what the pathway says.</summary>
    public int? NotOlderThanMonths { get; init; }

    /// <summary>The groups that come first: this one is complete only once they are.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
}

/// <summary>Names an achievement of any institution of the ledger.</summary>
/// <param name="MspId">The institution that awards it.</param>
/// <param name="Id">Its identifier there.</param>
/// <param name="Versions">The versions that count; none or an empty list is every version.</param>
public sealed record PathwayItem(string MspId, string Id, IReadOnlyList<int>? Versions = null);

/// <summary>Describes achievements that need not be named. Everything that is said must hold.</summary>
public sealed record PathwayPool
{
    /// <summary>The beginnings of ISCED-F 2013 fields, two to four digits; none is every field.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The institutions whose achievements may be chosen; none is all.</summary>
    public IReadOnlyList<string> MspIds { get; init; } = [];
}

/// <summary>An achievement that counts only with others beside it, earned in whichever order.</summary>
/// <param name="Achievement">The achievement.</param>
/// <param name="Needs">What the learner must have too, all of it.</param>
public sealed record PathwayPrerequisite(PathwayItem Achievement, IReadOnlyList<PathwayItem> Needs);

/// <summary>The rules of groups.</summary>
public static class PathwayRule
{
    /// <summary>Every achievement that is named must be there.</summary>
    public const string All = "all";

    /// <summary>Chosen from what is named and from the pool, as many as the group says.</summary>
    public const string Choice = "choice";

    /// <summary>All rules.</summary>
    public static readonly IReadOnlyList<string> Values = [All, Choice];
}
