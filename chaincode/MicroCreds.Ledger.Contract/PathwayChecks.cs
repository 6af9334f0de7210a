using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>What a pathway's members may be, and that its rules do not contradict each other.</summary>
internal static class PathwayChecks
{
    private const int MinEqfLevel = 1;
    private const int MaxEqfLevel = 8;
    private const int MinFieldDigits = 2;
    private const int MaxFieldDigits = 4;

    // A hundredth of a credit is the finest that evaluations count by.
    private const double MinCredits = 0.01;

    public static void Check(Pathway pathway)
    {
        Require.Id(pathway.Id, "/id");
        Require.Range(pathway.Version, "/version", 1, Limits.MaxVersion);
        Require.Text(pathway.Name, "/name");
        Require.Text(pathway.Description, "/description", Limits.MaxTextLength);
        if (pathway.Award is not { } award) throw Require.Invalid("/award", "must be an achievement, not null.");

        Require.Id(award.Id, "/award/id");
        Require.Range(award.Version, "/award/version", 1, Limits.MaxVersion);
        Require.Range(pathway.Credits, "/credits", MinCredits, Limits.MaxPathwayCredits);
        CheckLevel(pathway.EqfLevel, "/eqfLevel");
        CheckMonths(pathway.NotOlderThanMonths, "/notOlderThanMonths");
        CheckMonths(pathway.WithinMonths, "/withinMonths");
        if (pathway.MaxRecognizedCredits is { } most)
            Require.Range(most, "/maxRecognizedCredits", 0, Limits.MaxPathwayCredits);

        CheckGroups(pathway.Groups);
        CheckNamesWithinGroups(pathway);
        CheckPrerequisites(pathway.Prerequisites);
        PathwayOrder.Check(pathway);
        CheckTimes(pathway);
    }

    /// <summary>Refuses what names no achievement.</summary>
    internal static void CheckItem(PathwayItem? item, string field)
    {
        if (item is null) throw Require.Invalid(field, "must be an achievement, not null.");

        Require.MspId(item.MspId, field + "/mspId");
        Require.Id(item.Id, field + "/id");
        var versions = item.Versions ?? [];
        Require.Count(versions, field + "/versions", 0, Limits.MaxPathwayItemVersions);
        for (int i = 0; i < versions.Count; i++)
        {
            Require.Range(versions[i], $"{field}/versions/{i}", 1, Limits.MaxVersion);
            if (i > 0 && versions[i] <= versions[i - 1])
                throw Require.Invalid($"{field}/versions/{i}", "must be higher than the one before it.");
        }
    }

    private static void CheckGroups(IReadOnlyList<PathwayGroup> groups)
    {
        Require.Count(groups, "/groups", 1, Limits.MaxPathwayGroups);
        int items = 0;
        for (int i = 0; i < groups.Count; i++)
        {
            string field = $"/groups/{i}";
            if (groups[i] is not { } group) throw Require.Invalid(field, "must be a group, not null.");

            Require.Id(group.Id, field + "/id");
            if (groups.Take(i).Any(other => other.Id == group.Id))
                throw Require.Invalid(field + "/id", "is another group's already: each needs its own.");

            CheckGroup(group, field);
            items += group.Items.Count;
        }

        if (items > Limits.MaxPathwayItems)
        {
            throw Refusal.Because(
                ErrorCodes.TooLarge,
                $"The groups name {items} achievements: at most {Limits.MaxPathwayItems} are taken. Describe electives "
                + "by a pool instead.",
                "/groups");
        }
    }

    private static void CheckGroup(PathwayGroup group, string field)
    {
        Require.Text(group.Name, field + "/name");
        Require.OptionalText(group.Description, field + "/description", Limits.MaxTextLength);
        Require.OneOf(group.Rule, field + "/rule", PathwayRule.Values);
        bool isAll = group.Rule == PathwayRule.All;
        Require.Count(group.Items, field + "/items", isAll || group.Pool is null ? 1 : 0, Limits.MaxPathwayItems);
        for (int i = 0; i < group.Items.Count; i++)
        {
            CheckItem(group.Items[i], $"{field}/items/{i}");
        }

        if (group.Pool is { } pool) CheckPool(pool, field + "/pool");

        if (isAll) RequireNoChoice(group, field);
        else CheckChoice(group, field);

        CheckLevel(group.MinLevel, field + "/minLevel");
        CheckMonths(group.NotOlderThanMonths, field + "/notOlderThanMonths");
        Require.Count(group.After, field + "/after", 0, Limits.MaxPathwayGroups);
    }

    private static void RequireNoChoice(PathwayGroup group, string field)
    {
        (object? Value, string Name)[] members =
        [
            (group.Pool, "pool"), (group.MinCount, "minCount"), (group.MaxCount, "maxCount"),
            (group.MinCredits, "minCredits"), (group.MaxCredits, "maxCredits"),
        ];
        foreach (var (value, name) in members)
        {
            if (value is not null)
            {
                throw Require.Invalid(
                    $"{field}/{name}", $"belongs only to the rule {PathwayRule.Choice}: leave it out, or choose that.");
            }
        }
    }

    private static void CheckChoice(PathwayGroup group, string field)
    {
        if (group.MinCount is { } minCount)
            Require.Range(minCount, field + "/minCount", 1, Limits.MaxPathwayItems);
        if (group.MaxCount is { } maxCount)
            Require.Range(maxCount, field + "/maxCount", 1, Limits.MaxPathwayItems);
        if (group.MinCredits is { } least)
            Require.Range(least, field + "/minCredits", MinCredits, Limits.MaxPathwayCredits);
        if (group.MaxCredits is { } most)
            Require.Range(most, field + "/maxCredits", MinCredits, Limits.MaxPathwayCredits);

        if (group.MinCount > group.MaxCount)
            throw Unsatisfiable(field + "/minCount", "is more than maxCount: lower it.");
        if (group.MinCredits > group.MaxCredits)
            throw Unsatisfiable(field + "/minCredits", "is more than maxCredits: lower it.");
        if (group.Pool is null && group.MinCount > group.Items.Count)
            throw Unsatisfiable(field + "/minCount", "is more than the achievements that the group names: name more.");
    }

    private static void CheckPool(PathwayPool pool, string field)
    {
        Require.Count(pool.Fields, field + "/fields", 0, Limits.MaxPathwayPoolEntries);
        for (int i = 0; i < pool.Fields.Count; i++)
        {
            if (pool.Fields[i] is not { Length: >= MinFieldDigits and <= MaxFieldDigits } digits
                || !digits.All(char.IsAsciiDigit))
            {
                throw Require.Invalid(
                    $"{field}/fields/{i}", "must be two to four digits of ISCED-F 2013, such as 06 or 0613.");
            }
        }

        Require.Count(pool.MspIds, field + "/mspIds", 0, Limits.MaxPathwayPoolEntries);
        for (int i = 0; i < pool.MspIds.Count; i++)
        {
            Require.MspId(pool.MspIds[i], $"{field}/mspIds/{i}");
        }
    }

    private static void CheckPrerequisites(IReadOnlyList<PathwayPrerequisite> prerequisites)
    {
        Require.Count(prerequisites, "/prerequisites", 0, Limits.MaxPathwayPrerequisites);
        for (int i = 0; i < prerequisites.Count; i++)
        {
            string field = $"/prerequisites/{i}";
            if (prerequisites[i] is not { } prerequisite)
                throw Require.Invalid(field, "must be a prerequisite, not null.");

            CheckItem(prerequisite.Achievement, field + "/achievement");
            Require.Count(prerequisite.Needs, field + "/needs", 1, Limits.MaxPathwayPrerequisites);
            for (int j = 0; j < prerequisite.Needs.Count; j++)
            {
                CheckItem(prerequisite.Needs[j], $"{field}/needs/{j}");
            }
        }
    }

    /// <summary>
    /// The award among its own parts would go in circles, and what two groups both demand could count in one alone.
    /// </summary>
    private static void CheckNamesWithinGroups(Pathway pathway)
    {
        for (int i = 0; i < pathway.Groups.Count; i++)
        {
            var group = pathway.Groups[i];
            for (int j = 0; j < group.Items.Count; j++)
            {
                string field = $"/groups/{i}/items/{j}";
                var item = group.Items[j];
                if (item.MspId == pathway.MspId && item.Id == pathway.Award.Id)
                    throw Require.Invalid(field, "is what the pathway leads to: it cannot be a part of itself.");
                if (group.Items.Take(j).Any(other => IsSame(other, item)))
                    throw Require.Invalid(field, "is named in this group already: name its versions in one place.");
                if (group.Rule == PathwayRule.All && pathway.Groups.Take(i).Any(other =>
                    other.Rule == PathwayRule.All && other.Items.Any(named => IsSame(named, item))))
                {
                    throw Unsatisfiable(
                        field, "is demanded by another group already: it counts in one only, so demand it once.");
                }
            }
        }
    }

    public static bool IsSame(PathwayItem one, PathwayItem other) => one.MspId == other.MspId && one.Id == other.Id;

    public static ChaincodeException Unsatisfiable(string field, string rule) =>
        Refusal.Because(ErrorCodes.PathwayUnsatisfiable, $"{field} {rule}", field);

    private static void CheckLevel(int? level, string field)
    {
        if (level is { } given) Require.Range(given, field, MinEqfLevel, MaxEqfLevel);
    }

    private static void CheckMonths(int? months, string field)
    {
        if (months is { } given) Require.Range(given, field, 1, Limits.MaxPathwayMonths);
    }

    private static void CheckTimes(Pathway pathway)
    {
        if (pathway.PublishedAt != default)
            throw Require.Invalid("/publishedAt", "must be left out: it is the transaction's time.");
        if (pathway.RetiredAt is not null)
        {
            throw Require.Invalid(
                "/retiredAt", $"must be left out: a pathway is retired by {TransactionNames.RetirePathway}.");
        }
    }
}
