using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The rules by which achievements stack: published once, never changed, retired.</summary>
internal static class Pathways
{
    public static async Task<Written<Pathway>> PublishAsync(TransactionContext context, Pathway pathway)
    {
        context.RequireIssuer();
        context.RequireOwn(pathway.MspId, "/mspId");
        PathwayChecks.Check(pathway);

        var key = RecordKey.Pathway(pathway.MspId, pathway.Id, pathway.Version);
        var found = await context.ReadAsync(RecordKey.Institution(pathway.MspId), RecordKey.Members(), key);
        Institutions.RequireRegistered(found[0], pathway.MspId);
        if (LedgerRecords.Parse<Pathway>(found[2]) is { } published)
        {
            // Also when an achievement was retired in the meantime: what is published stays published.
            var repeated = pathway with { PublishedAt = published.PublishedAt, RetiredAt = published.RetiredAt };
            return LedgerRecords.AreSame(published, repeated)
                ? new Written<Pathway>(published, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.PathwayConflict,
                    $"Version {pathway.Version} of {pathway.Id} is published and cannot change: publish the "
                    + "correction as a new version.",
                    "/version");
        }

        await PathwayAchievements.CheckAsync(context, pathway);
        var record = pathway with { PublishedAt = context.Time(), RetiredAt = null };
        await context.WriteAsync(
            key, record, record.MspId, LedgerRecords.ParseMembers(found[1]), EventNames.PathwayPublished);
        return new Written<Pathway>(record);
    }

    public static async Task<Written<Pathway>> RetireAsync(TransactionContext context, string id, int version)
    {
        context.RequireIssuer();
        CheckName(id, version);
        string mspId = context.ClientIdentity.MspId;
        var key = RecordKey.Pathway(mspId, id, version);
        var found = await context.ReadAsync(key, RecordKey.Members());
        var published = LedgerRecords.Parse<Pathway>(found[0])
            ?? throw Refusal.Because(
                ErrorCodes.PathwayUnknown,
                $"{mspId} has published no version {version} of the pathway {id}: only its owner retires it.",
                "/id");
        if (published.RetiredAt is not null) return new Written<Pathway>(published, Unchanged: true);

        var retired = published with { RetiredAt = context.Time() };
        await context.WriteAsync(
            key, retired, mspId, LedgerRecords.ParseMembers(found[1]), EventNames.PathwayRetired);
        return new Written<Pathway>(retired);
    }

    public static async Task<Pathway> GetAsync(TransactionContext context, string mspId, string id, int version)
    {
        Require.MspId(mspId, "/mspId");
        CheckName(id, version);
        return await context.FindAsync<Pathway>(RecordKey.Pathway(mspId, id, version))
            ?? throw Refusal.Because(
                ErrorCodes.NotFound, $"{mspId} has published no version {version} of the pathway {id}.", "/id");
    }

    public static async Task<Page<Pathway>> ListAsync(
        TransactionContext context, string mspId, int pageSize, string bookmark) =>
        await context.PageOfAsync<Pathway>(RecordKey.PathwayType, mspId, pageSize, bookmark);

    private static void CheckName(string id, int version)
    {
        Require.Id(id, "/id");
        Require.Range(version, "/version", 1, Limits.MaxVersion);
    }
}
