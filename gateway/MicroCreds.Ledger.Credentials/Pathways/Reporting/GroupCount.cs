using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Reporting;

/// <summary>What counts in one group.</summary>
internal sealed class GroupCount
{
    private readonly PathwayGroup _group;
    private readonly IReadOnlyList<(Held Held, Option Option)> _entries;
    private readonly IReadOnlyList<PathwayItem> _missing;
    private readonly IReadOnlyList<GroupCount> _before;

    private GroupCount(
        PathwayGroup group, IReadOnlyList<(Held, Option)> entries, IReadOnlyList<PathwayItem> missing,
        IReadOnlyList<GroupCount> before)
    {
        (_group, _entries, _missing, _before) = (group, entries, missing, before);
        IsComplete = missing.Count == 0 && entries.Count >= NeedCount && Credits >= NeedCredits && IsOpen;
        CompleteSince = IsComplete ? Since() : null;
    }

    public PathwayGroup Group => _group;

    /// <summary>What counts, in the order it was earned: when, and for how many hundredths.</summary>
    public IEnumerable<(DateTimeOffset EarnedAt, int Credits)> Earned =>
        _entries.Select(entry => (entry.Held.Earned.EarnedAt, entry.Option.Credits));

    /// <summary>The most hundredths that count.</summary>
    public int Most => _group.MaxCredits is { } most ? Hundredths.Of(most) : int.MaxValue;

    /// <summary>The hundredths that count.</summary>
    public int Credits => Math.Min(_entries.Sum(entry => entry.Option.Credits), Most);

    /// <summary>Whether something has to be there at all.</summary>
    public bool AsksForSomething => NeedCount > 0 || NeedCredits > 0;

    /// <summary>When all that it asks was there, and the groups before it complete; none if that is to come.</summary>
    public DateTimeOffset? CompleteSince { get; }

    /// <summary>Whether all that it asks is there, and the groups before it are complete.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether the groups before it are complete.</summary>
    public bool IsOpen => _before.All(group => group.IsComplete);

    private int NeedCount => _group.Rule == PathwayRule.All ? _group.Items.Count : _group.MinCount ?? 0;

    private int NeedCredits => Hundredths.Needed(_group.MinCredits ?? 0);

    public static GroupCount[] Of(
        Pathway pathway, Workings workings, IReadOnlyDictionary<int, Option> counted)
    {
        var made = new Dictionary<string, GroupCount>(StringComparer.Ordinal);
        while (made.Count < pathway.Groups.Count)
        {
            int before = made.Count;
            for (int i = 0; i < pathway.Groups.Count; i++)
            {
                var group = pathway.Groups[i];
                if (made.ContainsKey(group.Id) || !group.After.All(made.ContainsKey)) continue;
                made[group.Id] = Of(
                    i, group, workings, counted, [.. group.After.Select(id => made[id])]);
            }

            if (made.Count == before)
                throw new ArgumentException("The pathway's groups come after each other in a circle.");
        }

        return [.. pathway.Groups.Select(group => made[group.Id])];
    }

    private DateTimeOffset? Since()
    {
        var since = _before.Select(group => group.CompleteSince).Max();
        var (number, credits) = (0, 0);
        foreach (var (earnedAt, hundredths) in Earned)
        {
            if (number >= NeedCount && credits >= NeedCredits) break;
            (number, credits) = (number + 1, credits + hundredths);
            if (since is null || earnedAt > since) since = earnedAt;
        }

        return since;
    }

    public GroupProgress Write() => new()
    {
        Id = _group.Id,
        Name = _group.Name,
        Rule = _group.Rule,
        Complete = IsComplete,
        WaitingFor = [.. _before.Where(group => !group.IsComplete).Select(group => group._group.Id)],
        Credits = new Progress(
            Hundredths.ToCredits(Credits), _group.MinCredits,
            Hundredths.ToCredits(Math.Max(0, NeedCredits - Credits)), _group.MaxCredits),
        Count = new Progress(
            _entries.Count, NeedCount == 0 ? null : NeedCount, Math.Max(0, NeedCount - _entries.Count),
            _group.MaxCount),
        Counted = [.. _entries.Select(entry => Write(entry.Held, entry.Option))],
        MissingItems = _missing,
    };

    private static GroupCount Of(
        int index, PathwayGroup group, Workings workings,
        IReadOnlyDictionary<int, Option> counted, IReadOnlyList<GroupCount> before)
    {
        var entries = counted.Where(entry => workings.Places[entry.Value.Place].Group == index)
            .Select(entry => (Held: workings.Held[entry.Key], Option: entry.Value))
            .OrderBy(entry => entry.Held.Earned.EarnedAt).ThenBy(entry => entry.Option.Source).ToList();
        var filled = entries.Select(entry => entry.Option.Place).ToHashSet();
        var missing = workings.Places.Select((place, i) => (place, i))
            .Where(item => item.place.Group == index && item.place.Item >= 0 && !filled.Contains(item.i))
            .Select(item => group.Items[item.place.Item]).ToList();
        return new GroupCount(group, entries, missing, before);
    }

    private static Counted Write(Held held, Option option) => new()
    {
        CredentialId = held.Earned.CredentialId,
        MspId = held.Earned.Achievement.MspId,
        Ledger = held.Earned.Ledger,
        Achievement = new AchievementReference(held.Earned.Achievement.Id, held.Earned.Achievement.Version),
        Name = held.Earned.Achievement.Name,
        EarnedAt = held.Earned.EarnedAt,
        Credits = Hundredths.ToCredits(option.Credits),
        Agreement = held.Subject.Agreement,
    };
}
