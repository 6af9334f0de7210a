using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// What institutions issued: one record per Merkle root, whatever the number of credentials. Issuing only reads records
/// that are rarely written, and writes such that are its own, so that two issuances conflict only if they want the same
/// places of a status list.
/// </summary>
internal static class Issuances
{
    /// <summary>Where the achievements begin in what is read for an issuance.</summary>
    private const int FirstAchievement = 4;

    public static async Task<Written<Issuance>> IssueAsync(
        TransactionContext context, SignedStatement<IssuanceStatement> statement)
    {
        context.RequireIssuer();
        var given = statement.Statement;
        SignedStatements.RequireOwn(context, given.Type, IssuanceStatement.TypeName, given.MspId);
        Check(given);

        var key = RecordKey.Issuance(given.MspId, given.Root);
        var blocks = StatusRanges.BlocksOf(given);
        var found = await context.ReadAsync(
        [
            RecordKey.Institution(given.MspId), RecordKey.Members(), key, RecordKey.Founding(),
            .. given.Achievements.Select(a => RecordKey.Achievement(given.MspId, a.Id, a.Version)),
            .. StatusRanges.KeysAround(given, blocks),
        ]);
        SignedStatements.RequireFor(Foundings.RequireOf(found[3]), given.Ledger);
        var institution = Institutions.RequireRegistered(found[0], given.MspId);
        var signingKey = SignedStatements.RequireSigned(institution, statement, given.KeyId);
        if (LedgerRecords.Parse<Issuance>(found[2]) is { } issued)
        {
            // Also when the key or an achievement was withdrawn in the meantime: what is anchored stays anchored.
            return LedgerRecords.AreSame(issued.Statement, given)
                ? new Written<Issuance>(issued, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.IssuanceConflict,
                    "The root is anchored already by another statement: salt the credentials anew, build a new tree.",
                    "/statement/root");
        }

        SignedStatements.RequireInForce(signingKey);
        var members = LedgerRecords.ParseMembers(found[1]);
        MemberList.RequireMember(members, given.MspId);
        for (int i = 0; i < given.Achievements.Count; i++)
        {
            Achievements.RequireIssuable(
                given.MspId, given.Achievements[i], found[FirstAchievement + i], $"/statement/achievements/{i}");
        }

        await StatusRanges.TakeAsync(context, given, blocks, found.Skip(FirstAchievement + given.Achievements.Count));
        var record = new Issuance
        {
            Statement = given,
            Signature = statement.Signature,
            IssuedAt = context.Time(),
            TransactionId = context.TransactionId,
        };
        await context.WriteAsync(key, record, given.MspId, members, EventNames.Issued);
        return new Written<Issuance>(record);
    }

    public static async Task<Issuance> GetAsync(TransactionContext context, string mspId, string root)
    {
        Require.MspId(mspId, "/mspId");
        Require.Root(root, "/root");
        return await context.FindAsync<Issuance>(RecordKey.Issuance(mspId, root))
            ?? throw Refusal.Because(ErrorCodes.NotFound, $"{mspId} has no issuance with this root.", "/root");
    }

    public static async Task<Page<Issuance>> ListAsync(
        TransactionContext context, string mspId, int pageSize, string bookmark) =>
        await context.PageOfAsync<Issuance>(RecordKey.IssuanceType, mspId, pageSize, bookmark);

    public static async Task<Anchor> GetAnchorAsync(TransactionContext context, string mspId, string root, int index)
    {
        Require.MspId(mspId, "/mspId");
        Require.Root(root, "/root");
        Require.Range(index, "/index", 0, Limits.MaxIssuanceSize - 1);
        var found = await context.ReadAsync(
            RecordKey.Issuance(mspId, root), RecordKey.Status(mspId, root, index), RecordKey.Institution(mspId));
        if (LedgerRecords.Parse<Issuance>(found[0]) is not { } issuance) return new Anchor();

        return new Anchor
        {
            Issuance = issuance,
            Status = LedgerRecords.Parse<Status>(found[1]),
            Institution = LedgerRecords.Parse<Institution>(found[2]),
        };
    }

    public static async Task<VerificationRecords> GetVerificationRecordsAsync(
        TransactionContext context, string mspId, string root, int index, string achievement, int version)
    {
        var anchor = await GetAnchorAsync(context, mspId, root, index);
        if (anchor.Issuance?.Statement is not { } statement
            || statement.FindAttested(achievement.Length == 0 ? null : new AchievementReference(achievement, version))
                is not { } attested)
        {
            return new VerificationRecords { Anchor = anchor };
        }

        return new VerificationRecords
        {
            Anchor = anchor,
            Accreditation = await Accreditations.GetRecordsAsync(
                context, statement.MspId, attested.Id, attested.Version),
        };
    }

    private static void Check(IssuanceStatement given)
    {
        Require.Root(given.Root, "/statement/root");
        Require.Range(given.Size, "/statement/size", 1, Limits.MaxIssuanceSize);
        Require.Fragment(given.KeyId, "/statement/keyId");
        Require.Fragment(given.StatusList, "/statement/statusList");
        Require.Range(
            given.StatusOffset, "/statement/statusOffset", 0, Limits.StatusListSize - given.Size);
        Require.Count(given.Achievements, "/statement/achievements", 1, Limits.MaxAchievementsPerIssuance);
        for (int i = 0; i < given.Achievements.Count; i++)
        {
            string field = $"/statement/achievements/{i}";
            if (given.Achievements[i] is not { } reference) throw Require.Invalid(field, "must not be null.");

            Require.Id(reference.Id, field + "/id");
            Require.Range(reference.Version, field + "/version", 1, Limits.MaxVersion);
            if (i > 0 && Compare(given.Achievements[i - 1], reference) >= 0)
            {
                throw Require.Invalid(field, "must come after the one before it, by id and version, each only once.");
            }
        }
    }

    private static int Compare(AchievementReference one, AchievementReference other) =>
        string.CompareOrdinal(one.Id, other.Id) is var order && order != 0
            ? order
            : one.Version.CompareTo(other.Version);
}
