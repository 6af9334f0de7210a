using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// What a member makes of its own peer's endorsement with that peer's key in its hand: the transaction with any of its
/// messages changed, from the innermost to the outermost, and endorsed and signed anew.
/// </summary>
internal static class RewrittenTransaction
{
    /// <summary>Gives it another time, or none.</summary>
    public static RewritePart At(Timestamp? time) => (part, bytes) =>
    {
        if (part != TransactionPart.ChannelHeader) return bytes;

        var header = ChannelHeader.Parser.ParseFrom(bytes);
        header.Timestamp = time;
        return header.ToByteString();
    };

    public static Envelope Of(Envelope prepared, RewritePart rewrite, GatewayCaller user, GatewayCaller peer)
    {
        var payload = Payload.Parser.ParseFrom(prepared.Payload);
        var transaction = Transaction.Parser.ParseFrom(payload.Data);
        var action = transaction.Actions.Single();
        var endorsed = ChaincodeActionPayload.Parser.ParseFrom(action.Payload);
        var response = ProposalResponsePayload.Parser.ParseFrom(endorsed.Action.ProposalResponsePayload);
        payload.Header.ChannelHeader = rewrite(TransactionPart.ChannelHeader, payload.Header.ChannelHeader);
        response.Extension = rewrite(TransactionPart.Result, Result(response.Extension, rewrite));
        response.ProposalHash = ByteString.CopyFrom(
            ProposalHash.Compute(payload.Header, endorsed.ChaincodeProposalPayload.Span));
        var said = rewrite(TransactionPart.Response, response.ToByteString());
        endorsed.Action = new ChaincodeEndorsedAction
        {
            ProposalResponsePayload = said,
            Endorsements =
            {
                new Endorsement
                {
                    Endorser = peer.Creator,
                    Signature = ByteString.CopyFrom(peer.Sign([.. said.Span, .. peer.Creator.Span])),
                },
            },
        };
        action.Payload = rewrite(TransactionPart.Action, endorsed.ToByteString());
        payload.Data = rewrite(TransactionPart.Transaction, transaction.ToByteString());
        return user.Sign(new Envelope { Payload = rewrite(TransactionPart.Payload, payload.ToByteString()) });
    }

    private static ByteString Result(ByteString extension, RewritePart rewrite)
    {
        var result = ChaincodeAction.Parser.ParseFrom(extension);
        var writes = TxReadWriteSet.Parser.ParseFrom(result.Results);
        foreach (var space in writes.NsRwset) space.Rwset = rewrite(TransactionPart.Keys, space.Rwset);
        result.Results = rewrite(TransactionPart.Writes, writes.ToByteString());
        result.Events = rewrite(TransactionPart.Event, result.Events);
        return result.ToByteString();
    }
}

/// <summary>Changes a message of a transaction, or leaves it as it is.</summary>
/// <param name="part">Which.</param>
/// <param name="bytes">The message.</param>
internal delegate ByteString RewritePart(TransactionPart part, ByteString bytes);

/// <summary>The messages of a transaction that lie within each other as bytes.</summary>
internal enum TransactionPart
{
    Keys,
    Writes,
    Event,
    ChannelHeader,
    Result,
    Response,
    Action,
    Transaction,
    Payload,
}
