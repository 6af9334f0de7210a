using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>
/// An achievement, earned or still to be taken, as the pathway's owner sees it by one of the agreements that recognise
/// it.
/// </summary>
/// <param name="Achievement">The achievement.</param>
/// <param name="EarnedAt">When it was earned; now for one still to be taken.</param>
/// <param name="Recognition">
/// What it counts as; absent for the owner's own, and for others' that no agreement recognises.
/// </param>
/// <param name="IsOwn">Whether the owner awards it.</param>
/// <param name="Key">What it is: all that has one key counts at most once.</param>
/// <param name="Ledger">The ledger of another consortium that awarded it; none if it is of this one.</param>
internal sealed record Subject(
    Achievement Achievement, DateTimeOffset EarnedAt, RecognizedAchievement? Recognition, bool IsOwn, string Key,
    string? Ledger = null)
{
    /// <summary>
    /// The achievement itself, whatever it counts as: it counts at most once, by one of its agreements.
    /// </summary>
    public string Identity { get; } = IdentityOf(Achievement, Ledger);

    public bool Counts => IsOwn || Recognition is not null;

    public double Credits => IsOwn ? Achievement.Credits : Recognition?.Credits ?? 0;

    public int? Level => Recognition?.EqfLevel ?? Achievement.EqfLevel;

    public AgreementUse? Agreement => Recognition is { } recognition
        ? new AgreementUse(recognition.Agreement, recognition.AgreementVersion, recognition.Equivalent)
        : null;

    /// <summary>Sees an achievement through the owner's eyes, once for each way in which it is recognised.</summary>
    /// <remarks>
    /// Which of them it counts by is for the count to find out: any that is taken beforehand may be the wrong one. Of
    /// ways that serve equally the first is told: where it stands for what the pathway names, then for most credits.
    /// </remarks>
    public static IReadOnlyList<Subject> AllOf(
        PathwayInput input, Achievement achievement, DateTimeOffset earnedAt, DateTimeOffset anchoredAt)
    {
        string owner = input.Pathway.MspId;
        return achievement.MspId == owner
            ? [new(achievement, earnedAt, null, true, KeyOf(owner, achievement.Id))]
            : AllOf(input, achievement, earnedAt, input.RecognizedAs(achievement, anchoredAt), ledger: null);
    }

    /// <summary>Sees what was earned through the owner's eyes, also what another consortium awarded.</summary>
    /// <inheritdoc cref="AllOf(PathwayInput, Achievement, DateTimeOffset, DateTimeOffset)"/>
    public static IReadOnlyList<Subject> AllOf(PathwayInput input, EarnedAchievement earned) => earned.Ledger is null
        ? AllOf(input, earned.Achievement, earned.EarnedAt, earned.AnchoredAt)
        : AllOf(input, earned.Achievement, earned.EarnedAt, input.RecognizedAbroad(earned), earned.Ledger);

    private static IReadOnlyList<Subject> AllOf(
        PathwayInput input, Achievement achievement, DateTimeOffset earnedAt,
        IReadOnlyList<RecognizedAchievement> recognized, string? ledger)
    {
        string owner = input.Pathway.MspId;
        var recognitions = recognized
            .OrderByDescending(one => one.Equivalent is { } equivalent && IsNamed(input.Pathway, equivalent.Id))
            .ThenByDescending(one => one.Credits)
            .ThenBy(one => one.Agreement, StringComparer.Ordinal)
            .ThenByDescending(one => one.AgreementVersion)
            .ToList();
        string itself = IdentityOf(achievement, ledger);
        if (recognitions.Count == 0) return [new(achievement, earnedAt, null, false, itself, ledger)];
        return
        [
            .. recognitions.Select(recognition => new Subject(
                achievement, earnedAt, recognition, false,
                recognition.Equivalent is { } standsFor ? KeyOf(owner, standsFor.Id) : itself, ledger)),
        ];
    }

    /// <summary>Names an achievement of any version.</summary>
    public static string KeyOf(string mspId, string id) => $"{mspId}/{id}";

    /// <summary>Whether a place of a pathway names this achievement, or what it stands for.</summary>
    /// <param name="item">The place.</param>
    /// <param name="owner">The pathway's owner.</param>
    /// <param name="anyVersion">Whether to look over the version.</param>
    public bool IsNamedBy(PathwayItem item, string owner, bool anyVersion = false)
    {
        if (Ledger is null && item.MspId == Achievement.MspId && item.Id == Achievement.Id
            && (anyVersion || Takes(item, Achievement.Version)))
            return true;
        return Recognition?.Equivalent is { } equivalent && item.MspId == owner && item.Id == equivalent.Id
            && (anyVersion || Takes(item, equivalent.Version));
    }

    // Members of two consortia may have one name.
    private static string IdentityOf(Achievement achievement, string? ledger) =>
        (ledger is null ? "" : ledger + "/") + KeyOf(achievement.MspId, achievement.Id);

    private static bool Takes(PathwayItem item, int version) =>
        item.Versions is not { Count: > 0 } versions || versions.Contains(version);

    private static bool IsNamed(Pathway pathway, string id) =>
        pathway.Groups.Any(group => group.Items.Any(item => item.MspId == pathway.MspId && item.Id == id));
}
