using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>The institution that a request names in its query.</summary>
internal static class RegisteredInstitution
{
    /// <summary>Reads it, or takes another where none is named.</summary>
    /// <exception cref="ProblemException">It is not on the ledger.</exception>
    public static string Of(HttpRequest request, LedgerProjection projection, string otherwise) =>
        Find(request, "mspId", projection) ?? otherwise;

    /// <summary>Reads it; null where none is named.</summary>
    /// <exception cref="ProblemException">It is not on the ledger.</exception>
    public static string? Find(HttpRequest request, string name, LedgerProjection projection)
    {
        string? mspId = request.Query[name];
        if (string.IsNullOrEmpty(mspId))
            return null;
        return projection.FindInstitution(mspId) is not null
            ? mspId
            : throw new ProblemException(
                ProblemKind.NotFound, "No institution of this MSP is on the ledger: /v1/institutions lists them.");
    }
}
