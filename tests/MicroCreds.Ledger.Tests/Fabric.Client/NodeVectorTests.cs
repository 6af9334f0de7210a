using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Our bytes beside the official Node client's.</summary>
public sealed class NodeVectorTests
{
    private static readonly Dictionary<string, (string Name, ProposalOptions Options)> Proposals = new()
    {
        ["plain"] = ("Query", new ProposalOptions()),
        ["strings"] = ("Issue", new ProposalOptions { Arguments = ["a", "åäö €", ""] }),
        ["bytes"] = ("Issue", new ProposalOptions { Arguments = [new byte[] { 0, 255, 128 }, "x"u8.ToArray()] }),
        ["named"] = ("registry:Issue", new ProposalOptions { Arguments = ["1"] }),
        ["transient"] = ("Issue", new ProposalOptions
        {
            Arguments = ["1"],
            Transient = new Dictionary<string, ReadOnlyMemory<byte>> { ["salt"] = new byte[] { 1, 2, 3 } },
        }),
        ["organizations"] = ("Issue", new ProposalOptions
        {
            Arguments = ["1"],
            EndorsingOrganizations = ["AuroraMSP", "BorealisMSP"],
        }),
    };

    public static TheoryData<string> ProposalNames => [.. Proposals.Keys];

    [Theory]
    [MemberData(nameof(ProposalNames))]
    public async Task Proposal_SameNonceAndTime_IsTheSameBytes(string name)
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var connection = new GatewayConnection(server.Options with { Identity = NodeVectors.Identity });
        var (transactionName, options) = Proposals[name];
        var proposal = NodeVectors.NewProposal(connection, transactionName, options);
        Assert.Equal(NodeVectors.Text("proposals", name, "transactionId"), proposal.TransactionId);
        Assert.Equal(NodeVectors.Bytes("proposals", name, "bytes"), proposal.ToBytes());
        Assert.Equal(NodeVectors.Bytes("proposals", name, "digest"), proposal.Digest());
    }

    [Fact]
    public async Task OfflineFlow_SameInput_SendsTheSameBytesAtEveryStage()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(
            server.Options with { Identity = NodeVectors.Identity, Signer = null });
        var proposal = gateway.NewProposal(NodeVectors.Bytes("proposals", "strings", "bytes"), "SIG1"u8.ToArray());
        Assert.Equal(NodeVectors.Bytes("signedProposal"), proposal.ToBytes());
        await proposal.EndorseAsync(cancellationToken: Cancel);
        Assert.Equal(NodeVectors.Bytes("endorseRequest"), server.LastRequest);

        // The peer of the vectors made a transaction up, which no client that looks at it would sign.
        var endorsed = gateway.NewTransaction(NodeVectors.Bytes("transaction", "bytes"));
        Assert.Equal(NodeVectors.Bytes("transaction", "bytes"), endorsed.ToBytes());
        Assert.Equal(NodeVectors.Bytes("transaction", "digest"), endorsed.Digest());
        Assert.Equal(NodeVectors.Bytes("transaction", "result"), endorsed.Result.ToArray());

        var transaction = gateway.NewTransaction(endorsed.ToBytes(), "SIG2"u8.ToArray());
        var commit = await transaction.SubmitAsync(cancellationToken: Cancel);
        Assert.Equal(NodeVectors.Bytes("submitRequest"), server.LastRequest);
        Assert.Equal(NodeVectors.Bytes("commit", "bytes"), commit.ToBytes());
        Assert.Equal(NodeVectors.Bytes("commit", "digest"), commit.Digest());
        Assert.Equal(
            NodeVectors.Bytes("signedCommit"), gateway.NewCommit(commit.ToBytes(), "SIG3"u8.ToArray()).ToBytes());
    }

    [Fact]
    public async Task EventsRequests_SameTime_AreTheSameBytes()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var options = server.Options with
        {
            Identity = NodeVectors.Identity,
            Signer = null,
            TimeProvider = new FakeTimeProvider(NodeVectors.Time),
        };
        using var gateway = FabricGateway.Connect(options);
        using var mutualTls = FabricGateway.Connect(
            options with { TlsClientCertificateHash = Enumerable.Repeat((byte)7, 32).ToArray() });
        var network = gateway.GetNetwork(NodeVectors.Channel);
        var checkpointer = new InMemoryCheckpointer();
        await checkpointer.SaveAsync(new Checkpoint(42, "tx-7"), Cancel);
        var nine = new EventOptions { StartBlock = 9 };

        Same("chaincodeNext", await network.NewChaincodeEventsRequestAsync("microcreds", null, Cancel));
        Same("chaincodeStart", await network.NewChaincodeEventsRequestAsync(
            "microcreds", new EventOptions { StartBlock = 5 }, Cancel));
        Same("chaincodeAfter", await network.NewChaincodeEventsRequestAsync(
            "microcreds", new EventOptions { Checkpointer = checkpointer }, Cancel));
        SameBlocks("blocks", await network.NewBlockEventsRequestAsync(nine, Cancel));
        SameBlocks("filtered", await network.NewFilteredBlockEventsRequestAsync(nine, Cancel));
        SameBlocks("withPrivate", await network.NewBlockAndPrivateDataEventsRequestAsync(nine, Cancel));
        SameBlocks(
            "blocksNext", await mutualTls.GetNetwork(NodeVectors.Channel).NewBlockEventsRequestAsync(null, Cancel));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha3_256")]
    [InlineData("sha3_384")]
    public void Hash_SameMessage_IsTheSame(string name)
    {
        HashFunction hash = name switch
        {
            "none" => Hashes.None,
            "sha256" => Hashes.Sha256,
            "sha384" => Hashes.Sha384,
            "sha3_256" => Hashes.Sha3With256Bits,
            _ => Hashes.Sha3With384Bits,
        };
        Assert.Equal(NodeVectors.Bytes("hashes", name), hash("message"u8));
    }

    [Fact]
    public void Signature_OfTheOfficialClient_IsOneOfOurs()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(NodeVectors.PrivateKeyPem);
        Assert.True(EcdsaSignature.VerifyDigest(
            key, SHA256.HashData("message"u8), NodeVectors.Bytes("signature")));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static void Same<TEvent>(string name, EventsRequest<TEvent> request)
        where TEvent : class
    {
        Assert.Equal(NodeVectors.Bytes("events", name, "bytes"), request.ToBytes());
        Assert.Equal(NodeVectors.Bytes("events", name, "digest"), request.Digest());
    }

    // JavaScript's largest safe integer stands there for "no last block"; the Go client's, and ours, is 2^64 - 1.
    private static void SameBlocks<TEvent>(string name, EventsRequest<TEvent> request)
        where TEvent : class
    {
        var envelope = Envelope.Parser.ParseFrom(NodeVectors.Bytes("events", name, "bytes"));
        var payload = Payload.Parser.ParseFrom(envelope.Payload);
        var seek = SeekInfo.Parser.ParseFrom(payload.Data);
        Assert.Equal((1UL << 53) - 1, seek.Stop.Specified.Number);
        seek.Stop.Specified.Number = ulong.MaxValue;
        payload.Data = seek.ToByteString();
        envelope.Payload = payload.ToByteString();
        Assert.Equal(envelope.ToByteArray(), request.ToBytes());
        Assert.Equal(SHA256.HashData(envelope.Payload.Span), request.Digest());
    }

}
