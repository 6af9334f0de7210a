using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>Takes out of a block what its valid transactions wrote.</summary>
public static class BlockReader
{
    /// <summary>The last second of the year 9999, as protobuf's timestamps end.</summary>
    private const long MaxSeconds = 253_402_300_799;

    private const int MaxNanos = 999_999_999;

    /// <summary>Reads a block.</summary>
    /// <param name="block">The block, with the peer's verdicts in its metadata.</param>
    /// <param name="chaincode">The name space to read.</param>
    /// <exception cref="InvalidDataException">It is no block of this kind of ledger.</exception>
    public static LedgerBlock Read(Block block, string chaincode)
    {
        var verdicts = block.Metadata.Metadata.Count > (int)BlockMetadataIndex.TransactionsFilter
            ? block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter]
            : ByteString.Empty;
        if (verdicts.Length != block.Data.Data.Count)
        {
            throw new InvalidDataException(
                $"Block {block.Header.Number} has {block.Data.Data.Count} transactions and {verdicts.Length} "
                + "verdicts.");
        }

        var transactions = new List<LedgerTransaction>();
        var doubtful = new List<string>();
        for (int position = 0; position < verdicts.Length; position++)
        {
            if ((TxValidationCode)verdicts[position] != TxValidationCode.Valid)
                continue;
            var payload = Payload.Parser.ParseAsGo(Envelope.Parser.ParseAsGo(block.Data.Data[position]).Payload);
            var header = ChannelHeader.Parser.ParseAsGo(payload.Header.ChannelHeader);
            if (header.Type != (int)HeaderType.EndorserTransaction)
                continue;
            if (ReadTransaction(payload, header, position, chaincode, out bool isDoubtful) is { } transaction)
                transactions.Add(transaction);
            if (isDoubtful)
                doubtful.Add(header.TxId);
        }

        return new LedgerBlock(
            block.Header.Number, transactions.Max(transaction => transaction.Time) ?? 0, transactions)
        {
            Hash = BlockHash.OfHeader(block.Header),
            PreviousHash = block.Header.PreviousHash.ToByteArray(),
            Doubtful = doubtful,
        };
    }

    /// <summary>
    /// Reads a transaction that wrote public keys of the contract: only those were judged by its policy. One that wrote
    /// nothing but an organisation's own private collection was endorsed by that organisation alone, its time and its
    /// event too. The contract has no private collections: whoever uses one runs another.
    /// </summary>
    private static LedgerTransaction? ReadTransaction(
        Payload payload, ChannelHeader header, int position, string chaincode, out bool isDoubtful)
    {
        var writes = new List<LedgerWrite>();
        bool counts = false;
        bool isPrivate = false;
        LedgerEvent? raised = null;
        foreach (var action in Transaction.Parser.ParseAsGo(payload.Data).Actions)
        {
            var endorsed = ChaincodeActionPayload.Parser.ParseAsGo(action.Payload).Action;
            var response = ProposalResponsePayload.Parser.ParseAsGo(endorsed.ProposalResponsePayload);
            var result = ChaincodeAction.Parser.ParseAsGo(response.Extension);
            foreach (var space in TxReadWriteSet.Parser.ParseAsGo(result.Results).NsRwset)
            {
                if (space.Namespace != chaincode)
                    continue;
                var changes = KVRWSet.Parser.ParseAsGo(space.Rwset);
                counts |= changes.Writes.Count > 0 || changes.MetadataWrites.Count > 0;
                isPrivate |= space.CollectionHashedRwset.Count > 0;
                writes.AddRange(changes.Writes.Select(
                    write => new LedgerWrite(
                        write.Key, write.IsDelete || write.Value.IsEmpty ? null : write.Value.ToByteArray())));
            }

            if (result.ChaincodeId?.Name == chaincode && !result.Events.IsEmpty)
            {
                var chaincodeEvent = ChaincodeEvent.Parser.ParseAsGo(result.Events);
                raised = new LedgerEvent(chaincodeEvent.EventName, chaincodeEvent.Payload.ToByteArray());
            }
        }

        isDoubtful = isPrivate;
        if (!counts)
            return null;
        long? time = TimeOf(header);
        var told = raised is not null && EventRule.Tells(raised, writes) ? raised : null;
        isDoubtful |= time is null || told != raised;
        return new LedgerTransaction(header.TxId, position, time, writes, told) { Creator = CreatorOf(payload) };
    }

    /// <summary>The member whose client signed the transaction, as every peer checked.</summary>
    private static string CreatorOf(Payload payload) => SerializedIdentity.Parser.ParseAsGo(
        SignatureHeader.Parser.ParseAsGo(payload.Header.SignatureHeader).Creator).Mspid;

    /// <summary>The transaction's own time; none if it is none that a clock could show.</summary>
    private static long? TimeOf(ChannelHeader header) =>
        header.Timestamp is { Seconds: >= 0 and <= MaxSeconds, Nanos: >= 0 and <= MaxNanos } given
            ? (given.Seconds * 1000) + (given.Nanos / 1_000_000)
            : null;
}

/// <summary>What a block changed.</summary>
/// <param name="Number">The block's number.</param>
/// <param name="LatestTime">The latest time of the transactions that count, in Unix milliseconds; 0 without.</param>
/// <param name="Transactions">The valid transactions that wrote public keys of the contract.</param>
public sealed record LedgerBlock(ulong Number, long LatestTime, IReadOnlyList<LedgerTransaction> Transactions)
{
    /// <summary>The hash of its header.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The hash of the header of the block before.</summary>
    public required byte[] PreviousHash { get; init; }

    /// <summary>
    /// Which of its transactions have an impossible time, which was passed over, an event that tells another record
    /// than they wrote or a record in another member's name, which were left out, or used private collections, which
    /// the contract has none of.
    /// </summary>
    public IReadOnlyList<string> Doubtful { get; init; } = [];
}

/// <summary>What a transaction changed.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Position">Its position in the block.</param>
/// <param name="Time">Its own time, in Unix milliseconds; none if it is an impossible one.</param>
/// <param name="Writes">What it wrote, in the order of the keys.</param>
/// <param name="Event">What it announced.</param>
public sealed record LedgerTransaction(
    string Id, int Position, long? Time, IReadOnlyList<LedgerWrite> Writes, LedgerEvent? Event)
{
    /// <summary>The MSP of the client that signed it.</summary>
    public required string Creator { get; init; }
}

/// <summary>A write.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null if the key was deleted.</param>
public sealed record LedgerWrite(string Key, byte[]? Value);

/// <summary>An announcement.</summary>
/// <param name="Name">One of <see cref="Model.EventNames"/>.</param>
/// <param name="Payload">The record, as canonical JSON.</param>
public sealed record LedgerEvent(string Name, byte[] Payload);
