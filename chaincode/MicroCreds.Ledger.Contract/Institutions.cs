using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The institutions' own records.</summary>
internal static class Institutions
{
    public static async Task<Written<Institution>> SetAsync(TransactionContext context, Institution institution)
    {
        context.RequireRegistrar();
        context.RequireOwn(institution.MspId, "/mspId");
        Check(institution);

        var claimed = institution.Standing;
        var found = await context.ReadAsync(RecordKey.Institution(institution.MspId), RecordKey.Members());
        await Identities.RequireFreeAsync(context, institution.MspId, claimed);
        var before = LedgerRecords.Parse<Institution>(found[0]);
        var members = LedgerRecords.Parse<Members>(found[1]) ?? new Members([]);
        var after = Propose(before, institution, claimed);
        if (!members.MspIds.Contains(institution.MspId, StringComparer.Ordinal))
        {
            members = MemberList.With(members, institution.MspId);
            await MemberList.WriteAsync(context, members);
        }
        else if (before is not null && LedgerRecords.AreSame(before, after)
            && await IsPolicyCurrentAsync(context, members.MspIds))
        {
            return new Written<Institution>(before, Unchanged: true);
        }

        await context.WriteInstitutionAsync(after, members.MspIds);
        return new Written<Institution>(after);
    }

    public static async Task<Institution> GetAsync(TransactionContext context, string mspId)
    {
        Require.MspId(mspId, "/mspId");
        return await context.FindAsync<Institution>(RecordKey.Institution(mspId))
            ?? throw Refusal.Because(ErrorCodes.NotFound, $"No institution is registered as {mspId}.", "/mspId");
    }

    public static async Task<Page<Institution>> ListAsync(TransactionContext context, int pageSize, string bookmark) =>
        await context.PageAsync<Institution>(new RecordKey(RecordKey.InstitutionType), pageSize, bookmark);

    public static async Task<IReadOnlyList<HistoryEntry<Institution>>> GetHistoryAsync(
        TransactionContext context, string mspId)
    {
        Require.MspId(mspId, "/mspId");
        return await context.HistoryAsync<Institution>(RecordKey.Institution(mspId));
    }

    public static ValueTask WriteInstitutionAsync(
        this TransactionContext context, Institution institution, IReadOnlyList<string> members) =>
        context.WriteAsync(
            RecordKey.Institution(institution.MspId),
            institution,
            institution.MspId,
            members,
            EventNames.InstitutionChanged);

    /// <summary>Reads the caller's institution, without which nothing can be done in its name.</summary>
    public static Institution RequireRegistered(byte[]? stored, string mspId) =>
        LedgerRecords.Parse<Institution>(stored) ?? throw Refusal.Because(
            ErrorCodes.InstitutionUnknown,
            $"{mspId} has no institution record yet: write it by {TransactionNames.SetInstitution} first.");

    /// <summary>
    /// A record that was written while there were fewer members asks for fewer endorsements. Sending it again brings
    /// the policy up to date, although the record stays the same.
    /// </summary>
    private static async ValueTask<bool> IsPolicyCurrentAsync(TransactionContext context, IReadOnlyList<string> members)
    {
        string mspId = context.ClientIdentity.MspId;
        string key = LedgerRecords.StateKeyOf(RecordKey.Institution(mspId));
        var policy = await context.Stub.GetStateValidationParameterAsync(key);
        return policy is not null && policy.Equals(Endorsement.OfRecord(mspId, members));
    }

    /// <summary>
    /// What the members confirmed stands until they confirm another identity; before the first time, what is claimed
    /// is shown as such.
    /// </summary>
    private static Institution Propose(Institution? before, Institution given, InstitutionIdentity claimed)
    {
        if (before is not { IsConfirmed: true })
            return given with { Keys = before?.Keys ?? [], Proposed = claimed };

        return before with { Proposed = claimed.Digest() == before.Standing.Digest() ? null : claimed };
    }

    private static void Check(Institution institution)
    {
        Require.MspId(institution.MspId, "/mspId");
        Require.Text(institution.Name, "/name");
        if (ComparableText.HasMixedWord(institution.Name))
        {
            throw Require.Invalid(
                "/name", "mixes letters of several alphabets within one word: write each word in one alphabet.");
        }

        Require.Country(institution.Country, "/country");
        Require.Did(institution.Did, "/did");
        if (institution.Website is not null) Require.Url(institution.Website, "/website");

        if (institution.Keys is not { Count: 0 })
        {
            throw Require.Invalid("/keys", $"must be left out: keys are added by {TransactionNames.AddKey}.");
        }

        if (institution.Identities is not { Count: 0 } || institution.Proposed is not null)
        {
            throw Require.Invalid(
                institution.Proposed is null ? "/identities" : "/proposed",
                "must be left out: what is sent is proposed, and the members confirm it by a ballot.");
        }

        if (institution.Identifiers is not { Count: <= Limits.MaxIdentifiers })
        {
            throw Require.Invalid("/identifiers", $"may hold at most {Limits.MaxIdentifiers} identifiers.");
        }

        foreach (var (scheme, value) in institution.Identifiers.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            string field = "/identifiers/" + JsonPointer.Escape(scheme);
            Require.Id(scheme, field);
            Require.Text(value, field);
        }
    }
}
