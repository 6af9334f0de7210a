using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>When achievements can be taken: set as a whole by who awards them, as often as terms come and go.</summary>
internal static class Offerings
{
    public static async Task<Written<Offering>> SetAsync(TransactionContext context, Offering offering)
    {
        context.RequireIssuer();
        context.RequireOwn(offering.MspId, "/mspId");
        Check(offering);

        var key = RecordKey.Offering(offering.MspId, offering.Achievement);
        var found = await context.ReadAsync(RecordKey.Institution(offering.MspId), RecordKey.Members(), key);
        Institutions.RequireRegistered(found[0], offering.MspId);
        if (LedgerRecords.Parse<Offering>(found[2]) is { } standing
            && LedgerRecords.AreSame(standing, offering with { ChangedAt = standing.ChangedAt }))
        {
            return new Written<Offering>(standing, Unchanged: true);
        }

        await PathwayAchievements.FindAsync(
            context, new PathwayItem(offering.MspId, offering.Achievement), "/achievement");
        for (int i = 0; i < offering.StartsAfter.Count; i++)
            await PathwayAchievements.FindAsync(context, offering.StartsAfter[i], $"/startsAfter/{i}");
        var record = offering with { ChangedAt = context.Time() };
        await context.WriteAsync(
            key, record, record.MspId, LedgerRecords.ParseMembers(found[1]), EventNames.OfferingChanged);
        return new Written<Offering>(record);
    }

    public static async Task<Offering> GetAsync(TransactionContext context, string mspId, string achievement)
    {
        Require.MspId(mspId, "/mspId");
        Require.Id(achievement, "/achievement");
        return await context.FindAsync<Offering>(RecordKey.Offering(mspId, achievement))
            ?? throw Refusal.Because(
                ErrorCodes.NotFound, $"{mspId} has not said when {achievement} can be taken.", "/achievement");
    }

    public static async Task<Page<Offering>> ListAsync(
        TransactionContext context, string mspId, int pageSize, string bookmark) =>
        await context.PageOfAsync<Offering>(RecordKey.OfferingType, mspId, pageSize, bookmark);

    private static void Check(Offering offering)
    {
        Require.Id(offering.Achievement, "/achievement");
        var faults = OfferingRules.Check(offering);
        if (faults.Count > 0) throw Refusal.Because(faults);
        for (int i = 0; i < offering.StartsAfter.Count; i++)
        {
            var item = offering.StartsAfter[i];
            PathwayChecks.CheckItem(item, $"/startsAfter/{i}");
            if (item.MspId == offering.MspId && item.Id == offering.Achievement)
                throw Require.Invalid($"/startsAfter/{i}", "is the achievement itself: nobody could begin.");
        }

        if (offering.ChangedAt != default)
            throw Require.Invalid("/changedAt", "must be left out: it is the transaction's time.");
    }
}
