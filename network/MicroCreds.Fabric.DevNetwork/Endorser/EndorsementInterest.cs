using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>Says under which policies a transaction's endorsers are, from what it read and wrote.</summary>
/// <remarks>Source: Fabric's core/endorser, buildChaincodeInterest.</remarks>
internal static class EndorsementInterest
{
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">A key's policy is garbage.</exception>
    public static ChaincodeInterest Of(TransactionSimulator simulator, TxReadWriteSet results)
    {
        var interest = new ChaincodeInterest();
        foreach (var used in results.NsRwset.Where(used => !SystemChaincodes.Is(used.Namespace)))
        {
            var (keyPolicies, disregardsOwnPolicy) = simulator.GetWritePolicies(used.Namespace);
            if (keyPolicies.Count > 0 || !disregardsOwnPolicy)
            {
                interest.Chaincodes.Add(new ChaincodeCall
                {
                    Name = used.Namespace,
                    KeyPolicies = { keyPolicies },
                    DisregardNamespacePolicy = disregardsOwnPolicy,
                });
            }

            foreach (var (collection, isRead) in simulator.GetCollections(used.Namespace))
            {
                interest.Chaincodes.Add(new ChaincodeCall
                {
                    Name = used.Namespace,
                    CollectionNames = { collection },
                    NoPrivateReads = !isRead,
                });
            }
        }

        return interest;
    }
}
