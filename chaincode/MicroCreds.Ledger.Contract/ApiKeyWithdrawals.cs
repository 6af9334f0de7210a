using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// The API keys that gateways take no more: said once, by the institution itself, and never taken back.
/// </summary>
internal static class ApiKeyWithdrawals
{
    public static async Task<Written<WithdrawnApiKey>> WithdrawAsync(TransactionContext context, string mark)
    {
        context.RequireRegistrar();
        Require.Digest(mark, "/mark");
        string mspId = context.ClientIdentity.MspId;
        var key = RecordKey.WithdrawnApiKey(mspId, mark);
        var found = await context.ReadAsync(RecordKey.Institution(mspId), RecordKey.Members(), key);
        Institutions.RequireRegistered(found[0], mspId);
        if (LedgerRecords.Parse<WithdrawnApiKey>(found[2]) is { } withdrawn)
            return new Written<WithdrawnApiKey>(withdrawn, Unchanged: true);

        var record = new WithdrawnApiKey(mspId, mark, context.Time());
        await context.WriteAsync(key, record, mspId, LedgerRecords.ParseMembers(found[1]));
        return new Written<WithdrawnApiKey>(record);
    }
}
