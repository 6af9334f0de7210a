using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Judges the endorsements of a block's transactions, in order, by the policies of chaincodes and of keys. One per
/// block; not thread-safe.
/// </summary>
/// <remarks>Source: Fabric's statebased v20 and vpmanagerimpl.</remarks>
internal sealed class EndorsementValidator(
    LedgerReader committed, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes)
{
    private readonly HashSet<(string Chaincode, string Key)> _changedPolicies = [];

    /// <summary>Tells whether a transaction has the endorsements for all that it writes.</summary>
    public bool IsEndorsed(OrderedTransaction transaction)
    {
        // Every name space that is written to is judged on its own, and the invoked chaincode's always.
        bool endorsed = transaction.ReadWriteSets
            .Where(set => set.Writes && set.Chaincode != transaction.Chaincode)
            .Append(transaction.ReadWriteSets.FirstOrDefault(set => set.Chaincode == transaction.Chaincode)
                ?? new NamespaceReadWriteSet(transaction.Chaincode, new(), HasCollectionWrites: false))
            .All(set => IsEndorsed(set, transaction.Endorsers));
        if (endorsed)
        {
            // Counts although the transaction may still fail for a stale read: the policies are judged before that.
            foreach (var set in transaction.ReadWriteSets)
            {
                _changedPolicies.UnionWith(set.Keys.MetadataWrites.Select(write => (set.Chaincode, write.Key)));
            }
        }

        return endorsed;
    }

    private bool IsEndorsed(NamespaceReadWriteSet set, IReadOnlyList<Identity> endorsers)
    {
        // No collections are defined, so nobody can endorse writes to one.
        if (set.HasCollectionWrites)
        {
            return false;
        }

        bool? byChaincode = null;
        bool byKey = false;
        var keys = set.Keys.Writes.Select(write => write.Key)
            .Concat(set.Keys.MetadataWrites.Select(write => write.Key));
        foreach (string key in keys)
        {
            // A key whose policy changes earlier in the same block cannot be judged by the committed one.
            if (_changedPolicies.Contains((set.Chaincode, key)))
            {
                return false;
            }

            byte[]? policy = KeyMetadata.ReadPolicy(committed.ReadMetadata(set.Chaincode, key));
            if (policy is null)
            {
                byChaincode ??= SatisfiesChaincode(set.Chaincode, endorsers);
                if (byChaincode == false)
                {
                    return false;
                }
            }
            else if (Satisfies(policy, endorsers))
            {
                byKey = true;
            }
            else
            {
                return false;
            }
        }

        return byKey || (byChaincode ?? SatisfiesChaincode(set.Chaincode, endorsers));
    }

    private bool SatisfiesChaincode(string chaincode, IReadOnlyList<Identity> endorsers) =>
        chaincodes.TryGetValue(chaincode, out var definition)
        && PolicyEvaluator.Evaluate(definition.Policy, endorsers);

    private static bool Satisfies(byte[] policy, IReadOnlyList<Identity> endorsers)
    {
        try
        {
            return PolicyEvaluator.Evaluate(SignaturePolicyEnvelope.Parser.ParseFrom(policy), endorsers);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
