using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>
/// Whose gateway a link is of: a member's that the settings name, or one at the domain of a DID that the members
/// confirmed, or below it. Nobody else is asked. Thread-safe.
/// </summary>
public sealed class MemberGateways(GatewayServiceOptions options, LedgerProjection projection)
{
    private const string DidWeb = "did:web:";

    /// <summary>Finds whose gateway a link is of; nothing if it is no member's.</summary>
    public FoundGateway? Find(Uri link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.UserInfo.Length > 0) return null;
        var named = options.MemberGateways.FirstOrDefault(one => IsBelow(link, one.Address));
        if (named is not null) return new FoundGateway(NameOf(named.MspId), named.Address, IsNamed: true);
        if (link.Scheme != Uri.UriSchemeHttps || !link.IsDefaultPort) return null;
        var member = projection.Institutions.Values.FirstOrDefault(one =>
            one.IsConfirmed && DomainOf(one) is { } domain && IsWithin(link.IdnHost, domain));
        return member is null
            ? null
            : new FoundGateway(member.Name, new Uri(link.GetLeftPart(UriPartial.Authority)), IsNamed: false);
    }

    /// <summary>Where the settings say that a member's gateway is; null if they do not.</summary>
    public Uri? NamedOf(string mspId) => options.MemberGateways.FirstOrDefault(one => one.MspId == mspId)?.Address;

    /// <summary>
    /// Where a member's gateway is: what the settings say; else at the domain of its <c>did:web</c>, once the members
    /// have confirmed that. It ends in a slash. Null if neither says it.
    /// </summary>
    public Uri? AddressOf(string mspId)
    {
        if (NamedOf(mspId) is { } named) return new Uri(named.AbsoluteUri.TrimEnd('/') + "/");
        return projection.Institutions.GetValueOrDefault(mspId) is { IsConfirmed: true } institution
            && DomainOf(institution) is not null && IssuerIdentity.UrlOf(institution.Did) is { } url
                ? new Uri(url.TrimEnd('/') + "/") : null;
    }

    private string NameOf(string mspId) => projection.Institutions.GetValueOrDefault(mspId)?.Name ?? mspId;

    private static bool IsBelow(Uri link, Uri gateway) =>
        link.Scheme == gateway.Scheme && link.Authority == gateway.Authority
        && link.AbsolutePath.StartsWith(gateway.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsWithin(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    /// <summary>The domain of a did:web; of one with a port none, since nobody else is asked there either.</summary>
    private static string? DomainOf(Institution institution)
    {
        if (!institution.Did.StartsWith(DidWeb, StringComparison.Ordinal)) return null;
        string domain = institution.Did[DidWeb.Length..].Split(':')[0];
        return domain.Contains('.', StringComparison.Ordinal) && !domain.Contains('%', StringComparison.Ordinal)
            ? domain
            : null;
    }
}

/// <summary>A member's gateway.</summary>
/// <param name="Name">What the member is called.</param>
/// <param name="Address">Where its gateway is.</param>
/// <param name="IsNamed">Whether the settings name that address, wherever it lies.</param>
public sealed record FoundGateway(string Name, Uri Address, bool IsNamed);
