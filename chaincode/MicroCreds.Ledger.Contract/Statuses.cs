using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Whether credentials stand. One that has no record here is in force.</summary>
internal static class Statuses
{
    private static readonly IReadOnlyList<string> States =
        [CredentialState.InForce, CredentialState.Suspended, CredentialState.Revoked];

    public static async Task<Written<Status>> SetAsync(
        TransactionContext context, SignedStatement<StatusStatement> statement)
    {
        context.RequireIssuer();
        var given = statement.Statement;
        SignedStatements.RequireOwn(context, given.Type, StatusStatement.TypeName, given.MspId);
        Check(given);

        var key = RecordKey.Status(given.MspId, given.Root, given.Index);
        var found = await context.ReadAsync(
        [
            RecordKey.Institution(given.MspId), RecordKey.Members(), RecordKey.Issuance(given.MspId, given.Root), key,
            RecordKey.Founding(), .. Replacements.KeysOf(given.MspId, given.ReplacedBy),
        ]);
        SignedStatements.RequireFor(Foundings.RequireOf(found[4]), given.Ledger);
        var institution = Institutions.RequireRegistered(found[0], given.MspId);
        RequireIssued(given, LedgerRecords.Parse<Issuance>(found[2]));
        var signingKey = SignedStatements.RequireSigned(institution, statement, given.KeyId);
        var before = LedgerRecords.Parse<Status>(found[3]);
        if (before is not null && LedgerRecords.AreSame(before.Statement, given))
        {
            return new Written<Status>(before, Unchanged: true);
        }

        SignedStatements.RequireInForce(signingKey);
        RequireTransition(before?.Statement, given);
        if (given.ReplacedBy is not null) Replacements.RequireUsable(given, found[5], found[6]);

        var record = new Status
        {
            Statement = given,
            Signature = statement.Signature,
            ChangedAt = context.Time(),
            TransactionId = context.TransactionId,
        };
        await context.WriteAsync(
            key, record, given.MspId, LedgerRecords.ParseMembers(found[1]), EventNames.StatusChanged);
        return new Written<Status>(record);
    }

    public static async Task<Page<Status>> ListAsync(
        TransactionContext context, string mspId, string root, int pageSize, string bookmark)
    {
        Require.MspId(mspId, "/mspId");
        Require.Root(root, "/root");
        return await context.PageAsync<Status>(new RecordKey(RecordKey.StatusType, mspId, root), pageSize, bookmark);
    }

    public static async Task<IReadOnlyList<HistoryEntry<Status>>> GetHistoryAsync(
        TransactionContext context, string mspId, string root, int index)
    {
        Require.MspId(mspId, "/mspId");
        Require.Root(root, "/root");
        Require.Range(index, "/index", 0, Limits.MaxIssuanceSize - 1);
        return await context.HistoryAsync<Status>(RecordKey.Status(mspId, root, index));
    }

    private static void Check(StatusStatement given)
    {
        Require.Root(given.Root, "/statement/root");
        Require.Range(given.Index, "/statement/index", 0, Limits.MaxIssuanceSize - 1);
        Require.Fragment(given.KeyId, "/statement/keyId");
        Require.OneOf(given.State, "/statement/state", States);

        // However often it was suspended and reinstated, it can always be revoked.
        int changes = Limits.MaxStatusChanges + (given.State == CredentialState.Revoked ? 1 : 0);
        Require.Range(given.Sequence, "/statement/sequence", 1, changes);
        if (given.State == CredentialState.InForce)
        {
            if (given.Reason is not null) throw Require.Invalid("/statement/reason", "has no place in reinstating.");
        }
        else
        {
            Require.OneOf(
                given.Reason,
                "/statement/reason",
                given.State == CredentialState.Revoked ? StatusReason.ForRevocation : StatusReason.ForSuspension);
        }

        if (given.ReplacedBy is not null) Replacements.Check(given);
    }

    private static void RequireIssued(StatusStatement given, Issuance? issuance)
    {
        if (issuance is null)
        {
            throw Refusal.Because(
                ErrorCodes.IssuanceUnknown,
                $"{given.MspId} has no issuance with this root: it never anchored it.",
                "/statement/root");
        }

        if (given.Index >= issuance.Statement.Size)
        {
            throw Refusal.Because(
                ErrorCodes.IndexOutOfRange,
                $"The issuance has {issuance.Statement.Size} credentials, counted from 0: there is no {given.Index}.",
                "/statement/index");
        }
    }

    private static void RequireTransition(StatusStatement? before, StatusStatement given)
    {
        string from = before?.State ?? CredentialState.InForce;
        if (from == CredentialState.Revoked)
        {
            throw Refusal.Because(
                ErrorCodes.CredentialRevoked,
                "The credential is revoked, which is final: issue a new one.",
                "/statement/state");
        }

        int expected = (before?.Sequence ?? 0) + 1;
        if (given.Sequence != expected)
        {
            throw Refusal.Because(
                ErrorCodes.SequenceConflict,
                $"The sequence is {given.Sequence} where {expected} is next: read the status as it stands, and sign a "
                + "new statement if it is still wanted.",
                "/statement/sequence");
        }

        if (given.State == from)
        {
            throw Refusal.Because(
                ErrorCodes.TransitionNotAllowed,
                $"The credential is {from} already: suspend what is in force, reinstate what is suspended.",
                "/statement/state");
        }
    }
}
