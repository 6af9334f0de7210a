using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>
/// Passes on the private writes of a simulation, if as many peers of the collection's members run as its definition
/// asks for. Thread-safe.
/// </summary>
/// <remarks>Source: Fabric's gossip/privdata, distributor.</remarks>
internal sealed class Dissemination(
    ChannelLedger ledger,
    IReadOnlyList<PeerIdentity> peers,
    IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes)
{
    /// <param name="invocation">The simulation.</param>
    /// <param name="endorser">Whose simulation it is.</param>
    /// <param name="writes">Its private writes.</param>
    /// <param name="isEndorsed">Whether the transaction may be submitted, so that its values are wanted.</param>
    /// <exception cref="ChaincodeException">Too few other members' peers run.</exception>
    public void Spread(Invocation invocation, PeerIdentity endorser, TxPvtReadWriteSet writes, bool isEndorsed)
    {
        foreach (var space in writes.NsPvtRwset)
        {
            foreach (var written in space.CollectionPvtRwset)
            {
                var collection = chaincodes[space.Namespace].Collections[written.CollectionName];
                int eligible = peers.Count(
                    peer => peer != endorser && peer.IsRunning && collection.Members.Contains(peer.MspId));
                if (eligible < collection.RequiredPeerCount)
                {
                    throw new ChaincodeException(
                        "error in simulation: failed to distribute private collection, "
                        + $"txID {invocation.TransactionId}, channel {invocation.ChannelId}: "
                        + $"could not build private data dissemination plan for chaincode {space.Namespace} "
                        + $"and collection {written.CollectionName}: required to disseminate to at least "
                        + $"{collection.RequiredPeerCount} peers, but know of only {eligible} eligible peers");
                }
            }
        }

        if (isEndorsed)
        {
            ledger.KeepPrivateWrites(invocation.TransactionId, writes);
        }
    }
}
