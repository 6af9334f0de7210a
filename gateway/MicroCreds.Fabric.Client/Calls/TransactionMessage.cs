using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Reads the transaction that a peer prepared.</summary>
internal static class TransactionMessage
{
    /// <summary>Returns what the one action of a transaction holds.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no protocol buffer.</exception>
    /// <exception cref="InvalidDataException">The envelope holds no endorsed transaction.</exception>
    public static PreparedContent Read(Envelope envelope)
    {
        var payload = Payload.Parser.ParseAsGo(envelope.Payload);
        var transaction = Protocol.Peer.Transaction.Parser.ParseAsGo(payload.Data);
        if (transaction.Actions.Count != 1)
        {
            throw new InvalidDataException($"The transaction has {transaction.Actions.Count} actions instead of one.");
        }

        var action = ChaincodeActionPayload.Parser.ParseAsGo(transaction.Actions[0].Payload);
        var response = ProposalResponsePayload.Parser.ParseAsGo(
            action.Action?.ProposalResponsePayload ?? ByteString.Empty);
        var chaincodeAction = ChaincodeAction.Parser.ParseAsGo(response.Extension);
        return new PreparedContent(
            payload.Header ?? new Header(), transaction.Actions[0].Header, action.ChaincodeProposalPayload,
            response.ProposalHash, chaincodeAction.ChaincodeId?.Name ?? "",
            chaincodeAction.Response?.Payload ?? ByteString.Empty);
    }
}

/// <summary>What a prepared transaction holds.</summary>
/// <param name="Header">Its header.</param>
/// <param name="ActionHeader">The signature header of its action, which repeats its own.</param>
/// <param name="ProposalPayload">The input, without transient data.</param>
/// <param name="ProposalHash">The hash of the proposal that its endorsers signed.</param>
/// <param name="Chaincode">The chaincode whose result it is.</param>
/// <param name="Result">What the chaincode returned.</param>
internal readonly record struct PreparedContent(
    Header Header, ByteString ActionHeader, ByteString ProposalPayload, ByteString ProposalHash, string Chaincode,
    ByteString Result);
