using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Judges a transaction as far as it can be judged without the state, in the order of a peer's validation. Thread-safe.
/// </summary>
/// <remarks>Source: Fabric's core/common/validation (ValidateTransaction) and txvalidator/v20 (Dispatch).</remarks>
internal sealed class TransactionChecks(
    MspRegistry msps, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes, string channelId)
{
    /// <summary>Parses and checks an envelope; hostile bytes give a code, never an exception.</summary>
    public OrderedTransaction Check(ByteString bytes)
    {
        var result = new OrderedTransaction { Envelope = bytes };
        if (!TryParse(Envelope.Parser, bytes, out var envelope))
        {
            return result with { FormCode = TxValidationCode.InvalidOtherReason };
        }

        if (!TryParse(Payload.Parser, envelope.Payload, out var payload))
        {
            return result with { FormCode = TxValidationCode.BadPayload };
        }

        if (payload.Header is null
            || !TryParse(ChannelHeader.Parser, payload.Header.ChannelHeader, out var channelHeader)
            || !TryParse(SignatureHeader.Parser, payload.Header.SignatureHeader, out var signatureHeader))
        {
            return result with { FormCode = TxValidationCode.BadCommonHeader };
        }

        result = result with
        {
            TransactionId = channelHeader.TxId,
            Timestamp = channelHeader.Timestamp?.ToByteArray() ?? [],
            FormCode = CheckHeaders(envelope, channelHeader, signatureHeader),
        };
        return result.FormCode == TxValidationCode.Valid ? CheckAction(result, payload, channelHeader) : result;
    }

    private static bool TryParse<T>(MessageParser<T> parser, ByteString bytes, out T message)
        where T : class, IMessage<T>, new()
    {
        try
        {
            message = parser.ParseAsGo(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null!;
            return false;
        }
    }

    private TxValidationCode CheckHeaders(Envelope envelope, ChannelHeader header, SignatureHeader signature)
    {
        var type = (HeaderType)header.Type;
        if (type is not (HeaderType.EndorserTransaction or HeaderType.ConfigUpdate or HeaderType.Config)
            || header.Epoch != 0 || signature.Nonce.IsEmpty || signature.Creator.IsEmpty)
        {
            return TxValidationCode.BadCommonHeader;
        }

        // The creator is resolved in the MSPs of the channel that the header names.
        if (header.ChannelId != channelId
            || !msps.TryResolve(signature.Creator, out var creator, out _)
            || !creator.Verify(envelope.Payload.Span, envelope.Signature.Span))
        {
            return TxValidationCode.BadCreatorSignature;
        }

        if (type != HeaderType.EndorserTransaction)
        {
            return TxValidationCode.UnsupportedTxPayload;
        }

        return header.TxId == TransactionId.Compute(signature.Nonce.Span, signature.Creator.Span)
            ? TxValidationCode.Valid
            : TxValidationCode.BadProposalTxid;
    }

    private OrderedTransaction CheckAction(OrderedTransaction result, Payload payload, ChannelHeader header)
    {
        if (!TryParse(Transaction.Parser, payload.Data, out var transaction) || transaction.Actions.Count != 1
            || !TryParse(SignatureHeader.Parser, transaction.Actions[0].Header, out var actionHeader)
            || actionHeader.Nonce.IsEmpty || actionHeader.Creator.IsEmpty
            || !TryParse(ChaincodeActionPayload.Parser, transaction.Actions[0].Payload, out var action)
            || action.Action is null
            || !TryParse(ProposalResponsePayload.Parser, action.Action.ProposalResponsePayload, out var response)
            || !TryHashProposal(payload.Header, transaction.Actions[0].Header, action, out byte[] proposalHash)
            || !response.ProposalHash.Span.SequenceEqual(proposalHash))
        {
            return result with { FormCode = TxValidationCode.InvalidEndorserTransaction };
        }

        if (!TryParse(ChaincodeHeaderExtension.Parser, header.Extension, out var extension))
        {
            return result with { ContentCode = TxValidationCode.BadHeaderExtension };
        }

        if (!TryParse(ChaincodeAction.Parser, response.Extension, out var chaincodeAction))
        {
            return result with { ContentCode = TxValidationCode.BadResponsePayload };
        }

        if (!TryReadSets(chaincodeAction.Results, out var sets))
        {
            return result with { ContentCode = TxValidationCode.BadRwset };
        }

        var code = CheckContent(extension, chaincodeAction, sets);
        return code != TxValidationCode.Valid
            ? result with { ContentCode = code }
            : result with
            {
                Chaincode = extension.ChaincodeId.Name,
                ReadWriteSets = sets,
                Endorsers = VerifyEndorsements(action.Action),
            };
    }

    private static bool TryHashProposal(
        Header header, ByteString actionHeader, ChaincodeActionPayload action, out byte[] hash)
    {
        hash = [];
        if (!TryParse<ChaincodeProposalPayload>(
                ChaincodeProposalPayload.Parser, action.ChaincodeProposalPayload, out _))
        {
            return false;
        }

        var original = new Header { ChannelHeader = header.ChannelHeader, SignatureHeader = actionHeader };
        hash = ProposalHash.Compute(original, action.ChaincodeProposalPayload.Span);
        return true;
    }

    private static bool TryReadSets(ByteString results, out List<NamespaceReadWriteSet> sets)
    {
        sets = [];
        if (!TryParse(TxReadWriteSet.Parser, results, out var all))
        {
            return false;
        }

        try
        {
            sets.AddRange(all.NsRwset.Select(NamespaceReadWriteSet.Read));
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private TxValidationCode CheckContent(
        ChaincodeHeaderExtension extension, ChaincodeAction action, List<NamespaceReadWriteSet> sets)
    {
        if (extension.ChaincodeId is null || action.ChaincodeId is null)
        {
            return TxValidationCode.InvalidOtherReason;
        }

        string name = extension.ChaincodeId.Name;
        if (name.Length == 0 || name != action.ChaincodeId.Name || action.ChaincodeId.Version.Length == 0)
        {
            return TxValidationCode.InvalidChaincode;
        }

        if (!action.Events.IsEmpty
            && (!TryParse(ChaincodeEvent.Parser, action.Events, out var chaincodeEvent)
                || chaincodeEvent.ChaincodeId != name))
        {
            return TxValidationCode.InvalidOtherReason;
        }

        if (sets.DistinctBy(set => set.Chaincode).Count() != sets.Count)
        {
            return TxValidationCode.IllegalWriteset;
        }

        return chaincodes.ContainsKey(name) && sets.All(set => !set.Writes || chaincodes.ContainsKey(set.Chaincode))
            ? TxValidationCode.Valid
            : TxValidationCode.InvalidChaincode;
    }

    private List<Identity> VerifyEndorsements(ChaincodeEndorsedAction action)
    {
        var endorsers = new List<Identity>();
        var response = action.ProposalResponsePayload.Span;
        foreach (var endorsement in action.Endorsements)
        {
            // One identity counts once, however often it signed.
            if (!msps.TryResolve(endorsement.Endorser, out var endorser, out _)
                || endorsers.Any(other => other.MspId == endorser.MspId
                    && other.Certificate.RawDataMemory.Span.SequenceEqual(endorser.Certificate.RawDataMemory.Span)))
            {
                continue;
            }

            byte[] signed = [.. response, .. endorsement.Endorser.Span];
            if (endorser.Verify(signed, endorsement.Signature.Span))
            {
                endorsers.Add(endorser);
            }
        }

        return endorsers;
    }
}
