using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>Reduces blocks to ids, codes and the names of events.</summary>
/// <remarks>Source: Fabric's core/peer, deliverevents.</remarks>
internal static class FilteredBlocks
{
    /// <summary>Returns the filtered block, or null when a transaction in it cannot be read.</summary>
    public static FilteredBlock? Of(Block block)
    {
        // Headers alone were asked for: a peer of 3.1.5 stops altogether at that, which is not worth imitating.
        if (block.Data is null)
        {
            return null;
        }

        try
        {
            var filtered = new FilteredBlock { Number = block.Header.Number };
            var codes = block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter].Span;
            for (int i = 0; i < block.Data.Data.Count; i++)
            {
                var payload = Payload.Parser.ParseAsGo(Envelope.Parser.ParseAsGo(block.Data.Data[i]).Payload);
                if (payload.Header is null)
                {
                    continue;
                }

                var header = ChannelHeader.Parser.ParseAsGo(payload.Header.ChannelHeader);
                filtered.ChannelId = header.ChannelId;
                filtered.FilteredTransactions.Add(Filter(header, payload, (TxValidationCode)codes[i]));
            }

            return filtered;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static FilteredTransaction Filter(ChannelHeader header, Payload payload, TxValidationCode code)
    {
        var filtered = new FilteredTransaction
        {
            Txid = header.TxId,
            Type = (HeaderType)header.Type,
            TxValidationCode = code,
        };
        if (filtered.Type != HeaderType.EndorserTransaction)
        {
            return filtered;
        }

        filtered.TransactionActions = new FilteredTransactionActions();
        foreach (var action in Transaction.Parser.ParseAsGo(payload.Data).Actions)
        {
            var endorsed = ChaincodeActionPayload.Parser.ParseAsGo(action.Payload).Action;
            if (endorsed is null)
            {
                continue;
            }

            var response = ProposalResponsePayload.Parser.ParseAsGo(endorsed.ProposalResponsePayload);
            var chaincodeAction = ChaincodeAction.Parser.ParseAsGo(response.Extension);
            var chaincodeEvent = ChaincodeEvent.Parser.ParseAsGo(chaincodeAction.Events);
            if (chaincodeEvent.ChaincodeId.Length > 0)
            {
                chaincodeEvent.Payload = ByteString.Empty;
                filtered.TransactionActions.ChaincodeActions.Add(
                    new FilteredChaincodeAction { ChaincodeEvent = chaincodeEvent });
            }
        }

        return filtered;
    }
}
