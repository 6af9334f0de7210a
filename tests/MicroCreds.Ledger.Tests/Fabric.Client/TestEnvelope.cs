using Google.Protobuf;
using Grpc.Core;
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
    public static EndorseResponse Endorsed(EndorseRequest request, string result)
    {
        var proposal = Proposal.Parser.ParseFrom(request.ProposedTransaction.ProposalBytes);
        var action = new ChaincodeAction
        {
            Response = new Response { Status = 200, Payload = ByteString.CopyFromUtf8(result) },
        };
        var response = new ProposalResponsePayload { Extension = action.ToByteString() };
        var actionPayload = new ChaincodeActionPayload
        {
            Action = new ChaincodeEndorsedAction { ProposalResponsePayload = response.ToByteString() },
        };
        var transaction = new Transaction
        {
            Actions = { new TransactionAction { Payload = actionPayload.ToByteString() } },
        };
        var payload = new Payload
        {
            Header = Header.Parser.ParseFrom(proposal.Header),
            Data = transaction.ToByteString(),
        };
        return new EndorseResponse { PreparedTransaction = new Envelope { Payload = payload.ToByteString() } };
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
