using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>Takes out of a block what its valid transactions wrote.</summary>
public static class BlockReader
{
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
        long latest = 0;
        for (int position = 0; position < verdicts.Length; position++)
        {
            if ((TxValidationCode)verdicts[position] != TxValidationCode.Valid)
                continue;
            var payload = Payload.Parser.ParseFrom(Envelope.Parser.ParseFrom(block.Data.Data[position]).Payload);
            var header = ChannelHeader.Parser.ParseFrom(payload.Header.ChannelHeader);
            if (header.Type != (int)HeaderType.EndorserTransaction)
                continue;
            long time = header.Timestamp.ToDateTimeOffset().ToUnixTimeMilliseconds();
            latest = Math.Max(latest, time);
            if (ReadTransaction(payload, header.TxId, position, time, chaincode) is { } transaction)
                transactions.Add(transaction);
        }

        return new LedgerBlock(block.Header.Number, latest, transactions)
        {
            Hash = BlockHash.OfHeader(block.Header),
            PreviousHash = block.Header.PreviousHash.ToByteArray(),
        };
    }

    private static LedgerTransaction? ReadTransaction(
        Payload payload, string id, int position, long time, string chaincode)
    {
        var writes = new List<LedgerWrite>();
        LedgerEvent? raised = null;
        foreach (var action in Transaction.Parser.ParseFrom(payload.Data).Actions)
        {
            var endorsed = ChaincodeActionPayload.Parser.ParseFrom(action.Payload).Action;
            var response = ProposalResponsePayload.Parser.ParseFrom(endorsed.ProposalResponsePayload);
            var result = ChaincodeAction.Parser.ParseFrom(response.Extension);
            foreach (var space in TxReadWriteSet.Parser.ParseFrom(result.Results).NsRwset)
            {
                if (space.Namespace != chaincode)
                    continue;
                writes.AddRange(KVRWSet.Parser.ParseFrom(space.Rwset).Writes.Select(
                    write => new LedgerWrite(write.Key, write.IsDelete ? null : write.Value.ToByteArray())));
            }

            if (result.ChaincodeId?.Name == chaincode && !result.Events.IsEmpty)
            {
                var chaincodeEvent = ChaincodeEvent.Parser.ParseFrom(result.Events);
                raised = new LedgerEvent(chaincodeEvent.EventName, chaincodeEvent.Payload.ToByteArray());
            }
        }

        return writes.Count == 0 && raised is null
            ? null
            : new LedgerTransaction(id, position, time, writes, raised);
    }
}

/// <summary>What a block changed.</summary>
/// <param name="Number">The block's number.</param>
/// <param name="LatestTime">The latest time of its valid transactions, in Unix milliseconds; 0 if it has none.</param>
/// <param name="Transactions">The valid transactions that touch the contract.</param>
public sealed record LedgerBlock(ulong Number, long LatestTime, IReadOnlyList<LedgerTransaction> Transactions)
{
    /// <summary>The hash of its header.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The hash of the header of the block before.</summary>
    public required byte[] PreviousHash { get; init; }
}

/// <summary>What a transaction changed.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Position">Its position in the block.</param>
/// <param name="Time">Its own time, in Unix milliseconds.</param>
/// <param name="Writes">What it wrote, in the order of the keys.</param>
/// <param name="Event">What it announced.</param>
public sealed record LedgerTransaction(
    string Id, int Position, long Time, IReadOnlyList<LedgerWrite> Writes, LedgerEvent? Event);

/// <summary>A write.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null if the key was deleted.</param>
public sealed record LedgerWrite(string Key, byte[]? Value);

/// <summary>An announcement.</summary>
/// <param name="Name">One of <see cref="Model.EventNames"/>.</param>
/// <param name="Payload">The record, as canonical JSON.</param>
public sealed record LedgerEvent(string Name, byte[] Payload);
