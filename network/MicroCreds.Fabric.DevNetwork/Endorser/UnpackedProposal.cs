using Google.Protobuf;
using Google.Protobuf.Reflection;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>
/// A proposal, parsed once and judged once for all the peers that it is sent to. Thread-safe: judging it twice at the
/// same time gives the same answer.
/// </summary>
internal sealed class UnpackedProposal
{
    private static readonly EnumDescriptor HeaderTypes =
        CommonReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(HeaderType));

    private readonly ChaincodeSpec? _spec;
    private readonly ChaincodeHeaderExtension? _extension;
    private readonly SignatureHeader? _signatureHeader;
    private ByteString? _payloadWithoutTransient;
    private ByteString? _hash;
    private (Identity? Creator, string? Fault)? _verdict;

    private UnpackedProposal(SignedProposal signed)
    {
        Signed = signed;
        var proposal = Parse(Proposal.Parser, signed.ProposalBytes);
        Header = Parse(Protocol.Common.Header.Parser, proposal.Header);
        ChannelHeader = Parse(Protocol.Common.ChannelHeader.Parser, Header.ChannelHeader);
        Payload = Parse(ChaincodeProposalPayload.Parser, proposal.Payload);
        _spec = Parse(ChaincodeInvocationSpec.Parser, Payload.Input).ChaincodeSpec;
        _signatureHeader = TryParse(SignatureHeader.Parser, Header.SignatureHeader);
        _extension = TryParse(ChaincodeHeaderExtension.Parser, ChannelHeader.Extension);
    }

    public SignedProposal Signed { get; }

    public Header Header { get; }

    public ChannelHeader ChannelHeader { get; }

    public ChaincodeProposalPayload Payload { get; }

    public string ChannelId => ChannelHeader.ChannelId;

    public string TransactionId => ChannelHeader.TxId;

    /// <summary>The chaincode that the gateway plans for.</summary>
    public string PlannedChaincode => _spec?.ChaincodeId?.Name ?? "";

    /// <summary>The chaincode that the peers call: the one that the channel header names.</summary>
    public string Chaincode => _extension?.ChaincodeId?.Name ?? "";

    public ChaincodeInput Input => _spec?.Input ?? new ChaincodeInput();

    public bool HasTransientData => Payload.TransientMap.Count > 0;

    /// <summary>The serialized identity that signed, empty if the signature header cannot be read.</summary>
    public ByteString SerializedCreator => _signatureHeader?.Creator ?? ByteString.Empty;

    /// <summary>What is wrong with the signature header, before anything else is looked at; else null.</summary>
    public string? SignatureHeaderFault => _signatureHeader is null
        ? $"failed parsing signature header: error unmarshalling SignatureHeader: {ProposalException.InvalidWireFormat}"
        : null;

    /// <summary>The chaincode proposal payload as it may be put on the ledger.</summary>
    public ByteString PayloadWithoutTransient =>
        _payloadWithoutTransient ??= ProposalHash.WithoutTransient(Payload);

    /// <summary>The hash by which endorsements refer to the proposal.</summary>
    public ByteString Hash => _hash ??= UnsafeByteOperations.UnsafeWrap(
        ProposalHash.Compute(Header, PayloadWithoutTransient.Span));

    /// <summary>Parses a proposal.</summary>
    /// <exception cref="ProposalException">A part of it is not the message it should be.</exception>
    public static UnpackedProposal Unpack(SignedProposal signed) => new(signed);

    /// <summary>Says which part is missing for an endorser, or null.</summary>
    public string? FindMissingPart() =>
        _extension is null
            ? $"error unmarshalling ChaincodeHeaderExtension: {ProposalException.InvalidWireFormat}"
        : _extension.ChaincodeId is null ? "ChaincodeHeaderExtension.ChaincodeId is nil"
        : Chaincode.Length == 0 ? "ChaincodeHeaderExtension.ChaincodeId.Name is empty"
        : _spec is null ? "chaincode invocation spec did not contain chaincode spec"
        : _spec.Input is null ? "chaincode input did not contain any input"
        : null;

    /// <summary>Says which part is missing for an evaluation, or null.</summary>
    public string? FindMissingForEvaluation() =>
        ChannelId.Length == 0 ? "no channel id provided"
        : _spec is null ? $"no chaincode spec is provided, channel id [{ChannelId}]"
        : _spec.ChaincodeId is null ? $"no chaincode id is provided, channel id [{ChannelId}]"
        : PlannedChaincode.Length == 0 ? $"no chaincode name is provided, channel id [{ChannelId}]"
        : null;

    /// <summary>Checks header, transaction id, identity and signature; no creator if there is a fault.</summary>
    /// <param name="msps">The channel's organisations.</param>
    /// <param name="localMspId">
    /// The peer's own, which alone it knows where no channel is named; such a proposal goes to one peer only.
    /// </param>
    public (Identity? Creator, string? Fault) Verify(MspRegistry msps, string localMspId)
    {
        if (_verdict is { } known)
        {
            return known;
        }

        string? fault = FindHeaderFault();
        var verdict = fault is null ? VerifySignature(msps, localMspId) : (null, fault);
        _verdict = verdict;
        return verdict;
    }

    private string? FindHeaderFault()
    {
        var header = _signatureHeader!;
        if (ChannelHeader.Type is not ((int)HeaderType.EndorserTransaction or (int)HeaderType.Config))
        {
            string? name = HeaderTypes.FindValueByNumber(ChannelHeader.Type)?.Name;
            return $"invalid header type {name ?? ChannelHeader.Type.ToString(null, null)}";
        }

        if (ChannelHeader.Epoch != 0)
        {
            return "epoch is non-zero";
        }

        if (header.Nonce.IsEmpty)
        {
            return "nonce is empty";
        }

        if (header.Creator.IsEmpty)
        {
            return "creator is empty";
        }

        string expected = Protocol.TransactionId.Compute(header.Nonce.Span, header.Creator.Span);
        return TransactionId != expected
            ? $"incorrectly computed txid '{TransactionId}' -- expected '{expected}'"
            : Signed.Signature.IsEmpty ? "empty signature bytes" : null;
    }

    private (Identity? Creator, string? Fault) VerifySignature(MspRegistry msps, string localMspId)
    {
        if (!msps.TryResolve(SerializedCreator, out var creator, out string? error))
        {
            return (null, MspRegistry.IsAboutIssuedIdentity(error)
                ? Denied(SerializedIdentity.Parser.ParseFrom(SerializedCreator).Mspid)
                : Malformed());
        }

        if (ChannelId.Length == 0 && creator.MspId != localMspId)
        {
            return (null, Malformed());
        }

        return creator.Verify(Signed.ProposalBytes.Span, Signed.Signature.Span)
            ? (creator, null)
            : (null, Denied(creator.MspId));
    }

    private string Malformed() =>
        $"access denied: channel [{ChannelId}] creator org unknown, creator is malformed";

    private string Denied(string mspId) => $"access denied: channel [{ChannelId}] creator org [{mspId}]";

    private static T Parse<T>(MessageParser<T> parser, ByteString bytes)
        where T : class, IMessage<T>, new() =>
        TryParse(parser, bytes) ?? throw new ProposalException(typeof(T).Name);

    private static T? TryParse<T>(MessageParser<T> parser, ByteString bytes)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return parser.ParseAsGo(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
