using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>A transaction of the contract as a block carries it: signed by its creator, endorsed by peers.</summary>
public sealed class EndorsedTransaction
{
    private const int Success = 200;

    private readonly Envelope _envelope;
    private readonly Payload _payload;
    private readonly ChannelHeader _channel;
    private readonly SignatureHeader _signature;
    private readonly TransactionAction _action;
    private readonly ChaincodeActionPayload _endorsed;
    private readonly ProposalResponsePayload _response;
    private readonly ChaincodeAction _result;

    private EndorsedTransaction(Envelope envelope)
    {
        _envelope = envelope;
        _payload = Payload.Parser.ParseAsGo(envelope.Payload);
        var header = _payload.Header ?? throw new EvidenceException("The transaction has no header.");
        _channel = ChannelHeader.Parser.ParseAsGo(header.ChannelHeader);
        _signature = SignatureHeader.Parser.ParseAsGo(header.SignatureHeader);
        var actions = Transaction.Parser.ParseAsGo(_payload.Data).Actions;
        if (actions.Count != 1)
            throw new EvidenceException($"The transaction has {actions.Count} actions; Fabric takes exactly one.");
        _action = actions[0];
        _endorsed = ChaincodeActionPayload.Parser.ParseAsGo(_action.Payload);
        if (_endorsed.Action is null) throw new EvidenceException("Nobody endorsed the transaction.");
        _response = ProposalResponsePayload.Parser.ParseAsGo(_endorsed.Action.ProposalResponsePayload);
        _result = ChaincodeAction.Parser.ParseAsGo(_response.Extension);
    }

    /// <summary>The transaction's identifier.</summary>
    public string Id => _channel.TxId;

    /// <summary>The transaction's own time, which its creator set.</summary>
    public DateTimeOffset Time => _channel.Timestamp.ToDateTimeOffset();

    /// <summary>Reads an envelope.</summary>
    /// <exception cref="EvidenceException">It is no endorsed transaction.</exception>
    public static EndorsedTransaction Read(ReadOnlyMemory<byte> envelope)
    {
        try
        {
            var read = new EndorsedTransaction(Envelope.Parser.ParseAsGo(ByteString.CopyFrom(envelope.Span)));
            return read._channel.Type == (int)HeaderType.EndorserTransaction && read._channel.Timestamp is not null
                ? read
                : throw new EvidenceException("The envelope is no transaction of a chaincode.");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EvidenceException("The transaction's envelope is damaged.", e);
        }
    }

    /// <summary>Finds what the transaction wrote under a key of a chaincode; none if it did not.</summary>
    public byte[]? FindWrite(string chaincode, string key)
    {
        try
        {
            return TxReadWriteSet.Parser.ParseAsGo(_result.Results).NsRwset
                .Where(space => space.Namespace == chaincode)
                .SelectMany(space => KVRWSet.Parser.ParseAsGo(space.Rwset).Writes)
                .LastOrDefault(write => write.Key == key && !write.IsDelete)?.Value.ToByteArray();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EvidenceException("The transaction's write set is damaged.", e);
        }
    }

    /// <summary>Verifies creator and endorsers.</summary>
    /// <returns>The creator, and the peers that endorsed, one of each member at most.</returns>
    /// <exception cref="EvidenceException">It is not what it says.</exception>
    internal (Signatory Creator, IReadOnlyList<Signatory> Endorsers) Verify(
        TrustedMembers members, string channel, string chaincode)
    {
        if (_channel.ChannelId != channel)
            throw new EvidenceException($"The transaction is one of the channel {_channel.ChannelId}, not {channel}.");
        if (_result.ChaincodeId?.Name != chaincode || _result.Response?.Status != Success)
            throw new EvidenceException($"The transaction is none of {chaincode} that went well.");
        if (Id != TransactionId.Compute(_signature.Nonce.Span, _signature.Creator.Span))
            throw new EvidenceException("The transaction's identifier is not its creator's.");

        var creator = members.Resolve(_signature.Creator.Span);
        TrustedMembers.RequireSignature(
            creator, _envelope.Payload.Span, _envelope.Signature.Span, "the transaction");
        var original = new Header
        {
            ChannelHeader = _payload.Header.ChannelHeader,
            SignatureHeader = _action.Header,
        };
        byte[] proposal = ProposalHash.Compute(original, _endorsed.ChaincodeProposalPayload.Span);
        if (!_response.ProposalHash.Span.SequenceEqual(proposal))
            throw new EvidenceException("What was endorsed is the answer to another proposal.");
        return (creator, Endorsers(members));
    }

    private List<Signatory> Endorsers(TrustedMembers members)
    {
        var endorsers = new Dictionary<string, Signatory>(StringComparer.Ordinal);
        var response = _endorsed.Action.ProposalResponsePayload.Span;
        foreach (var endorsement in _endorsed.Action.Endorsements)
        {
            if (Find(endorsement, response, members) is { IsPeer: true } endorser)
                endorsers.TryAdd(endorser.MspId, endorser);
        }

        return [.. endorsers.Values];
    }

    /// <summary>As on the channel, an endorsement that does not hold is none, and the others count.</summary>
    private static Signatory? Find(Endorsement endorsement, ReadOnlySpan<byte> response, TrustedMembers members)
    {
        try
        {
            var endorser = members.Resolve(endorsement.Endorser.Span);
            byte[] signed = [.. response, .. endorsement.Endorser.Span];
            TrustedMembers.RequireSignature(endorser, signed, endorsement.Signature.Span, "its endorsement");
            return endorser;
        }
        catch (Exception exception) when (exception is EvidenceException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
