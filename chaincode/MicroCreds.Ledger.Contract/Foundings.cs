using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// The ledger's first record. The contract cannot see block 0, so it takes the first member's word for what it says of
/// it; every gateway holds it against its own peer's block. It never changes, so that reading it never conflicts.
/// </summary>
internal static class Foundings
{
    public static async Task<Written<Founding>> FoundAsync(TransactionContext context, Founding founding)
    {
        context.RequireRegistrar();
        Check(context, founding);
        if (await context.FindAsync<Founding>(RecordKey.Founding()) is { } before)
        {
            var said = before with { FoundedAt = null, TransactionId = null };
            return LedgerRecords.AreSame(said, founding)
                ? new Written<Founding>(before, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.FoundingConflict,
                    $"The ledger is founded already, as {before.Ledger} in format {before.Format}: read it by "
                    + $"{TransactionNames.GetFounding}, and hold it against block 0 of your own peer.");
        }

        var record = founding with { FoundedAt = context.Time(), TransactionId = context.TransactionId };
        await context.Stub.PutStateAsync(
            LedgerRecords.StateKeyOf(RecordKey.Founding()), CanonicalJson.Serialize(record));

        // From the first record on, policies name all who could endorse, whether they have registered yet or not.
        await MemberList.WriteAsync(context, new Members([.. founding.Members]));
        return new Written<Founding>(record);
    }

    public static async Task<Founding> GetAsync(TransactionContext context) =>
        await context.FindAsync<Founding>(RecordKey.Founding()) ?? throw NotFounded();

    /// <summary>Refuses whatever comes before the founding, or after one of another format.</summary>
    public static async ValueTask<Founding> RequireAsync(TransactionContext context) =>
        RequireOf(await context.Stub.GetStateAsync(LedgerRecords.StateKeyOf(RecordKey.Founding())));

    /// <inheritdoc cref="RequireAsync"/>
    public static Founding RequireOf(byte[]? stored)
    {
        var founding = LedgerRecords.Parse<Founding>(stored) ?? throw NotFounded();
        return founding.Format == Founding.CurrentFormat
            ? founding
            : throw Refusal.Because(
                ErrorCodes.FormatUnknown,
                $"The ledger's records are of format {founding.Format}, this contract writes format "
                + $"{Founding.CurrentFormat}: install the contract of that format, or carry the ledger over as "
                + "network/docs/carry-over.md says.");
    }

    private static ChaincodeException NotFounded() => Refusal.Because(
        ErrorCodes.NotFounded,
        $"The ledger is not founded yet: send {TransactionNames.Found} first, which gateways do by themselves.");

    private static void Check(TransactionContext context, Founding founding)
    {
        if (!LedgerName.IsOf(founding.Ledger, context.ChannelId))
        {
            throw Require.Invalid(
                "/ledger", $"must be {context.ChannelId}, a colon, and the header hash of block 0 in 64 digits.");
        }

        Require.Count(founding.Members, "/members", 1, Limits.MaxMembers);
        for (int i = 0; i < founding.Members.Count; i++)
        {
            string field = $"/members/{i}";
            Require.MspId(founding.Members[i], field);
            if (i > 0 && string.CompareOrdinal(founding.Members[i - 1], founding.Members[i]) >= 0)
                throw Require.Invalid(field, "must come after the one before it, each only once.");
        }

        if (!founding.Members.Contains(context.ClientIdentity.MspId, StringComparer.Ordinal))
        {
            throw Require.Invalid(
                "/members", $"must name {context.ClientIdentity.MspId}: a member of the channel founds its ledger.");
        }

        if (founding.Format != Founding.CurrentFormat)
        {
            throw Require.Invalid(
                "/format", $"must be {Founding.CurrentFormat}: another format is another contract's.");
        }

        if (founding.MlDsaNeeded == false) throw Require.Invalid("/mlDsaNeeded", "must be true, or be left out.");

        if (founding.FoundedAt is not null || founding.TransactionId is not null)
        {
            throw Require.Invalid(
                founding.TransactionId is null ? "/foundedAt" : "/transactionId", "must be left out.");
        }
    }
}
