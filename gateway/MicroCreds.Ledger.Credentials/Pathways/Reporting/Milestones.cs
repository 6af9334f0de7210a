using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Reporting;

/// <summary>The real steps along a pathway, reached and to come.</summary>
internal sealed class Milestones(Pathway pathway, IReadOnlyList<GroupCount> groups, bool isComplete)
{
    public IReadOnlyList<Milestone> Write()
    {
        int needed = Hundredths.Needed(pathway.Credits);
        var complete = groups.Select(group => group.CompleteSince).Append(Reached(needed)).Max();
        return
        [
            new Milestone("firstCounted", null, "The first credential that counts", First()),
            .. groups.Where(group => group.AsksForSomething)
                .Select(group => new Milestone(
                    "groupComplete", group.Group.Id, group.Group.Name, group.CompleteSince)),
            new Milestone("halfway", null, "Half of the credits", Reached((needed + 1) / 2)),
            new Milestone("complete", null, pathway.Name, isComplete ? complete : null),
        ];
    }

    private DateTimeOffset? First()
    {
        DateTimeOffset[] all = [.. groups.SelectMany(group => group.Earned).Select(earned => earned.EarnedAt)];
        return all.Length == 0 ? null : all.Min();
    }

    /// <summary>When so many hundredths counted for the first time, each group within its own bound.</summary>
    private DateTimeOffset? Reached(int hundredths)
    {
        int[] sums = new int[groups.Count];
        int total = 0;
        foreach (var (index, earned) in groups
            .SelectMany((group, index) => group.Earned.Select(earned => (index, earned)))
            .OrderBy(item => item.earned.EarnedAt))
        {
            int before = Math.Min(sums[index], groups[index].Most);
            sums[index] += earned.Credits;
            total += Math.Min(sums[index], groups[index].Most) - before;
            if (total >= hundredths) return earned.EarnedAt;
        }

        return null;
    }
}
