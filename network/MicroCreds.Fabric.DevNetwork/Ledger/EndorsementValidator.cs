using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Judges the endorsements of a block's transactions, in order, by the policies of chaincodes and of keys. One per
/// block; not thread-safe.
/// </summary>
/// <remarks>Source: Fabric's statebased v20 and vpmanagerimpl.</remarks>
internal sealed class EndorsementValidator(
    LedgerReader committed, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes)
{
    private readonly HashSet<(string Part, string Key)> _changedPolicies = [];

    /// <summary>Tells whether a transaction has the endorsements for all that it writes.</summary>
    public bool IsEndorsed(OrderedTransaction transaction)
    {
        // Every name space that is written to is judged on its own, and the invoked chaincode's always.
        bool endorsed = transaction.ReadWriteSets
            .Where(set => set.Writes && set.Chaincode != transaction.Chaincode)
            .Append(transaction.ReadWriteSets.FirstOrDefault(set => set.Chaincode == transaction.Chaincode)
                ?? new NamespaceReadWriteSet(transaction.Chaincode, new(), []))
            .All(set => IsEndorsed(set, transaction.Endorsers));
        if (endorsed)
        {
            // Counts although the transaction may still fail for a stale read: the policies are judged before that.
            foreach (var set in transaction.ReadWriteSets)
            {
                _changedPolicies.UnionWith(set.Keys.MetadataWrites.Select(write => (set.Chaincode, write.Key)));
                foreach (var collection in set.Collections)
                {
                    _changedPolicies.UnionWith(
                        collection.Keys.MetadataWrites.Select(write => (collection.Namespace, write.Key)));
                }
            }
        }

        return endorsed;
    }

    private bool IsEndorsed(NamespaceReadWriteSet set, IReadOnlyList<Identity> endorsers)
    {
        chaincodes.TryGetValue(set.Chaincode, out var definition);
        var ofChaincode = new Verdict(definition?.Policy, endorsers);
        bool anyJudged = false;
        if (!AreEndorsed(set.Chaincode, set.Keys, ofChaincode, ref anyJudged))
        {
            return false;
        }

        foreach (var collection in set.Collections)
        {
            // Writes to a collection that is not defined can be endorsed by nobody.
            var policy = definition?.PolicyOf(collection.Name);
            var verdict = ReferenceEquals(policy, definition?.Policy) ? ofChaincode : new Verdict(policy, endorsers);
            if (!AreEndorsed(collection.Namespace, collection.Keys, verdict, ref anyJudged))
            {
                return false;
            }
        }

        return anyJudged || ofChaincode.Holds;
    }

    /// <summary>Judges the written keys of one part of the state, each by its own policy or by the part's.</summary>
    private bool AreEndorsed(string part, KVRWSet set, Verdict byPart, ref bool anyJudged)
    {
        foreach (string key in set.Writes.Select(write => write.Key)
            .Concat(set.MetadataWrites.Select(write => write.Key)))
        {
            // A key whose policy changes earlier in the same block cannot be judged by the committed one.
            if (_changedPolicies.Contains((part, key)))
            {
                return false;
            }

            byte[]? policy = KeyMetadata.ReadPolicy(committed.ReadMetadata(part, key));
            if (policy is { Length: > 0 } ? !Satisfies(policy, byPart.Endorsers) : !byPart.Holds)
            {
                return false;
            }

            anyJudged = true;
        }

        return true;
    }

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

    /// <summary>What a policy, which nobody satisfies if there is none, says of endorsers; found out once.</summary>
    private sealed class Verdict(SignaturePolicyEnvelope? policy, IReadOnlyList<Identity> endorsers)
    {
        private bool? _holds;

        public IReadOnlyList<Identity> Endorsers => endorsers;

        public bool Holds => _holds ??= policy is not null && PolicyEvaluator.Evaluate(policy, endorsers);
    }
}
