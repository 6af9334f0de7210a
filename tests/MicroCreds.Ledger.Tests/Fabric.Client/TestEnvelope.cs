using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using ErrorDetail = MicroCreds.Fabric.Protocol.Gateway.ErrorDetail;
using Status = Grpc.Core.Status;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Answers as a peer makes them.</summary>
internal static class TestEnvelope
{
    /// <summary>Prepares a transaction from a proposal, with a result.</summary>
    /// <param name="request">The proposal.</param>
    /// <param name="result">What the chaincode returns.</param>
    /// <param name="alter">What a hostile peer changes of it.</param>
    public static EndorseResponse Endorsed(EndorseRequest request, string result, Action<PreparedParts>? alter = null)
    {
        var proposal = Proposal.Parser.ParseFrom(request.ProposedTransaction.ProposalBytes);
        var header = Header.Parser.ParseFrom(proposal.Header);
        var payload = ProposalHash.WithoutTransient(ChaincodeProposalPayload.Parser.ParseFrom(proposal.Payload));
        var channel = ChannelHeader.Parser.ParseFrom(header.ChannelHeader);
        var parts = new PreparedParts
        {
            Header = header,
            Channel = channel,
            ActionHeader = header.SignatureHeader,
            Payload = payload,
            Hash = ByteString.CopyFrom(ProposalHash.Compute(header, payload.Span)),
            Chaincode = ChaincodeHeaderExtension.Parser.ParseFrom(channel.Extension).ChaincodeId.Name,
        };
        alter?.Invoke(parts);
        return new EndorseResponse { PreparedTransaction = parts.ToEnvelope(result) };
    }

    /// <summary>A gRPC failure with the details that a peer attaches.</summary>
    public static RpcException Failure(StatusCode code, string message, params ErrorDetail[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        foreach (var detail in details)
        {
            status.Details.Add(Google.Protobuf.WellKnownTypes.Any.Pack(detail));
        }

        return status.ToRpcException();
    }

    public static ErrorDetail Detail(string message) =>
        new() { Address = "peer0.aurora.example:7051", MspId = "AuroraMSP", Message = message };

    /// <summary>The name of the transaction that a proposal calls, and its arguments.</summary>
    public static IReadOnlyList<ByteString> Arguments(SignedProposal signed)
    {
        var proposal = Proposal.Parser.ParseFrom(signed.ProposalBytes);
        var payload = ChaincodeProposalPayload.Parser.ParseFrom(proposal.Payload);
        return ChaincodeInvocationSpec.Parser.ParseFrom(payload.Input).ChaincodeSpec.Input.Args;
    }

    public static Status Unavailable { get; } = new(StatusCode.Unavailable, "the peer is going down");
}

/// <summary>What a prepared transaction is made of.</summary>
internal sealed class PreparedParts
{
    public required Header Header { get; set; }

    /// <summary>Read from the header; written into it where a test changes it.</summary>
    public required ChannelHeader Channel { get; init; }

    public required ByteString ActionHeader { get; set; }

    public required ByteString Payload { get; set; }

    public required ByteString Hash { get; set; }

    public required string Chaincode { get; set; }

    public int Actions { get; set; } = 1;

    public Envelope ToEnvelope(string result)
    {
        var chaincodeAction = new ChaincodeAction
        {
            ChaincodeId = new ChaincodeID { Name = Chaincode },
            Response = new Response { Status = 200, Payload = ByteString.CopyFromUtf8(result) },
        };
        var response = new ProposalResponsePayload
        {
            ProposalHash = Hash,
            Extension = chaincodeAction.ToByteString(),
        };
        var actionPayload = new ChaincodeActionPayload
        {
            ChaincodeProposalPayload = Payload,
            Action = new ChaincodeEndorsedAction { ProposalResponsePayload = response.ToByteString() },
        };
        var transaction = new Transaction();
        for (int i = 0; i < Actions; i++)
        {
            transaction.Actions.Add(
                new TransactionAction { Header = ActionHeader, Payload = actionPayload.ToByteString() });
        }

        var payload = new Payload
        {
            Header = new Header
            {
                ChannelHeader = Channel.ToByteString(),
                SignatureHeader = Header.SignatureHeader,
            },
            Data = transaction.ToByteString(),
        };
        return new Envelope { Payload = payload.ToByteString() };
    }
}
