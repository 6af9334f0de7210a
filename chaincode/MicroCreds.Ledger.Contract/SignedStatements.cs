using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>What holds for every statement, whatever it says.</summary>
internal static class SignedStatements
{
    /// <summary>
    /// Refuses a statement of another type, for another ledger, or of another institution than the caller's.
    /// </summary>
    /// <returns>The ledger's founding record.</returns>
    public static async ValueTask<Founding> RequireMadeForHereAsync(
        TransactionContext context, string type, string expectedType, string ledger, string mspId)
    {
        RequireOwn(context, type, expectedType, mspId);
        var founding = await Foundings.RequireAsync(context);
        RequireFor(founding, ledger);
        return founding;
    }

    /// <summary>
    /// Refuses a statement of another type, or of another institution than the caller's. For which ledger it is made is
    /// left to <see cref="RequireFor"/>, where the founding record is read along with others.
    /// </summary>
    public static void RequireOwn(TransactionContext context, string type, string expectedType, string mspId)
    {
        if (type != expectedType)
        {
            throw Refusal.Because(
                ErrorCodes.WrongStatementType,
                $"{context.TransactionName} takes a statement of the type {expectedType}.",
                "/statement/type");
        }

        context.RequireOwn(mspId, "/statement/mspId");
    }

    /// <summary>Refuses a statement for another ledger: one of another consortium must not count in this one.</summary>
    public static void RequireFor(Founding founding, string ledger)
    {
        if (ledger != founding.Ledger)
        {
            throw Refusal.Because(
                ErrorCodes.WrongLedger,
                $"The statement is made for another ledger than {founding.Ledger}: sign one for this ledger.",
                "/statement/ledger");
        }
    }

    /// <summary>Returns the institution's key that signed the statement, in force or not.</summary>
    public static SigningKey RequireSigned<T>(Institution institution, SignedStatement<T> statement, string keyId)
        where T : class
    {
        if (KeyPurpose.IsForLog(keyId))
        {
            throw Refusal.Because(
                ErrorCodes.KeyUnknown,
                $"{keyId} is a key of the log, which signs its heads and nothing else: sign with another key.",
                "/statement/keyId");
        }

        var key = institution.FindIssuerKey(keyId)
            ?? throw KeyUnknown(institution.MspId, keyId, "/statement/keyId");
        var signer = StatementKey.Of(key);
        return Statements.Verify(statement, signer)
            ? key
            : throw Refusal.Because(
                ErrorCodes.SignatureInvalid,
                $"The signature is not {keyId}'s for this statement: sign its canonical JSON (RFC 8785)"
                + (signer.MlDsa is null ? "" : " with both halves of the key, the elliptic one first")
                + $", and send {signer.SignatureLength} bytes in base64url without padding.",
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
