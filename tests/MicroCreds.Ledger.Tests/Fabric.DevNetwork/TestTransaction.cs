using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Builds endorsed transactions by hand, so that each part of them can be spoilt.</summary>
internal sealed class TestTransaction
{
    public required TestSigner Creator { get; init; }

    public required IReadOnlyList<TestSigner> Endorsers { get; init; }

    public required ByteString Results { get; init; }

    public string Channel { get; init; } = TestLedger.Channel;

    public string Chaincode { get; init; } = TestLedger.Chaincode;

    public byte[] Nonce { get; init; } = MicroCreds.Fabric.Protocol.TransactionId.NewNonce();

    public int Type { get; init; } = (int)HeaderType.EndorserTransaction;

    public ulong Epoch { get; init; }

    public string? ClaimedId { get; init; }

    public ByteString Events { get; init; } = ByteString.Empty;

    public string? ActionChaincode { get; init; } = TestLedger.Chaincode;

    public string ActionVersion { get; init; } = "1.0";

    public int Actions { get; init; } = 1;

    public bool SpoilProposalHash { get; init; }

    public string Id => MicroCreds.Fabric.Protocol.TransactionId.Compute(Nonce, Creator.Serialized.Span);

    public static TestTransaction Simulated(
        TestLedger ledger, IReadOnlyList<TestSigner> endorsers, Action<TransactionSimulator> simulate)
    {
        using var simulator = ledger.Ledger.NewSimulator("tx");
        simulate(simulator);
        return new TestTransaction
        {
            Creator = ledger.A.User,
            Endorsers = endorsers,
            Results = simulator.GetResults(),
        };
    }

    public Envelope ToEnvelope()
    {
        var signature = new SignatureHeader
        {
            Creator = Creator.Serialized,
            Nonce = ByteString.CopyFrom(Nonce),
        }.ToByteString();
        var channel = new ChannelHeader
        {
            Type = Type,
            ChannelId = Channel,
            Epoch = Epoch,
            TxId = ClaimedId ?? Id,
            Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
            Extension = new ChaincodeHeaderExtension { ChaincodeId = new() { Name = Chaincode } }.ToByteString(),
        };
        var header = new Header { ChannelHeader = channel.ToByteString(), SignatureHeader = signature };
        var transaction = new Transaction();
        transaction.Actions.Add(Enumerable.Range(0, Actions).Select(_ => Action(header, signature)));
        var payload = new Payload { Header = header, Data = transaction.ToByteString() }.ToByteString();
        return new Envelope
        {
            Payload = payload,
            Signature = ByteString.CopyFrom(Creator.Signer.Sign(payload.Span)),
        };
    }

    private TransactionAction Action(Header header, ByteString signature)
    {
        var proposal = new ChaincodeProposalPayload { Input = ByteString.CopyFromUtf8("input") }.ToByteString();
        byte[] hash = ProposalHash.Compute(header, proposal.Span);
        if (SpoilProposalHash)
        {
            hash[0] ^= 1;
        }

        var action = new ChaincodeAction
        {
            Results = Results,
            Events = Events,
            Response = new Response { Status = 200 },
            ChaincodeId = ActionChaincode is null ? null : new() { Name = ActionChaincode, Version = ActionVersion },
        };
        var response = new ProposalResponsePayload
        {
            ProposalHash = ByteString.CopyFrom(hash),
            Extension = action.ToByteString(),
        }.ToByteString();
        var endorsed = new ChaincodeEndorsedAction { ProposalResponsePayload = response };
        endorsed.Endorsements.Add(Endorsers.Select(endorser => new Endorsement
        {
            Endorser = endorser.Serialized,
            Signature = ByteString.CopyFrom(endorser.Signer.Sign([.. response.Span, .. endorser.Serialized.Span])),
        }));
        return new TransactionAction
        {
            Header = signature,
            Payload = new ChaincodeActionPayload { ChaincodeProposalPayload = proposal, Action = endorsed }
                .ToByteString(),
        };
    }
}
