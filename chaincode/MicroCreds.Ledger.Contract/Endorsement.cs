using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using static MicroCreds.Fabric.Protocol.Common.MSPRole.Types;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Who must endorse a change of a record that is already there; the chaincode's own policy rules new ones.
/// </summary>
internal static class Endorsement
{
    /// <summary>
    /// The owner's peer, so that nobody changes it behind the owner's back, and with it a majority of the members: an
    /// owner alone could otherwise run a changed contract on its own peer and un-revoke a credential, or move back the
    /// time from which a key counts as stolen.
    /// </summary>
    public static SignaturePolicyEnvelope OfRecord(string owner, IReadOnlyList<string> members)
    {
        SignaturePolicyEnvelope[] others = [.. members.Where(m => m != owner).Select(PeerOf)];
        return others.Length == 0
            ? PeerOf(owner)
            : SignaturePolicies.And(PeerOf(owner), SignaturePolicies.OutOf(members.Count / 2, others));
    }

    private static SignaturePolicyEnvelope PeerOf(string mspId) =>
        SignaturePolicies.SignedBy(mspId, MSPRoleType.Peer);
}
