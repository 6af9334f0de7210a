using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The definitions of micro-credentials: published once, never changed, retired.</summary>
internal static class Achievements
{
    public static async Task<Written<Achievement>> PublishAsync(TransactionContext context, Achievement achievement)
    {
        context.RequireIssuer();
        context.RequireOwn(achievement.MspId, "/mspId");
        AchievementChecks.Check(achievement);

        var key = RecordKey.Achievement(achievement.MspId, achievement.Id, achievement.Version);
        var found = await context.ReadAsync(
            RecordKey.Institution(achievement.MspId), RecordKey.Members(), key);
        Institutions.RequireRegistered(found[0], achievement.MspId);
        if (LedgerRecords.Parse<Achievement>(found[2]) is { } published)
        {
            var repeated = achievement with { PublishedAt = published.PublishedAt, RetiredAt = published.RetiredAt };
            return LedgerRecords.AreSame(published, repeated)
                ? new Written<Achievement>(published, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.AchievementConflict,
                    $"Version {achievement.Version} of {achievement.Id} is published and cannot change: publish the "
                    + "correction as a new version.",
                    "/version");
        }

        var record = achievement with { PublishedAt = context.Time(), RetiredAt = null };
        await context.WriteAsync(
            key, record, record.MspId, LedgerRecords.ParseMembers(found[1]), EventNames.AchievementPublished);
        return new Written<Achievement>(record);
    }

    public static async Task<Written<Achievement>> RetireAsync(TransactionContext context, string id, int version)
    {
        context.RequireIssuer();
        CheckName(id, version);
        string mspId = context.ClientIdentity.MspId;
        var key = RecordKey.Achievement(mspId, id, version);
        var found = await context.ReadAsync(key, RecordKey.Members());
        var published = LedgerRecords.Parse<Achievement>(found[0])
            ?? throw Unknown(mspId, new AchievementReference(id, version), "/id");
        if (published.RetiredAt is not null) return new Written<Achievement>(published, Unchanged: true);

        var retired = published with { RetiredAt = context.Time() };
        await context.WriteAsync(
            key, retired, mspId, LedgerRecords.ParseMembers(found[1]), EventNames.AchievementRetired);
        return new Written<Achievement>(retired);
    }

    public static async Task<Achievement> GetAsync(TransactionContext context, string mspId, string id, int version)
    {
        Require.MspId(mspId, "/mspId");
        CheckName(id, version);
        return await context.FindAsync<Achievement>(RecordKey.Achievement(mspId, id, version))
            ?? throw Refusal.Because(
                ErrorCodes.NotFound, $"{mspId} has published no version {version} of {id}.", "/id");
    }

    public static async Task<Page<Achievement>> ListAsync(
        TransactionContext context, string mspId, int pageSize, string bookmark) =>
        await context.PageOfAsync<Achievement>(RecordKey.AchievementType, mspId, pageSize, bookmark);

    /// <summary>Refuses achievements that are not there, or no longer to be issued.</summary>
    public static void RequireIssuable(string mspId, AchievementReference reference, byte[]? stored, string field)
    {
        var achievement = LedgerRecords.Parse<Achievement>(stored) ?? throw Unknown(mspId, reference, field);
        if (achievement.RetiredAt is not null)
        {
            throw Refusal.Because(
                ErrorCodes.AchievementRetired,
                $"Version {reference.Version} of {reference.Id} is retired: issue a version that is not.",
                field);
        }
    }

    private static ChaincodeException Unknown(string mspId, AchievementReference reference, string field) =>
        Refusal.Because(
            ErrorCodes.AchievementUnknown,
            $"{mspId} has published no version {reference.Version} of {reference.Id}: publish it first.",
            field);

    private static void CheckName(string id, int version)
    {
        Require.Id(id, "/id");
        Require.Range(version, "/version", 1, Limits.MaxVersion);
    }
}
