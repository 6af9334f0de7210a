using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Writes a proposal as Fabric wants it: messages within messages, each serialized once.</summary>
internal static class ProposalMessage
{
    /// <exception cref="ArgumentException">The options, or the name, cannot be sent.</exception>
    public static (ProposedTransaction Message, ProposalContent Content) Create(
        ByteString creator, ProposalTarget target, string transactionName, ProposalOptions options,
        byte[] nonce, DateTimeOffset timestamp)
    {
        options.Validate();
        string transactionId = TransactionId.Compute(nonce, creator.Span);
        var header = new Header
        {
            ChannelHeader = new ChannelHeader
            {
                Type = (int)HeaderType.EndorserTransaction,
                Timestamp = Timestamp.FromDateTimeOffset(timestamp),
                ChannelId = target.Channel,
                TxId = transactionId,
                Extension = target.HeaderExtension,
            }.ToByteString(),
            SignatureHeader = new SignatureHeader
            {
                Creator = creator,
                Nonce = UnsafeByteOperations.UnsafeWrap(nonce),
            }.ToByteString(),
        };
        var payload = Payload(target, transactionName, options);
        var payloadBytes = payload.ToByteString();
        var proposal = new Protocol.Peer.Proposal { Header = header.ToByteString(), Payload = payloadBytes };
        var message = new ProposedTransaction
        {
            TransactionId = transactionId,
            Proposal = new SignedProposal { ProposalBytes = proposal.ToByteString() },
            EndorsingOrganizations = { options.EndorsingOrganizations },
        };
        return (message, new ProposalContent(
            header.ChannelHeader, header.SignatureHeader, payload.Input, payloadBytes, payload.TransientMap.Count > 0,
            target.Channel, target.ChaincodeId.Name, transactionId));
    }

    private static ChaincodeProposalPayload Payload(
        ProposalTarget target, string transactionName, ProposalOptions options)
    {
        var input = new ChaincodeInput { Args = { StrictText.ToBytes(transactionName, "The transaction's name") } };
        foreach (var argument in options.Arguments)
        {
            input.Args.Add(argument.Value);
        }

        var invocation = new ChaincodeInvocationSpec
        {
            ChaincodeSpec = new ChaincodeSpec
            {
                // Peers ignore the type; it is the official Node client's, so that our bytes can be held against its.
                Type = ChaincodeSpec.Types.Type.Node,
                ChaincodeId = target.ChaincodeId,
                Input = input,
            },
        };
        var payload = new ChaincodeProposalPayload { Input = invocation.ToByteString() };
        foreach (var (key, value) in options.Transient)
        {
            payload.TransientMap.Add(key, ByteString.CopyFrom(value.Span));
        }

        if (options.CarriesTrace && Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } trace)
        {
            payload.TransientMap[TransientTrace.Key] = ByteString.CopyFromUtf8(trace.Id!);
        }

        return payload;
    }
}
