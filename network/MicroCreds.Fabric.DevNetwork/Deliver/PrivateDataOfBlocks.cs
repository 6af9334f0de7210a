using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>Finds the private writes that a peer may give to a reader of its blocks. Thread-safe.</summary>
/// <remarks>Source: Fabric's core/peer, deliverevents.</remarks>
internal sealed class PrivateDataOfBlocks(
    ChannelLedger ledger, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes, string mspId)
{
    /// <summary>
    /// Returns them by the transaction's position: what the organisation keeps, but for collections that only members
    /// may read and of which the reader is none.
    /// </summary>
    public Dictionary<ulong, TxPvtReadWriteSet> Of(ulong blockNumber, Identity reader)
    {
        var found = new Dictionary<ulong, TxPvtReadWriteSet>();
        foreach (var (place, bytes) in ledger.GetPrivateWrites(blockNumber, mspId))
        {
            if (!MayRead(place, reader))
            {
                continue;
            }

            if (!found.TryGetValue((ulong)place.Position, out var transaction))
            {
                found[(ulong)place.Position] = transaction = new TxPvtReadWriteSet();
            }

            var space = transaction.NsPvtRwset.FirstOrDefault(set => set.Namespace == place.Chaincode);
            if (space is null)
            {
                transaction.NsPvtRwset.Add(space = new NsPvtReadWriteSet { Namespace = place.Chaincode });
            }

            space.CollectionPvtRwset.Add(
                new CollectionPvtReadWriteSet { CollectionName = place.Collection, Rwset = bytes });
        }

        return found;
    }

    private bool MayRead(PrivateWritesKey place, Identity reader) =>
        chaincodes.GetValueOrDefault(place.Chaincode)?.Collections.GetValueOrDefault(place.Collection)
            is { } collection && (!collection.MemberOnlyRead || collection.Admits(reader));
}
