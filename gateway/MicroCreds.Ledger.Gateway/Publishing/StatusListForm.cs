using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Resources;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>A form in which a status list is published.</summary>
/// <param name="MediaType">Its media type.</param>
public sealed record StatusListForm(string MediaType)
{
    /// <summary>W3C's list with a Data Integrity proof.</summary>
    public static readonly StatusListForm DataIntegrity = new(CredentialNegotiation.Credential);

    /// <summary>W3C's list as a VC-JWT.</summary>
    public static readonly StatusListForm VcJwt = new(CredentialNegotiation.VcJwt);

    /// <summary>The IETF's list as a JWT.</summary>
    public static readonly StatusListForm TokenJwt = new(TokenStatusList.JwtMediaType);

    /// <summary>The IETF's list as a CWT.</summary>
    public static readonly StatusListForm TokenCwt = new(TokenStatusList.CwtMediaType);

    /// <summary>All there are.</summary>
    public static readonly IReadOnlyList<StatusListForm> All = [DataIntegrity, VcJwt, TokenJwt, TokenCwt];

    /// <summary>Those that a list has; the first is for readers that do not say.</summary>
    public static IReadOnlyList<StatusListForm> Of(StatusListName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Purpose == StatusPurpose.Any ? [TokenJwt, TokenCwt] : [DataIntegrity, VcJwt];
    }
}
