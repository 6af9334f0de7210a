using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways;

/// <summary>How far a learner is along a pathway.</summary>
public sealed record PathwayEvaluation
{
    /// <summary>The pathway.</summary>
    public required PathwayName Pathway { get; init; }

    /// <summary>The moment that it was evaluated for.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Whether every group and the credits are complete.</summary>
    public required bool Complete { get; init; }

    /// <summary>The credits over all groups.</summary>
    public required Progress Credits { get; init; }

    /// <summary>The groups, in the pathway's order.</summary>
    public required IReadOnlyList<GroupProgress> Groups { get; init; }

    /// <summary>The credentials that do not count, each with its reason.</summary>
    public required IReadOnlyList<NotCounted> NotCounted { get; init; }

    /// <summary>The steps that were reached, and those to come.</summary>
    public required IReadOnlyList<Milestone> Milestones { get; init; }

    /// <summary>Until when the rest must be earned, so that what counts now still counts then.</summary>
    public DateTimeOffset? FinishBy { get; init; }

    /// <summary>
    /// The shortest ways to finish: the fewest steps, among those the fewest credits. None if it is complete, or if
    /// what is offered leads nowhere. What the learner has already, itself or as an equivalent, is not taken again.
    /// </summary>
    public required IReadOnlyList<PathwayWay> Ways { get; init; }

    /// <summary>Whether it is certain that no way is shorter, or that there is none.</summary>
    public required bool WaysAreProven { get; init; }

    /// <summary>What to take next, the most useful first.</summary>
    public required IReadOnlyList<NextStep> Suggestions { get; init; }
}

/// <summary>Names a version of a pathway.</summary>
public sealed record PathwayName(string MspId, string Id, int Version, string Name, AchievementReference Award);

/// <summary>A number that is to be reached.</summary>
/// <param name="Counted">What is there.</param>
/// <param name="Required">What must be there; absent where nothing must.</param>
/// <param name="Missing">What is missing.</param>
/// <param name="Most">The most that counts; absent where there is no bound.</param>
public sealed record Progress(double Counted, double? Required, double Missing, double? Most = null);

/// <summary>How far one group is.</summary>
public sealed record GroupProgress
{
    /// <summary>The group.</summary>
    public required string Id { get; init; }

    /// <summary>Its title.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="PathwayRule"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>Whether all that it asks is there, and the groups before it are complete.</summary>
    public required bool Complete { get; init; }

    /// <summary>The groups before it that are not complete yet.</summary>
    public required IReadOnlyList<string> WaitingFor { get; init; }

    /// <summary>Its credits.</summary>
    public required Progress Credits { get; init; }

    /// <summary>The number of its achievements.</summary>
    public required Progress Count { get; init; }

    /// <summary>What counts in it, in the order it was earned.</summary>
    public required IReadOnlyList<Counted> Counted { get; init; }

    /// <summary>The demanded achievements that are missing.</summary>
    public required IReadOnlyList<PathwayItem> MissingItems { get; init; }
}

/// <summary>A credential that counts.</summary>
public sealed record Counted
{
    /// <summary>The credential.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Who awarded it.</summary>
    public required string MspId { get; init; }

    /// <summary>The ledger of the other consortium that its awarder is a member of; absent of this one's.</summary>
    public string? Ledger { get; init; }

    /// <summary>The achievement.</summary>
    public required AchievementReference Achievement { get; init; }

    /// <summary>Its title.</summary>
    public required string Name { get; init; }

    /// <summary>When it was earned.</summary>
    public required DateTimeOffset EarnedAt { get; init; }

    /// <summary>The credits that it counts for; a group's bound may let fewer through.</summary>
    public required double Credits { get; init; }

    /// <summary>The agreement under which it counts; absent for the owner's own achievements.</summary>
    public AgreementUse? Agreement { get; init; }
}

/// <summary>The agreement under which another institution's achievement counts.</summary>
/// <param name="Id">The agreement.</param>
/// <param name="Version">Its version.</param>
/// <param name="Equivalent">The owner's achievement that it stands for; absent if it counts as itself.</param>
public sealed record AgreementUse(string Id, int Version, AchievementReference? Equivalent);

/// <summary>A credential that does not count.</summary>
/// <param name="CredentialId">The credential.</param>
/// <param name="MspId">Who awarded it.</param>
/// <param name="Achievement">The achievement.</param>
/// <param name="Name">Its title.</param>
/// <param name="Reason">One of <see cref="NotCountedReason"/>.</param>
/// <param name="Detail">Why, as a sentence.</param>
public sealed record NotCounted(
    string CredentialId, string MspId, AchievementReference Achievement, string Name, string Reason, string Detail)
{
    /// <summary>The ledger of the other consortium that its awarder is a member of; absent of this one's.</summary>
    public string? Ledger { get; init; }
}

/// <summary>A real step on the way.</summary>
/// <param name="Code"><c>firstCounted</c>, <c>groupComplete</c>, <c>halfway</c> or <c>complete</c>.</param>
/// <param name="Group">The group; absent for the pathway as a whole.</param>
/// <param name="Name">What is reached.</param>
/// <param name="ReachedAt">When; absent while it lies ahead.</param>
public sealed record Milestone(string Code, string? Group, string Name, DateTimeOffset? ReachedAt);

/// <summary>A way to finish.</summary>
/// <param name="Steps">What to take; the order is free but for prerequisites and groups that come first.</param>
/// <param name="Credits">The credits that it takes, as those who award them count.</param>
public sealed record PathwayWay(IReadOnlyList<WayStep> Steps, double Credits);

/// <summary>A step of a way.</summary>
public sealed record WayStep
{
    /// <summary>What to take.</summary>
    public required OfferedAchievement Take { get; init; }

    /// <summary>The group that it counts in; absent if it only opens the way to others.</summary>
    public string? Group { get; init; }

    /// <summary>The credits that it counts for.</summary>
    public required double CountsAs { get; init; }

    /// <summary>The agreement under which it counts; absent for the owner's own achievements.</summary>
    public AgreementUse? Agreement { get; init; }

    /// <summary>What would do as well, some of it.</summary>
    public required IReadOnlyList<OfferedAchievement> OrInstead { get; init; }
}

/// <summary>An achievement that can be taken.</summary>
public sealed record OfferedAchievement(string MspId, AchievementReference Achievement, string Name, double Credits);

/// <summary>A suggestion.</summary>
/// <param name="Take">What to take.</param>
/// <param name="Group">The group that it counts in.</param>
/// <param name="CountsAs">The credits that it counts for.</param>
/// <param name="Reasons">Why, at least one reason.</param>
public sealed record NextStep(
    OfferedAchievement Take, string Group, double CountsAs, IReadOnlyList<SuggestionReason> Reasons);

/// <summary>Why a step is suggested.</summary>
/// <param name="Code">
/// <c>countsTowards</c>, <c>demanded</c>, <c>onShortestWay</c>, <c>opensOthers</c>, <c>teachesSkill</c>,
/// <c>atLevel</c> or <c>withinCredits</c>.
/// </param>
/// <param name="Detail">As a sentence.</param>
public sealed record SuggestionReason(string Code, string Detail);

/// <summary>Why a credential does not count.</summary>
public static class NotCountedReason
{
    /// <summary>No group takes such an achievement.</summary>
    public const string NotInPathway = "notInPathway";

    /// <summary>It is what the pathway leads to.</summary>
    public const string IsTheAward = "isTheAward";

    /// <summary>Another version is asked for.</summary>
    public const string OtherVersion = "otherVersion";

    /// <summary>No agreement lets it count at the pathway's owner.</summary>
    public const string NotRecognized = "notRecognized";

    /// <summary>Its level is below what the group asks.</summary>
    public const string LevelTooLow = "levelTooLow";

    /// <summary>It is older than the rules let it be.</summary>
    public const string TooOld = "tooOld";

    /// <summary>It was earned outside the months within which all must be earned.</summary>
    public const string OutsideWindow = "outsideWindow";

    /// <summary>It counts only with another achievement, which is missing.</summary>
    public const string PrerequisiteMissing = "prerequisiteMissing";

    /// <summary>Another credential counts for the same achievement.</summary>
    public const string AlreadyCounted = "alreadyCounted";

    /// <summary>The groups that take it, or what agreements let through, are full.</summary>
    public const string NoRoom = "noRoom";
}
