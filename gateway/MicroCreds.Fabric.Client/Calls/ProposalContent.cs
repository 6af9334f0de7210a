using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>
/// What a proposal says, as the bytes that it is signed over. What a peer prepares from it is held against this before
/// it is signed: a peer makes the transaction, and nobody else would notice that it is another.
/// </summary>
internal sealed class ProposalContent(
    ByteString channelHeader, ByteString signatureHeader, ByteString input, ByteString payload, bool hasTransient,
    string channel, string chaincode, string transactionId)
{
    public string Channel => channel;

    public string TransactionId => transactionId;

    /// <summary>Reads a proposal that was made elsewhere.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no proposal.</exception>
    public static ProposalContent Read(ByteString proposalBytes)
    {
        var proposal = Protocol.Peer.Proposal.Parser.ParseAsGo(proposalBytes);
        var header = Header.Parser.ParseAsGo(proposal.Header);
        var channelHeader = ChannelHeader.Parser.ParseAsGo(header.ChannelHeader);
        var extension = ChaincodeHeaderExtension.Parser.ParseAsGo(channelHeader.Extension);
        var payload = ChaincodeProposalPayload.Parser.ParseAsGo(proposal.Payload);

        // What is in it beside the input may be data that nobody knows: it does not go into the transaction either.
        return new ProposalContent(
            header.ChannelHeader, header.SignatureHeader, payload.Input, proposal.Payload, hasTransient: true,
            channelHeader.ChannelId, extension.ChaincodeId?.Name ?? "", channelHeader.TxId);
    }

    /// <summary>Says in what a prepared transaction is not this proposal's; null where it is.</summary>
    public string? FaultOf(PreparedContent prepared)
    {
        if (prepared.Header.ChannelHeader != channelHeader || prepared.Header.SignatureHeader != signatureHeader)
            return Describe(prepared);

        if (prepared.ActionHeader != signatureHeader)
            return "The peer prepared an action under another header than that of the proposal.";

        var visible = hasTransient
            ? ProposalHash.WithoutTransient(new ChaincodeProposalPayload { Input = input })
            : payload;
        if (prepared.ProposalPayload != visible)
            return "The peer prepared a call of the chaincode with another input than was proposed.";

        if (!prepared.ProposalHash.Span.SequenceEqual(ProposalHash.Compute(prepared.Header, visible.Span)))
            return "The peer prepared a transaction whose endorsed hash is not that of the proposal.";

        return prepared.Chaincode == chaincode
            ? null
            : $"The peer prepared a result of the chaincode \"{prepared.Chaincode}\" instead of \"{chaincode}\".";
    }

    private string Describe(PreparedContent prepared)
    {
        var other = ChannelHeader.Parser.ParseAsGo(prepared.Header.ChannelHeader);
        string what = other.TxId != transactionId ? $"transaction {other.TxId} instead"
            : other.ChannelId != channel ? $"it for the channel \"{other.ChannelId}\" instead of \"{channel}\""
            : "it under another header than that of the proposal";
        return $"The peer prepared {what}.";
    }
}
