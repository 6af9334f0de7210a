using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// What wallets can fetch: each credential in each of our forms. They are named by the form alone and not by the
/// achievement, of which an institution has thousands.
/// </summary>
/// <param name="Id">Its name, which is its scope, too.</param>
/// <param name="Format">OpenID4VCI's name of the format.</param>
/// <param name="Form">The form.</param>
internal sealed record CredentialConfiguration(string Id, string Format, CredentialForm Form)
{
    /// <summary>An SD-JWT VC: what wallets take first.</summary>
    public static readonly CredentialConfiguration SdJwt =
        new("micro-credential-sd-jwt", "dc+sd-jwt", CredentialForm.SdJwtVc);

    /// <summary>A VC-JWT.</summary>
    public static readonly CredentialConfiguration VcJwt =
        new("micro-credential-jwt", "jwt_vc_json", CredentialForm.VcJwt);

    /// <summary>JSON with a Data Integrity proof.</summary>
    public static readonly CredentialConfiguration DataIntegrity =
        new("micro-credential-ldp", "ldp_vc", CredentialForm.DataIntegrity);

    /// <summary>All of them, the one first that is offered if nothing is chosen.</summary>
    public static readonly IReadOnlyList<CredentialConfiguration> All = [SdJwt, VcJwt, DataIntegrity];

    /// <summary>Whether what is fetched is bound to the wallet's key: a Data Integrity proof binds nothing.</summary>
    public bool IsBound => Form != CredentialForm.DataIntegrity;

    /// <summary>Those that the profile allows which is set.</summary>
    public static IReadOnlyList<CredentialConfiguration> In(WalletOptions options) =>
        options.HighAssurance ? [SdJwt] : All;

    /// <summary>Finds one of these by its name.</summary>
    public static CredentialConfiguration? Find(string? id, WalletOptions options) =>
        In(options).FirstOrDefault(one => one.Id == id);

    /// <summary>What names one credential in this form, where a wallet may fetch several.</summary>
    public string IdentifierOf(Guid credential) => $"{Id}:{credential:D}";

    /// <summary>What names the credential that a request becomes.</summary>
    public string IdentifierOf(string request) => $"{Id}:{request}";

    /// <summary>What names each credential of a grant; its request, as long as there is none.</summary>
    public IEnumerable<string> IdentifiersOf(WalletGrant grant) => grant.Credentials.Count > 0
        ? grant.Credentials.Select(credential => IdentifierOf(credential))
        : new[] { grant.Request }.OfType<string>().Select(request => IdentifierOf(request));
}
