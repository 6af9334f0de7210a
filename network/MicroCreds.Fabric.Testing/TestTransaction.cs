using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Testing.Running;

namespace MicroCreds.Fabric.Testing;

/// <summary>A transaction that peers have run and endorsed, and that is on no ledger yet.</summary>
/// <remarks>Immutable and thread-safe. <see cref="TestLedger.Commit"/> puts it on the ledger.</remarks>
public sealed class TestTransaction
{
    internal TestTransaction(TestLedger ledger, string transactionId, PeerRun run, OrderedTransaction ordered)
    {
        Ledger = ledger;
        TransactionId = transactionId;
        Result = run.Response.Payload.Memory;
        EventName = run.Event?.EventName;
        EventPayload = run.Event?.Payload.Memory ?? default;
        (string Chaincode, KVRWSet Set)[] sets =
            [.. run.Results.NsRwset.Select(space => (space.Namespace, KVRWSet.Parser.ParseFrom(space.Rwset)))];
        Reads = [.. sets.SelectMany(space => ReadsOf(space.Chaincode, space.Set))];
        Writes =
        [
            .. sets.SelectMany(space => WritesOf(space.Chaincode, "", space.Set)),
            .. PrivateWrites(run.PrivateResults),
        ];
        Endorsers = [.. ordered.Endorsers.Select(endorser => endorser.MspId)];
        Ordered = ordered;
        Event = run.Event;
    }

    /// <summary>The transaction's identifier.</summary>
    public string TransactionId { get; }

    /// <summary>What the chaincode returned.</summary>
    public ReadOnlyMemory<byte> Result { get; }

    /// <summary>The name of the event that the chaincode set; null if it set none.</summary>
    public string? EventName { get; }

    /// <summary>The content of that event.</summary>
    public ReadOnlyMemory<byte> EventPayload { get; }

    /// <summary>
    /// The public keys that were read one by one, in the order of their bytes. Keys in ranges, and of collections, are
    /// not among them.
    /// </summary>
    public IReadOnlyList<StateRead> Reads { get; }

    /// <summary>What is written, public and private, in the order of the keys' bytes.</summary>
    public IReadOnlyList<StateWrite> Writes { get; }

    /// <summary>The organisations whose peers endorsed it.</summary>
    public IReadOnlyList<string> Endorsers { get; }

    /// <summary>The ledger whose peers ran it: it holds on no other.</summary>
    internal TestLedger Ledger { get; }

    internal OrderedTransaction Ordered { get; }

    internal Protocol.Peer.ChaincodeEvent? Event { get; }

    private static IEnumerable<StateRead> ReadsOf(string chaincode, KVRWSet set) =>
        set.Reads.Select(read => new StateRead(chaincode, read.Key, read.Version is not null));

    private static IEnumerable<StateWrite> PrivateWrites(TxPvtReadWriteSet? results) =>
        from space in results?.NsPvtRwset ?? []
        from collection in space.CollectionPvtRwset
        from write in WritesOf(space.Namespace, collection.CollectionName, KVRWSet.Parser.ParseFrom(collection.Rwset))
        select write;

    private static IEnumerable<StateWrite> WritesOf(string chaincode, string collection, KVRWSet set) =>
        set.Writes.Select(write => new StateWrite(
            chaincode, collection, write.Key, write.IsDelete ? default(ReadOnlyMemory<byte>?) : write.Value.Memory));
}
