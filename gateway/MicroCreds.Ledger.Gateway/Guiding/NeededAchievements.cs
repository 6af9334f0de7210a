using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>
/// What may count towards a pathway, or opens the way to it, by its own name or by what an agreement lets it stand for:
/// what others cost, and in which currency, is nothing to a plan.
/// </summary>
internal static class NeededAchievements
{
    /// <summary>Lists them.</summary>
    /// <param name="input">The pathway, what can be taken, and what is recognised.</param>
    /// <param name="offerings">What each starts after.</param>
    public static HashSet<(string MspId, string Id)> Of(
        PathwayInput input, IReadOnlyDictionary<(string MspId, string Achievement), Offering> offerings)
    {
        string owner = input.Pathway.MspId;
        var equivalents = input.Catalogue.Where(one => one.MspId != owner)
            .SelectMany(one => input.RecognizedAs(one, input.AsOf).Select(
                recognized => (Name: (one.MspId, one.Id), recognized.Equivalent)))
            .Where(one => one.Equivalent is not null)
            .ToLookup(one => one.Equivalent!.Id, one => one.Name);
        IEnumerable<(string, string)> NamedBy(PathwayItem item) =>
            item.MspId == owner ? [(owner, item.Id), .. equivalents[item.Id]] : [(item.MspId, item.Id)];

        var open = new Stack<(string, string)>(input.Catalogue.Where(one => MayCount(one, input))
            .Select(one => (one.MspId, one.Id))
            .Concat(input.Pathway.Prerequisites.SelectMany(one => one.Needs).SelectMany(NamedBy)));
        var needed = new HashSet<(string, string)>();
        while (open.TryPop(out var next))
        {
            if (!needed.Add(next)) continue;
            foreach (var way in (offerings.GetValueOrDefault(next)?.StartsAfter ?? []).SelectMany(NamedBy))
                open.Push(way);
        }

        return needed;
    }

    private static bool MayCount(Achievement achievement, PathwayInput input)
    {
        var pathway = input.Pathway;
        bool isOwn = achievement.MspId == pathway.MspId;
        var recognized = isOwn ? [] : input.RecognizedAs(achievement, input.AsOf);
        if (!isOwn && recognized.Count == 0) return false;
        return pathway.Groups.Any(group =>
            group.Items.Any(item => (item.MspId == achievement.MspId && item.Id == achievement.Id)
                || (item.MspId == pathway.MspId && recognized.Any(one => one.Equivalent?.Id == item.Id)))
            || (group.Pool is { } pool
                && (pool.MspIds.Count == 0 || pool.MspIds.Contains(achievement.MspId) || recognized.Count > 0)
                && (pool.Fields.Count == 0 || recognized.Any(one => one.Equivalent is not null) || pool.Fields.Any(
                    field => achievement.FieldOfStudy?.StartsWith(field, StringComparison.Ordinal) == true))));
    }
}
