using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>The reads and writes of one chaincode in a transaction: public ones, and hashes of private ones.</summary>
internal sealed record NamespaceReadWriteSet(
    string Chaincode, KVRWSet Keys, IReadOnlyList<CollectionReadWriteSet> Collections)
{
    /// <summary>Whether any key is changed, or the metadata of one.</summary>
    public bool Writes => Changes(Keys) || Collections.Any(collection => Changes(collection.Keys));

    /// <summary>Reads a set as it stands in a transaction.</summary>
    /// <exception cref="InvalidProtocolBufferException">A part of it is garbage.</exception>
    public static NamespaceReadWriteSet Read(NsReadWriteSet set) => new(
        set.Namespace,
        KVRWSet.Parser.ParseAsGo(set.Rwset),
        set.CollectionHashedRwset.Count == 0
            ? []
            : [.. set.CollectionHashedRwset.Select(each => CollectionReadWriteSet.Read(set.Namespace, each))]);

    private static bool Changes(KVRWSet keys) => keys.Writes.Count > 0 || keys.MetadataWrites.Count > 0;
}

/// <summary>
/// What a transaction tells everybody of one collection, in the form of public keys and values: keys are the hashes of
/// private keys, values the hashes of private values. So it is judged and applied as any other.
/// </summary>
internal sealed record CollectionReadWriteSet(string Chaincode, string Name, KVRWSet Keys)
{
    /// <summary>The part of the state that the keys are of.</summary>
    public string Namespace { get; } = PrivateNamespace.OfHashes(Chaincode, Name);

    /// <summary>The hash of the private writes, empty if there are none.</summary>
    public required ByteString PrivateHash { get; init; }

    /// <summary>Those of the keys whose earlier values are to be forgotten, too.</summary>
    public required IReadOnlyList<string> PurgedKeys { get; init; }

    /// <summary>Reads a set as it stands in a transaction.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is garbage.</exception>
    public static CollectionReadWriteSet Read(string chaincode, CollectionHashedReadWriteSet set)
    {
        var hashed = HashedRWSet.Parser.ParseAsGo(set.HashedRwset);
        var keys = new KVRWSet();
        keys.Reads.Add(hashed.HashedReads.Select(read => new KVRead
        {
            Key = PrivateNamespace.KeyOf(read.KeyHash),
            Version = read.Version,
        }));
        keys.Writes.Add(hashed.HashedWrites.Select(write => new KVWrite
        {
            Key = PrivateNamespace.KeyOf(write.KeyHash),
            IsDelete = write.Deletes(),
            Value = write.ValueHash,
        }));
        keys.MetadataWrites.Add(hashed.MetadataWrites.Select(write => new KVMetadataWrite
        {
            Key = PrivateNamespace.KeyOf(write.KeyHash),
            Entries = { write.Entries },
        }));
        return new CollectionReadWriteSet(chaincode, set.CollectionName, keys)
        {
            PrivateHash = set.PvtRwsetHash,
            PurgedKeys =
            [
                .. hashed.HashedWrites.Where(write => write.IsPurge)
                    .Select(write => PrivateNamespace.KeyOf(write.KeyHash)),
            ],
        };
    }
}
