using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>That the achievements which a pathway names are there, and that they can add up to what it asks.</summary>
internal static class PathwayAchievements
{
    // Credits are decimal fractions, which doubles only come near.
    private const double Tolerance = 1e-6;

    public static async Task CheckAsync(TransactionContext context, Pathway pathway)
    {
        await CheckAwardAsync(context, pathway);
        double reachable = 0;
        for (int i = 0; i < pathway.Groups.Count; i++)
        {
            reachable += await CheckGroupAsync(context, pathway, i);
        }

        if (reachable + Tolerance < pathway.Credits)
        {
            throw PathwayChecks.Unsatisfiable(
                "/credits", "is more than all groups together can count: lower it, or let more count.");
        }

        for (int i = 0; i < pathway.Prerequisites.Count; i++)
        {
            var prerequisite = pathway.Prerequisites[i];
            await FindAsync(context, prerequisite.Achievement, $"/prerequisites/{i}/achievement");
            for (int j = 0; j < prerequisite.Needs.Count; j++)
            {
                await FindAsync(context, prerequisite.Needs[j], $"/prerequisites/{i}/needs/{j}");
            }
        }
    }

    private static async Task CheckAwardAsync(TransactionContext context, Pathway pathway)
    {
        var award = pathway.Award;
        var found = await context.FindAsync<Achievement>(
            RecordKey.Achievement(pathway.MspId, award.Id, award.Version)) ?? throw Unknown(
                $"{pathway.MspId} has published no version {award.Version} of {award.Id}: publish it first.", "/award");
        if (found.RetiredAt is not null)
        {
            throw Refusal.Because(
                ErrorCodes.AchievementRetired,
                $"Version {award.Version} of {award.Id} is retired: lead to one that can still be awarded.",
                "/award");
        }
    }

    /// <summary>Returns the most credits that can count in a group.</summary>
    private static async Task<double> CheckGroupAsync(TransactionContext context, Pathway pathway, int index)
    {
        var group = pathway.Groups[index];
        string field = $"/groups/{index}";
        double reachable = 0;
        for (int i = 0; i < group.Items.Count; i++)
        {
            var item = group.Items[i];
            var found = await FindAsync(context, item, $"{field}/items/{i}");

            // What another institution's counts for is the agreements' matter, which come and go; and of more versions
            // than are read, any may have the most.
            bool isKnown = item.MspId == pathway.MspId && found.Count < Limits.MaxPathwayItemVersions;
            reachable += isKnown ? found.Max(one => one.Credits) : Limits.MaxCredits;
        }

        if (group.Pool is not null) reachable = double.PositiveInfinity;
        if (group.MinCredits > reachable + Tolerance)
        {
            throw PathwayChecks.Unsatisfiable(
                field + "/minCredits", "is more than the named achievements have together: lower it, or name more.");
        }

        if (group.MaxCount is { } count) reachable = Math.Min(reachable, count * Limits.MaxCredits);
        return Math.Min(reachable, group.MaxCredits ?? double.PositiveInfinity);
    }

    /// <summary>Finds the versions that a name stands for; refuses it if there are none.</summary>
    internal static async Task<IReadOnlyList<Achievement>> FindAsync(
        TransactionContext context, PathwayItem item, string field)
    {
        if (item.Versions is not { Count: > 0 } versions)
        {
            var published = await AllVersionsAsync(context, item);
            return published.Count > 0
                ? published
                : throw Unknown($"{item.MspId} has published no {item.Id}: publish it first, or correct the name.",
                    field);
        }

        var found = await context.ReadAsync(versions.Select(v => RecordKey.Achievement(item.MspId, item.Id, v)));
        for (int i = 0; i < found.Count; i++)
        {
            if (found[i] is null)
            {
                throw Unknown(
                    $"{item.MspId} has published no version {versions[i]} of {item.Id}: publish it first, or leave "
                    + "the version out.",
                    $"{field}/versions/{i}");
            }
        }

        return [.. found.Select(stored => LedgerRecords.Parse<Achievement>(stored)!)];
    }

    private static async Task<List<Achievement>> AllVersionsAsync(TransactionContext context, PathwayItem item)
    {
        var published = new List<Achievement>();
        await foreach (var entry in context.Stub.GetStateByPartialCompositeKeyAsync(
            RecordKey.AchievementType, item.MspId, item.Id))
        {
            published.Add(LedgerRecords.Parse<Achievement>(entry.Value));
            if (published.Count == Limits.MaxPathwayItemVersions) break;
        }

        return published;
    }

    private static ChaincodeException Unknown(string message, string field) =>
        Refusal.Because(ErrorCodes.AchievementUnknown, message, field);
}
