using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Who the members are. The list has no owner, so the chaincode's own policy rules it; all other records' policies are
/// made from it, and are made anew when it changes.
/// </summary>
internal static class MemberList
{
    public static async Task<Members> GetAsync(TransactionContext context) =>
        await context.FindAsync<Members>(RecordKey.Members()) ?? new Members([]);

    /// <summary>The caller's institution leaves; what it issued stands.</summary>
    public static async Task<Written<Members>> LeaveAsync(TransactionContext context)
    {
        context.RequireRegistrar();
        string mspId = context.ClientIdentity.MspId;
        var members = await GetAsync(context);
        if (!members.MspIds.Contains(mspId, StringComparer.Ordinal))
            return new Written<Members>(members, Unchanged: true);

        var after = Without(members, new FormerMember(mspId, context.Time()));
        await WriteAsync(context, after, EventNames.MembersChanged);
        return new Written<Members>(after);
    }

    /// <summary>
    /// Returns the list with a newcomer. Who left comes back by the others' ballot alone: every transaction reads this
    /// list, and one that left and came back at will could have all others refused by that.
    /// </summary>
    public static Members With(Members members, string mspId)
    {
        if (members.Former.Any(former => former.MspId == mspId))
        {
            throw Refusal.Because(
                ErrorCodes.NotAMember,
                $"{mspId} has left: it comes back by a ballot of the action {BallotAction.AdmitMember}.");
        }

        if (members.MspIds.Count + members.Former.Count >= Limits.MaxMembers)
        {
            throw Refusal.Because(
                ErrorCodes.LimitReached, $"The consortium has, or had, {Limits.MaxMembers} members, the most it may.");
        }

        return members with { MspIds = [.. members.MspIds.Append(mspId).Order(StringComparer.Ordinal)] };
    }

    /// <summary>Returns the list without one that leaves.</summary>
    public static Members Without(Members members, FormerMember leaving)
    {
        if (members.MspIds.Count <= 1)
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed, $"{leaving.MspId} is the last member: somebody has to stay.");
        }

        return new Members([.. members.MspIds.Where(member => member != leaving.MspId)])
        {
            Former = [.. members.Former.Where(former => former.MspId != leaving.MspId), leaving],
        };
    }

    public static async ValueTask WriteAsync(TransactionContext context, Members members, string? eventName = null)
    {
        byte[] canonical = CanonicalJson.Serialize(members);
        await context.Stub.PutStateAsync(LedgerRecords.StateKeyOf(RecordKey.Members()), canonical);
        if (eventName is not null) context.Stub.SetEvent(eventName, canonical);
    }

    /// <summary>Refuses an institution that is no member any more.</summary>
    public static void RequireMember(IReadOnlyList<string> members, string mspId)
    {
        if (!members.Contains(mspId, StringComparer.Ordinal))
        {
            throw Refusal.Because(
                ErrorCodes.NotAMember,
                $"{mspId} is no member: it can withdraw what it issued or granted, and do no more.");
        }
    }
}
