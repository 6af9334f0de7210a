using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The credential that supersedes another.</summary>
internal static class Replacements
{
    private const string Field = "/statement/replacedBy";

    /// <summary>The records to read about it: its issuance and its status.</summary>
    public static IEnumerable<RecordKey> KeysOf(string mspId, CredentialReference? replacement) => replacement is null
        ? []
        :
        [
            RecordKey.Issuance(mspId, replacement.Root),
            RecordKey.Status(mspId, replacement.Root, replacement.Index),
        ];

    public static void Check(StatusStatement given)
    {
        var replacement = given.ReplacedBy!;
        if (given.Reason != StatusReason.Superseded)
        {
            throw Require.Invalid(Field, $"belongs only to the reason {StatusReason.Superseded}: leave it out.");
        }

        Require.Root(replacement.Root, Field + "/root");
        Require.Range(replacement.Index, Field + "/index", 0, Limits.MaxIssuanceSize - 1);
        Require.CredentialId(replacement.Id, Field + "/id");
        if (replacement.Root == given.Root && replacement.Index == given.Index)
        {
            throw Invalid("A credential cannot replace itself: name the new one.");
        }
    }

    /// <summary>Refuses a replacement that is not there among the same institution's, or is itself revoked.</summary>
    public static void RequireUsable(StatusStatement given, byte[]? issuance, byte[]? status)
    {
        if (LedgerRecords.Parse<Issuance>(issuance)?.Statement is not { } replacement)
        {
            throw Invalid($"The replacement was never anchored by {given.MspId}: issue it first.");
        }

        if (given.ReplacedBy!.Index >= replacement.Size)
        {
            throw Invalid($"The replacement's issuance has {replacement.Size} credentials, counted from 0.");
        }

        if (LedgerRecords.Parse<Status>(status)?.Statement.State == CredentialState.Revoked)
        {
            throw Invalid("The replacement is itself revoked: name one that stands.");
        }
    }

    private static ChaincodeException Invalid(string message) =>
        Refusal.Because(ErrorCodes.ReplacementInvalid, message, Field);
}
