using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>Says who may read blocks, by the policies of the channel's configuration. Thread-safe.</summary>
/// <param name="OrdererMspId">
/// The ordering organisation, whose every identity may read at an orderer; null at a peer, whose readers are members.
/// </param>
/// <param name="Members">The member organisations.</param>
internal sealed record ReadersPolicy(string? OrdererMspId, IReadOnlyCollection<string> Members)
{
    private const IdentityRoles Readers = IdentityRoles.Admin | IdentityRoles.Peer | IdentityRoles.Client;

    public bool Admits(Identity identity) =>
        identity.MspId == OrdererMspId || (Members.Contains(identity.MspId) && (identity.Roles & Readers) != 0);
}
