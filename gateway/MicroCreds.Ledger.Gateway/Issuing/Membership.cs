using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Whether this gateway's institution is a member, as far as the mirror can tell. Thread-safe.</summary>
public sealed class Membership(
    LedgerProjection projection, ProjectionFollower follower, GatewayServiceOptions options)
{
    /// <summary>
    /// Why the institution may issue nothing, and how that is mended; null while nothing says so. A mirror that is
    /// behind, or cannot read who the members are, says nothing: it may know of a leaving and not of the coming back,
    /// and the ledger itself has the last word.
    /// </summary>
    public string? Fault =>
        follower.IsCurrent && projection.Institutions.ContainsKey(options.MspId)
            && projection.Shared.Members.MspIds is { Count: > 0 } members
            && !members.Contains(options.MspId, StringComparer.Ordinal)
            ? $"{options.MspId} is no member of the consortium: it can withdraw what it issued, and issues nothing. It "
                + $"comes back by a ballot of the members (POST /v1/ballots, {BallotAction.AdmitMember}), and by PUT "
                + "/v1/institution after that."
            : null;
}
