using System.Runtime.CompilerServices;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>Finds the events in blocks. Thread-safe.</summary>
internal static class ChaincodeEvents
{
    // Every listener reads the same blocks: each is parsed once.
    private static readonly ConditionalWeakTable<Block, ChaincodeEvent[]> Cache = [];

    /// <summary>Returns the events of a block's valid transactions, in order.</summary>
    public static ChaincodeEvent[] Of(Block block) => Cache.GetValue(block, static block => [.. Read(block)]);

    /// <summary>
    /// Returns what a listener of one chaincode gets for a block, or null if there is nothing for it.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="chaincode">The chaincode listened to.</param>
    /// <param name="afterTransactionId">
    /// The transaction up to which the listener has everything; set to "" once it has been passed.
    /// </param>
    public static ChaincodeEventsResponse? For(Block block, string chaincode, ref string afterTransactionId)
    {
        var response = new ChaincodeEventsResponse { BlockNumber = block.Header.Number };
        foreach (var raised in Of(block))
        {
            if (afterTransactionId.Length > 0)
            {
                afterTransactionId = raised.TxId == afterTransactionId ? "" : afterTransactionId;
            }
            else if (raised.ChaincodeId == chaincode)
            {
                response.Events.Add(raised);
            }
        }

        return response.Events.Count > 0 ? response : null;
    }

    private static IEnumerable<ChaincodeEvent> Read(Block block)
    {
        var codes = block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter];
        for (int i = 0; i < block.Data.Data.Count; i++)
        {
            if (codes[i] == (byte)TxValidationCode.Valid)
            {
                foreach (var raised in ReadTransaction(block.Data.Data[i]))
                {
                    yield return raised;
                }
            }
        }
    }

    private static IEnumerable<ChaincodeEvent> ReadTransaction(ByteString envelope)
    {
        var payload = Payload.Parser.ParseAsGo(Envelope.Parser.ParseAsGo(envelope).Payload);
        var header = ChannelHeader.Parser.ParseAsGo(payload.Header.ChannelHeader);
        if (header.Type != (int)HeaderType.EndorserTransaction)
        {
            yield break;
        }

        foreach (var action in Transaction.Parser.ParseAsGo(payload.Data).Actions)
        {
            var endorsed = ChaincodeActionPayload.Parser.ParseAsGo(action.Payload).Action;
            var results = ProposalResponsePayload.Parser.ParseAsGo(endorsed.ProposalResponsePayload);
            var raised = ChaincodeEvent.Parser.ParseAsGo(ChaincodeAction.Parser.ParseAsGo(results.Extension).Events);
            if (raised.ChaincodeId.Length > 0 && raised.EventName.Length > 0 && raised.TxId.Length > 0)
            {
                yield return raised;
            }
        }
    }
}
