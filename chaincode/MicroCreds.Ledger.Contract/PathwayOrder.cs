using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>That what comes before what does not go in circles, among groups and among achievements.</summary>
internal static class PathwayOrder
{
    public static void Check(Pathway pathway)
    {
        CheckGroups(pathway.Groups);
        CheckPrerequisites(pathway);
    }

    private static void CheckGroups(IReadOnlyList<PathwayGroup> groups)
    {
        var arrows = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        for (int i = 0; i < groups.Count; i++)
        {
            var after = groups[i].After;
            for (int j = 0; j < after.Count; j++)
            {
                string field = $"/groups/{i}/after/{j}";
                if (!groups.Any(group => group.Id == after[j]))
                    throw Require.Invalid(field, "must be the id of a group of this pathway.");
                if (after.Take(j).Contains(after[j], StringComparer.Ordinal))
                    throw Require.Invalid(field, "is named already: name it once.");
            }

            arrows[groups[i].Id] = [.. after];
        }

        for (int i = 0; i < groups.Count; i++)
        {
            if (ReachesItself(groups[i].Id, arrows))
            {
                throw PathwayChecks.Unsatisfiable(
                    $"/groups/{i}/after", "leads back to the group itself: groups cannot all come after each other.");
            }
        }
    }

    private static void CheckPrerequisites(Pathway pathway)
    {
        var arrows = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var prerequisite in pathway.Prerequisites)
        {
            string name = NameOf(prerequisite.Achievement);
            if (!arrows.TryGetValue(name, out var needs)) arrows[name] = needs = [];
            needs.AddRange(prerequisite.Needs.Select(NameOf));
        }

        for (int i = 0; i < pathway.Prerequisites.Count; i++)
        {
            var needs = pathway.Prerequisites[i].Needs;
            if (ReachesItself(NameOf(pathway.Prerequisites[i].Achievement), arrows))
            {
                throw PathwayChecks.Unsatisfiable(
                    $"/prerequisites/{i}/needs", "leads back to the achievement itself: nobody could begin.");
            }

            for (int j = 0; j < needs.Count; j++)
            {
                if (needs[j].MspId == pathway.MspId && needs[j].Id == pathway.Award.Id)
                {
                    throw PathwayChecks.Unsatisfiable(
                        $"/prerequisites/{i}/needs/{j}", "is what the pathway leads to: nobody could have it before.");
                }
            }
        }
    }

    /// <summary>An MSP's id holds no control characters, so that no two names become one.</summary>
    private static string NameOf(PathwayItem item) => $"{item.MspId}\n{item.Id}";

    private static bool ReachesItself(string start, SortedDictionary<string, List<string>> arrows)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([start]);
        while (next.TryPop(out string? name))
        {
            if (!arrows.TryGetValue(name, out var targets)) continue;

            foreach (string target in targets)
            {
                if (target == start) return true;
                if (seen.Add(target)) next.Push(target);
            }
        }

        return false;
    }
}
