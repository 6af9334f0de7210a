using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Reads the transaction that a peer prepared.</summary>
internal static class TransactionMessage
{
    /// <summary>Returns the transaction's header and the result of its chaincode call.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no protocol buffer.</exception>
    /// <exception cref="InvalidDataException">The envelope holds no endorsed transaction.</exception>
    public static (ChannelHeader Header, ByteString Result) Read(Envelope envelope)
    {
        var payload = Payload.Parser.ParseAsGo(envelope.Payload);
        var header = ChannelHeader.Parser.ParseAsGo(payload.Header?.ChannelHeader ?? ByteString.Empty);
        var transaction = Protocol.Peer.Transaction.Parser.ParseAsGo(payload.Data);
        if (transaction.Actions.Count == 0)
        {
            throw new InvalidDataException("The transaction has no action.");
        }

        var action = ChaincodeActionPayload.Parser.ParseAsGo(transaction.Actions[0].Payload);
        var response = ProposalResponsePayload.Parser.ParseAsGo(
            action.Action?.ProposalResponsePayload ?? ByteString.Empty);
        var chaincodeAction = ChaincodeAction.Parser.ParseAsGo(response.Extension);
        return (header, chaincodeAction.Response?.Payload ?? ByteString.Empty);
    }
}
