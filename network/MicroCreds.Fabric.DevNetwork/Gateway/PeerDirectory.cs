using MicroCreds.Fabric.DevNetwork.Endorser;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>The peers of the channel as one gateway sees them: its own first. Thread-safe.</summary>
internal sealed class PeerDirectory(PeerEndorser local, IReadOnlyList<PeerEndorser> all, string channelId)
{
    private readonly PeerEndorser[] _localFirst = [local, .. all.Where(peer => peer != local)];

    /// <summary>The gateway's own peer.</summary>
    public PeerEndorser Local => local;

    /// <summary>Returns the peers that can run the chaincode, the gateway's own first.</summary>
    public IEnumerable<PeerEndorser> WithChaincode(string channel, string chaincode) =>
        channel == channelId ? _localFirst.Where(peer => peer.Has(chaincode)) : [];

    public PeerEndorser? Find(string mspId) => Array.Find(_localFirst, peer => peer.MspId == mspId);
}
