using MicroCreds.Fabric.DevNetwork.Endorser;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>
/// The peers of the channel as one gateway sees them: its own first, then the others of its organisation. Thread-safe.
/// </summary>
internal sealed class PeerDirectory(PeerEndorser local, IReadOnlyList<PeerEndorser> all, string channelId)
{
    private readonly PeerEndorser[] _localFirst =
    [
        local,
        .. all.Where(peer => peer != local).OrderByDescending(peer => peer.MspId == local.MspId),
    ];

    /// <summary>The gateway's own peer.</summary>
    public PeerEndorser Local => local;

    /// <summary>Returns the running peers that have the chaincode, the gateway's own first.</summary>
    public IEnumerable<PeerEndorser> WithChaincode(string channel, string chaincode) =>
        channel == channelId ? _localFirst.Where(peer => peer.IsRunning && peer.Has(chaincode)) : [];

    /// <summary>Tells whether a peer of the organisation runs.</summary>
    public bool IsRunning(string mspId) => Array.Exists(_localFirst, peer => peer.MspId == mspId && peer.IsRunning);

    /// <summary>Tells whether a running peer of the organisation has all of the chaincodes.</summary>
    public bool CanRun(string mspId, IEnumerable<string> chaincodes) => AbleToRun(mspId, chaincodes).Any();

    /// <summary>Returns the running peers of an organisation that have all of the chaincodes.</summary>
    public IEnumerable<PeerEndorser> AbleToRun(string mspId, IEnumerable<string> chaincodes) =>
        _localFirst.Where(peer => peer.MspId == mspId && peer.IsRunning && chaincodes.All(peer.Has));
}
