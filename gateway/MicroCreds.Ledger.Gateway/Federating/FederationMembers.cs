using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>
/// Whom this gateway vouches for in OpenID Federation: the present members that the others have confirmed, by the
/// address that their <c>did:web</c> stands for. Thread-safe.
/// </summary>
/// <remarks>
/// A consortium has no centre, and so no trust anchor above its members. Each member is one, and vouches for each other
/// by what stands on the ledger: who is outside chooses whom it believes. Who left, or was never confirmed, is vouched
/// for by nobody.
/// </remarks>
public sealed class FederationMembers(
    LedgerProjection projection, ProjectionFollower follower, GatewayServiceOptions options)
{
    /// <summary>This gateway's institution; null while it is none that others could vouch for.</summary>
    public FederationMember? Own => Of(projection.Institutions.GetValueOrDefault(options.MspId));

    /// <summary>All that are members now but this gateway's own, by their entity identifiers.</summary>
    /// <exception cref="LedgerUnavailableException">
    /// The projection cannot speak for the ledger: one that has left would be vouched for.
    /// </exception>
    /// <exception cref="RecordUnreadableException">Who is a member cannot be read.</exception>
    public IReadOnlyList<FederationMember> Others
    {
        get
        {
            RequireCurrent();
            return
            [
                .. projection.Shared.Members.MspIds.Where(mspId => mspId != options.MspId)
                    .Select(mspId => Of(projection.Institutions.GetValueOrDefault(mspId))).OfType<FederationMember>()
                    .OrderBy(member => member.Entity, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Whether this gateway's institution is a member now, so that it may vouch for others.</summary>
    /// <exception cref="LedgerUnavailableException">The projection cannot speak for the ledger.</exception>
    public bool MayVouch
    {
        get
        {
            RequireCurrent();
            return Own is not null && projection.Shared.Members.MspIds.Contains(options.MspId);
        }
    }

    /// <summary>Finds another member by its entity identifier.</summary>
    /// <exception cref="LedgerUnavailableException">The projection cannot speak for the ledger.</exception>
    public FederationMember? Find(string entity) =>
        MayVouch ? Others.FirstOrDefault(one => one.Entity == entity) : null;

    private void RequireCurrent()
    {
        if (!follower.IsCurrent) throw new LedgerUnavailableException("The projection is behind the ledger.");
        projection.Unreadable.Require(RecordKey.Members());
    }

    private static FederationMember? Of(Institution? institution) =>
        institution is { IsConfirmed: true } && IssuerIdentity.UrlOf(institution.Did) is { } entity
        && institution.IssuerKeys.Any(key => key.RevokedAt is null)
            ? new FederationMember(institution, entity)
            : null;
}

/// <summary>A member of the consortium as an entity of a federation.</summary>
/// <param name="Institution">The institution, as the ledger has it.</param>
/// <param name="Entity">Its entity identifier, the address that its <c>did:web</c> stands for.</param>
public sealed record FederationMember(Institution Institution, string Entity)
{
    /// <summary>Where it is asked: at the address that the settings name, or else at its identifier.</summary>
    /// <param name="gateways">What knows the settings.</param>
    /// <param name="path">What is asked for.</param>
    public (Uri Address, bool IsNamed) AddressOf(MemberGateways gateways, string path)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        var named = gateways.NamedOf(Institution.MspId);
        return (new Uri((named?.AbsoluteUri.TrimEnd('/') ?? Entity) + path), named is not null);
    }
}
