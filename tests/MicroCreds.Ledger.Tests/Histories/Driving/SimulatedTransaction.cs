using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Histories.Driving;

/// <summary>A transaction as the peers that simulated it would endorse it.</summary>
internal sealed record SimulatedTransaction
{
    public required string Id { get; init; }

    public required Header Header { get; init; }

    public required Timestamp Time { get; init; }

    public required SignedProposal Proposal { get; init; }

    public Response Response { get; init; } = new() { Status = 200 };

    public ByteString Results { get; init; } = ByteString.Empty;

    public ByteString Event { get; init; } = ByteString.Empty;

    /// <summary>Whether it changes keys that all see: only such a transaction was judged by all.</summary>
    public bool WritesPublicly => TxReadWriteSet.Parser.ParseFrom(Results).NsRwset
        .Where(set => set.Namespace == HistoryChannel.Chaincode).Select(set => KVRWSet.Parser.ParseFrom(set.Rwset))
        .Any(set => set.Writes.Count > 0 || set.MetadataWrites.Count > 0);

    public bool IsRefused => Response.Status >= 400;

    /// <summary>Begins one with a new identifier.</summary>
    public static SimulatedTransaction Begin(ByteString creator, Timestamp time)
    {
        byte[] nonce = TransactionId.NewNonce();
        string id = TransactionId.Compute(nonce, creator.Span);
        var header = new Header
        {
            ChannelHeader = new ChannelHeader
            {
                Type = (int)HeaderType.EndorserTransaction,
                ChannelId = HistoryChannel.Name,
                TxId = id,
                Timestamp = time,
                Extension = new ChaincodeHeaderExtension { ChaincodeId = new() { Name = HistoryChannel.Chaincode } }
                    .ToByteString(),
            }.ToByteString(),
            SignatureHeader = new SignatureHeader { Creator = creator, Nonce = ByteString.CopyFrom(nonce) }
                .ToByteString(),
        };
        return new SimulatedTransaction
        {
            Id = id,
            Header = header,
            Time = time,
            Proposal = new SignedProposal
            {
                ProposalBytes = new Proposal { Header = header.ToByteString() }.ToByteString(),
            },
        };
    }

    /// <summary>The transaction as the orderer gives it to the peers, endorsed by these.</summary>
    public OrderedTransaction Order(IReadOnlyList<Identity> endorsers)
    {
        var sets = TxReadWriteSet.Parser.ParseFrom(Results).NsRwset.Select(NamespaceReadWriteSet.Read);
        return new OrderedTransaction
        {
            Envelope = Envelope().ToByteString(),
            TransactionId = Id,
            Timestamp = Time.ToByteArray(),
            Chaincode = HistoryChannel.Chaincode,
            ReadWriteSets = [.. sets],
            Endorsers = endorsers,
        };
    }

    private Envelope Envelope()
    {
        var action = new ChaincodeAction
        {
            Results = Results,
            Events = Event,
            Response = Response,
            ChaincodeId = new() { Name = HistoryChannel.Chaincode, Version = "1.0" },
        };
        var response = new ProposalResponsePayload { Extension = action.ToByteString() };
        var endorsed = new ChaincodeEndorsedAction { ProposalResponsePayload = response.ToByteString() };
        var transaction = new Transaction();
        transaction.Actions.Add(new TransactionAction
        {
            Header = Header.SignatureHeader,
            Payload = new ChaincodeActionPayload { Action = endorsed }.ToByteString(),
        });
        return new Envelope
        {
            Payload = new Payload { Header = Header, Data = transaction.ToByteString() }.ToByteString(),
        };
    }
}
