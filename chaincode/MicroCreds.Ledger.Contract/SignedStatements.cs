using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>What holds for every statement, whatever it says.</summary>
internal static class SignedStatements
{
    /// <summary>
    /// Refuses a statement of another type, for another ledger, or of another institution than the caller's.
    /// </summary>
    public static void RequireMadeForHere(
        TransactionContext context, string type, string expectedType, string ledger, string mspId)
    {
        if (type != expectedType)
        {
            throw Refusal.Because(
                ErrorCodes.WrongStatementType,
                $"{context.TransactionName} takes a statement of the type {expectedType}.",
                "/statement/type");
        }

        if (ledger != context.ChannelId)
        {
            throw Refusal.Because(
                ErrorCodes.WrongLedger,
                $"The statement is made for another ledger than {context.ChannelId}: sign one for this ledger.",
                "/statement/ledger");
        }

        context.RequireOwn(mspId, "/statement/mspId");
    }

    /// <summary>Returns the institution's key that signed the statement, in force or not.</summary>
    public static SigningKey RequireSigned<T>(Institution institution, SignedStatement<T> statement, string keyId)
        where T : class
    {
        var key = institution.Keys.FirstOrDefault(k => k.Id == keyId)
            ?? throw KeyUnknown(institution.MspId, keyId, "/statement/keyId");
        return Statements.Verify(statement, Multikey.Parse(key.PublicKeyMultibase))
            ? key
            : throw Refusal.Because(
                ErrorCodes.SignatureInvalid,
                $"The signature is not {keyId}'s for this statement: sign its canonical JSON (RFC 8785), and send "
                + "64 bytes in base64url without padding.",
                "/signature");
    }

    /// <summary>Refuses a key that was withdrawn.</summary>
    public static void RequireInForce(SigningKey key)
    {
        if (key.RevokedAt is not null)
        {
            throw Refusal.Because(
                ErrorCodes.KeyRevoked, $"{key.Id} was withdrawn: sign with one that is in force.", "/statement/keyId");
        }
    }

    public static ChaincodeException KeyUnknown(string mspId, string keyId, string field) => Refusal.Because(
        ErrorCodes.KeyUnknown,
        $"{mspId} has no key named {keyId}: register it by {TransactionNames.AddKey}, or name another.",
        field);
}
