using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Who sent the transaction, and what that identity may do.</summary>
internal static class Caller
{
    private const string AdminUnit = "admin";

    /// <summary>Refuses a caller who may not publish, issue, or change the status of credentials.</summary>
    public static void RequireIssuer(this TransactionContext context)
    {
        if (!IsRegistrar(context.ClientIdentity) && !HasRole(context.ClientIdentity, Roles.Issuer))
        {
            throw Missing(context, Roles.Issuer);
        }
    }

    /// <summary>Refuses a caller who may not change the institution's own record and keys.</summary>
    public static void RequireRegistrar(this TransactionContext context)
    {
        if (!IsRegistrar(context.ClientIdentity)) throw Missing(context, Roles.Registrar);
    }

    /// <summary>Refuses what names another institution than the caller's.</summary>
    public static void RequireOwn(this TransactionContext context, string mspId, string field)
    {
        if (mspId != context.ClientIdentity.MspId)
        {
            throw Refusal.Because(
                ErrorCodes.WrongInstitution,
                $"The caller belongs to {context.ClientIdentity.MspId} and cannot speak for {mspId}: "
                + "send it with an identity of that institution.",
                field);
        }
    }

    private static bool IsRegistrar(ClientIdentity identity) =>
        identity.HasOrganizationalUnit(AdminUnit) || HasRole(identity, Roles.Registrar);

    private static bool HasRole(ClientIdentity identity, string role) =>
        identity.GetAttribute(Roles.AttributeName) is { } roles
        && roles.Split(',', StringSplitOptions.TrimEntries).Contains(role, StringComparer.Ordinal);

    private static ChaincodeException Missing(TransactionContext context, string role) => Refusal.Because(
        ErrorCodes.RoleMissing,
        $"{context.TransactionName} needs a certificate with the attribute {Roles.AttributeName}={role}"
        + $"{(role == Roles.Issuer ? $" or {Roles.Registrar}" : "")}, or of the MSP's admins: "
        + "enrol the identity with that role.");
}
