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

    /// <summary>A majority of the members' peers: for records that belong to all of them.</summary>
    public static SignaturePolicyEnvelope OfAll(IReadOnlyList<string> members) =>
        SignaturePolicies.OutOf((members.Count / 2) + 1, [.. members.Select(PeerOf)]);

    /// <summary>
    /// Every party's peer, and with them a majority of the members: what parties agreed on is no one's alone.
    /// </summary>
    public static SignaturePolicyEnvelope OfParties(IReadOnlyList<string> parties, IReadOnlyList<string> members)
    {
        SignaturePolicyEnvelope[] others =
            [.. members.Where(m => !parties.Contains(m, StringComparer.Ordinal)).Select(PeerOf)];
        int missing = (members.Count / 2) + 1 - parties.Count;
        SignaturePolicyEnvelope[] all = [.. parties.Select(PeerOf)];
        return missing <= 0
            ? SignaturePolicies.And(all)
            : SignaturePolicies.And([.. all, SignaturePolicies.OutOf(missing, others)]);
    }

    private static SignaturePolicyEnvelope PeerOf(string mspId) =>
        SignaturePolicies.SignedBy(mspId, MSPRoleType.Peer);
}
