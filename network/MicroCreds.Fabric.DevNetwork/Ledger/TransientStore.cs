using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Keeps the private writes of endorsed transactions until these are committed: what real peers pass on to each other.
/// In memory, so that a transaction endorsed before a restart and submitted after it lacks its values. Thread-safe.
/// </summary>
/// <remarks>Source: Fabric's core/transientstore and gossip/privdata.</remarks>
internal sealed class TransientStore
{
    /// <summary>After how many blocks the writes of a transaction that never came are forgotten: the default of 3.1's
    /// core.yaml for transientstoreMaxBlockRetention (2.5 has 1,000).</summary>
    public const ulong MaxBlocks = 20_000;

    /// <summary>How many transactions' writes are kept at most; the oldest give way.</summary>
    public const int MaxTransactions = 10_000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Kept> _kept = [];

    /// <summary>Keeps what a simulation wrote.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="height">The number of blocks when it was simulated.</param>
    /// <param name="writes">Its private writes.</param>
    public void Keep(string transactionId, ulong height, TxPvtReadWriteSet writes)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(transactionId, out var kept))
            {
                _kept.Add(transactionId, kept = new Kept(height));
                if (_kept.Count > MaxTransactions)
                {
                    _kept.RemoveAt(0);
                }
            }

            foreach (var space in writes.NsPvtRwset)
            {
                foreach (var collection in space.CollectionPvtRwset)
                {
                    // Peers that differ have written different values: the ledger's hash tells which count.
                    var hash = PrivateNamespace.Hash(collection.Rwset.Span);
                    kept.Writes[(space.Namespace, collection.CollectionName, hash)] = collection.Rwset;
                }
            }
        }
    }

    /// <summary>Finds the private writes with this hash; null if nobody has them.</summary>
    public ByteString? Find(string transactionId, CollectionReadWriteSet collection)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(transactionId, out var kept)
                ? kept.Writes.GetValueOrDefault((collection.Chaincode, collection.Name, collection.PrivateHash))
                : null;
        }
    }

    /// <summary>Forgets what a block has committed, and what has waited too long.</summary>
    public void Forget(IEnumerable<string> transactionIds, ulong height)
    {
        lock (_gate)
        {
            if (_kept.Count == 0)
            {
                return;
            }

            foreach (string transactionId in transactionIds)
            {
                _kept.Remove(transactionId);
            }

            while (_kept.Count > 0 && _kept.GetAt(0).Value.Height + MaxBlocks < height)
            {
                _kept.RemoveAt(0);
            }
        }
    }

    private sealed class Kept(ulong height)
    {
        public ulong Height => height;

        public Dictionary<(string Chaincode, string Collection, ByteString Hash), ByteString> Writes { get; } = [];
    }
}
