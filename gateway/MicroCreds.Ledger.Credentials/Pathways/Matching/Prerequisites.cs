using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>What counts only with other achievements beside it, and which of those are missing.</summary>
internal sealed class Prerequisites(Pathway pathway)
{
    /// <summary>All that anything counts only with.</summary>
    public IReadOnlyList<PathwayItem> Needs { get; } =
    [
        .. pathway.Prerequisites.SelectMany(prerequisite => prerequisite.Needs).DistinctBy(NameOf),
    ];

    private readonly string[] _keys =
    [
        .. pathway.Prerequisites.Select(one => Subject.KeyOf(one.Achievement.MspId, one.Achievement.Id)),
    ];

    /// <summary>Names achievements with the versions that are asked for.</summary>
    public static string NameOf(IEnumerable<PathwayItem> items) => string.Join(' ', items.Select(NameOf));

    /// <summary>Finds what is missing for an achievement to count.</summary>
    /// <param name="subject">The achievement.</param>
    /// <param name="held">All that the learner has.</param>
    /// <returns>The missing ones.</returns>
    /// <remarks>What stands for an achievement of the owner's has the prerequisites of that one, not its own.</remarks>
    public IReadOnlyList<PathwayItem> Missing(Subject subject, IReadOnlyList<Subject> held)
    {
        if (pathway.Prerequisites.Count == 0) return [];
        return
        [
            .. pathway.Prerequisites
                .Where((prerequisite, i) => subject.Key == _keys[i]
                    && subject.IsNamedBy(prerequisite.Achievement, pathway.MspId))
                .SelectMany(prerequisite => prerequisite.Needs)
                .Where(need => !held.Any(other => other.Counts && other.IsNamedBy(need, pathway.MspId)))
                .DistinctBy(NameOf),
        ];
    }

    private static string NameOf(PathwayItem item) =>
        $"{Subject.KeyOf(item.MspId, item.Id)}:{string.Join(',', item.Versions ?? [])}";
}
