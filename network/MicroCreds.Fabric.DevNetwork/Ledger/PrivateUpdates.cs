using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Which private writes these are: of a transaction, in a collection, kept by an organisation.</summary>
internal readonly record struct PrivateWritesKey(
    ulong Block, int Position, string MspId, string Chaincode, string Collection)
{
    /// <summary>Tells whether the transaction stands no later than this.</summary>
    public bool IsUpTo(ulong block, int position) => Block < block || (Block == block && Position <= position);
}

/// <summary>
/// What a block changes in the private values that organisations keep: writes of its transactions, purges, and values
/// whose blocks to live are over. Not thread-safe.
/// </summary>
/// <remarks>
/// Source: Fabric's txmgmt/validation (batch_preparer), pvtstatepurgemgmt and pvtdatastorage. All of it follows the
/// validation of the whole block.
/// </remarks>
internal sealed class PrivateUpdates(
    LedgerReader committed,
    IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes,
    BlockUpdates updates,
    ulong blockNumber)
{
    private readonly HashSet<(string Part, string HashPart, string Key)> _renewed = [];

    /// <summary>The private writes to keep, of this block and, where a purge has cut them, of earlier ones.</summary>
    public Dictionary<PrivateWritesKey, ByteString> Writes { get; } = [];

    /// <summary>The collections whose writes up to a block are forgotten.</summary>
    public List<(string Chaincode, string Collection, ulong LastBlock)> Expired { get; } = [];

    /// <summary>Applies the private writes that are at hand.</summary>
    public void Apply(
        IReadOnlyList<OrderedTransaction> transactions, TxValidationCode[] codes, TransientStore transient)
    {
        for (int i = 0; i < transactions.Count; i++)
        {
            foreach (var collection in transactions[i].ReadWriteSets.SelectMany(set => set.Collections))
            {
                if (Find(collection) is { } definition && !collection.PrivateHash.IsEmpty
                    && transient.Find(transactions[i].TransactionId, collection) is { } bytes)
                {
                    Apply(definition, collection, i, bytes, codes[i] == TxValidationCode.Valid);
                }
            }
        }

        foreach (var (part, hashPart, key) in _renewed)
        {
            Renew(part, hashPart, key);
        }

        for (int i = 0; i < transactions.Count; i++)
        {
            if (codes[i] == TxValidationCode.Valid)
            {
                Purge(transactions[i], i);
            }
        }

        Expire();
    }

    private CollectionDefinition? Find(CollectionReadWriteSet collection) =>
        chaincodes.GetValueOrDefault(collection.Chaincode)?.Collections.GetValueOrDefault(collection.Name);

    private void Apply(
        CollectionDefinition definition,
        CollectionReadWriteSet collection,
        int position,
        ByteString bytes,
        bool isValid)
    {
        var version = new KeyVersion(blockNumber, (ulong)position);
        var set = KVRWSet.Parser.ParseAsGo(bytes);
        foreach (string member in definition.Members)
        {
            // Those of invalid transactions are kept, too: only the state knows nothing of them.
            Writes[new(blockNumber, position, member, collection.Chaincode, collection.Name)] = bytes;
            if (!isValid)
            {
                continue;
            }

            string part = PrivateNamespace.OfValues(collection.Chaincode, collection.Name, member);
            foreach (var write in set.Writes)
            {
                updates.Put(
                    part, write.Key,
                    write.Deletes() ? null : new VersionedValue(write.Value.ToByteArray(), null, version));
            }

            _renewed.UnionWith(set.MetadataWrites.Select(write => (part, collection.Namespace, write.Key)));
        }
    }

    /// <summary>Gives a value the version that metadata alone have given its hash.</summary>
    private void Renew(string part, string hashPart, string key)
    {
        if (updates.Latest(hashPart, PrivateNamespace.KeyOf(PrivateNamespace.Hash(key))) is { } known
            && updates.Latest(part, key) is { } value && value.Version != known.Version
            && PrivateNamespace.Hash(value.Value).Span.SequenceEqual(known.Value))
        {
            updates.Put(part, key, value with { Version = known.Version });
        }
    }

    private void Purge(OrderedTransaction transaction, int position)
    {
        foreach (var collection in transaction.ReadWriteSets.SelectMany(set => set.Collections))
        {
            if (collection.PurgedKeys.Count > 0)
            {
                Purge(collection, position);
            }
        }
    }

    /// <summary>Takes purged keys out of all private writes up to the purge itself, and out of the state.</summary>
    private void Purge(CollectionReadWriteSet collection, int position)
    {
        var purge = new KeyVersion(blockNumber, (ulong)position);
        var kept = committed.ReadPrivateWrites(collection.Chaincode, collection.Name)
            .Where(entry => !Writes.ContainsKey(entry.Key))
            .Concat(Writes.Where(entry => IsOf(entry.Key, collection) && entry.Key.IsUpTo(blockNumber, position)))
            .ToList();
        foreach (var (place, bytes) in kept)
        {
            var set = KVRWSet.Parser.ParseAsGo(bytes);
            var purged = set.Writes.Where(write => collection.PurgedKeys.Contains(
                PrivateNamespace.KeyOf(PrivateNamespace.Hash(write.Key)))).ToList();
            if (purged.Count == 0)
            {
                continue;
            }

            purged.ForEach(write => set.Writes.Remove(write));
            Writes[place] = set.ToByteString();
            string part = PrivateNamespace.OfValues(collection.Chaincode, collection.Name, place.MspId);
            foreach (var write in purged)
            {
                // What this block writes after the purge stays; what it wrote before goes with all that is older.
                if (!updates.Contains(part, write.Key)
                    || updates.Latest(part, write.Key)?.Version.IsBefore(purge) == true)
                {
                    updates.Put(part, write.Key, null);
                }
            }
        }
    }

    private static bool IsOf(PrivateWritesKey place, CollectionReadWriteSet collection) =>
        place.Chaincode == collection.Chaincode && place.Collection == collection.Name;

    /// <summary>Deletes what was written too many blocks ago, unless this block writes it again.</summary>
    private void Expire()
    {
        foreach (var chaincode in chaincodes.Values)
        {
            foreach (var collection in chaincode.Collections.Values)
            {
                if (collection.BlockToLive > 0 && blockNumber > collection.BlockToLive)
                {
                    Expire(chaincode.Name, collection, blockNumber - collection.BlockToLive - 1);
                }
            }
        }
    }

    private void Expire(string chaincode, CollectionDefinition collection, ulong lastBlock)
    {
        var parts = collection.Members.Select(
            member => PrivateNamespace.OfValues(chaincode, collection.Name, member))
            .Append(PrivateNamespace.OfHashes(chaincode, collection.Name));
        foreach (string part in parts)
        {
            foreach (string key in committed.ReadKeysUntil(part, lastBlock))
            {
                if (!updates.Contains(part, key))
                {
                    updates.Put(part, key, null);
                }
            }
        }

        Expired.Add((chaincode, collection.Name, lastBlock));
    }
}
