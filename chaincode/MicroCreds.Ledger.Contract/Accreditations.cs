using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Who may award what, as accreditors see it. Each record is its accreditor's, and keeps every statement, so that it
/// can be told how it stood on any day.
/// </summary>
internal static class Accreditations
{
    public static async Task<Written<Accreditation>> SetAsync(
        TransactionContext context, SignedStatement<AccreditationStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, AccreditationStatement.TypeName, given.Ledger, given.MspId);
        AccreditationChecks.Check(given);

        var key = RecordKey.Accreditation(given.Institution, given.MspId, given.Id);
        var found = await context.ReadAsync(
            RecordKey.Institution(given.MspId), RecordKey.Members(), key, RecordKey.Consortium(),
            RecordKey.Institution(given.Institution));
        var accreditor = Institutions.RequireRegistered(found[0], given.MspId);
        var signingKey = SignedStatements.RequireSigned(accreditor, statement, given.KeyId);
        var before = LedgerRecords.Parse<Accreditation>(found[2]);
        if (before is not null && LedgerRecords.AreSame(before.Changes[^1].Statement, given))
            return new Written<Accreditation>(before, Unchanged: true);

        SignedStatements.RequireInForce(signingKey);
        Institutions.RequireRegistered(found[4], given.Institution);
        if (given.Action is AccreditationAction.Grant or AccreditationAction.Lift)
        {
            RequireAccreditor(LedgerRecords.Parse<Consortium>(found[3]), given.MspId);
            MemberList.RequireMember(LedgerRecords.ParseMembers(found[1]), given.MspId);
        }

        AccreditationChecks.RequireNext(before, given, context.Time());

        // Never earlier than the change before, whatever the clocks of the accreditor's computers say.
        var time = before?.Changes[^1].ChangedAt is { } last && last > context.Time() ? last : context.Time();
        var change = new AccreditationChange(given, statement.Signature, time, context.TransactionId);
        var record = new Accreditation
        {
            MspId = given.Institution,
            Accreditor = given.MspId,
            Id = given.Id,
            Changes = [.. before?.Changes ?? [], change],
        };
        await context.WriteAsync(
            key, record, given.MspId, LedgerRecords.ParseMembers(found[1]), EventNames.AccreditationChanged);
        return new Written<Accreditation>(record);
    }

    public static async Task<AccreditationRecords> GetRecordsAsync(
        TransactionContext context, string mspId, string id, int version)
    {
        Require.MspId(mspId, "/mspId");
        Require.Id(id, "/id");
        Require.Range(version, "/version", 1, Limits.MaxVersion);
        var found = await context.ReadAsync(RecordKey.Achievement(mspId, id, version), RecordKey.Consortium());
        var accreditations = await context.ReadAllAsync<Accreditation>(
            new RecordKey(RecordKey.AccreditationType, mspId), Limits.MaxAccreditationsPerQuery);
        RecordKey[] keys =
        [
            .. accreditations.Select(one => one.Accreditor).Distinct(StringComparer.Ordinal)
                .Select(RecordKey.Institution),
        ];
        var accreditors = keys.Length == 0 ? [] : await context.ReadAsync(keys);
        return new AccreditationRecords
        {
            Achievement = LedgerRecords.Parse<Achievement>(found[0]),
            Consortium = LedgerRecords.Parse<Consortium>(found[1]) ?? new Consortium(),
            Accreditations = accreditations,
            Accreditors = [.. accreditors.Select(LedgerRecords.Parse<Institution>).OfType<Institution>()],
        };
    }

    public static async Task<Page<Accreditation>> ListAsync(
        TransactionContext context, string mspId, int pageSize, string bookmark) =>
        await context.PageOfAsync<Accreditation>(RecordKey.AccreditationType, mspId, pageSize, bookmark);

    private static void RequireAccreditor(Consortium? consortium, string mspId)
    {
        if (consortium?.IsAccreditor(mspId) != true)
        {
            throw Refusal.Because(
                ErrorCodes.NotAnAccreditor,
                $"{mspId} is no accreditor of this consortium: the members admit one by a ballot.",
                "/statement/mspId");
        }
    }
}
