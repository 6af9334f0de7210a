using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Fabric.Protocol.Peer.TxValidationCode;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>What is wrong with a transaction before any state is looked at: each fault has its own code.</summary>
public sealed class TransactionFormTests : IAsyncDisposable
{
    private readonly TestLedger _ledger = new();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Envelope_Garbage_HasACode()
    {
        var garbage = ByteString.CopyFrom(0xFF, 0xFF, 0xFF);
        Assert.Equal([InvalidOtherReason], _ledger.CommitEnvelopes(garbage));
        Assert.Equal([BadPayload], _ledger.CommitEnvelopes(new Envelope { Payload = garbage }.ToByteString()));
        Assert.Equal([BadCommonHeader], _ledger.CommitEnvelopes(ByteString.Empty));
    }

    [Fact]
    public void Header_NotOfATransaction_IsRefused()
    {
        Assert.Equal([BadCommonHeader], _ledger.Commit(New(type: (int)HeaderType.Message)));
        Assert.Equal([BadCommonHeader], _ledger.Commit(New(epoch: 1)));
        Assert.Equal([BadCommonHeader], _ledger.Commit(New(nonce: [])));
        Assert.Equal([UnsupportedTxPayload], _ledger.Commit(New(type: (int)HeaderType.ConfigUpdate)));
    }

    [Fact]
    public void Creator_NotOfTheChannel_IsRefused()
    {
        var stranger = new TestOrganization("Z");
        Assert.Equal([BadCreatorSignature], _ledger.Commit(New(creator: stranger.User)));
        var disguised = TestOrganization.As("A", stranger.User.Certificate);
        Assert.Equal([BadCreatorSignature], _ledger.Commit(New(creator: disguised)));
        Assert.Equal([BadCreatorSignature], _ledger.Commit(New(creator: _ledger.A.User with
        {
            Signer = _ledger.B.User.Signer,
        })));
        Assert.Equal([BadCreatorSignature], _ledger.Commit(New(channel: "another")));
    }

    [Fact]
    public void Signature_WithHighS_IsRefused()
    {
        var envelope = New().ToEnvelope();
        Assert.Equal([Valid], _ledger.CommitEnvelopes(envelope.ToByteString()));
        envelope = New().ToEnvelope();
        envelope.Signature = ByteString.CopyFrom(SignatureForms.ToHighS(envelope.Signature.Span));
        Assert.Equal([BadCreatorSignature], _ledger.CommitEnvelopes(envelope.ToByteString()));
    }

    [Fact]
    public void TransactionId_NotOfItsNonceAndCreator_IsRefused() =>
        Assert.Equal([BadProposalTxid], _ledger.Commit(New(claimedId: new string('a', 64))));

    [Fact]
    public void Action_NotBoundToTheProposal_IsRefused()
    {
        Assert.Equal([InvalidEndorserTransaction], _ledger.Commit(New(spoilHash: true)));
        Assert.Equal([InvalidEndorserTransaction], _ledger.Commit(New(actions: 0)));
        Assert.Equal([InvalidEndorserTransaction], _ledger.Commit(New(actions: 2)));
    }

    [Fact]
    public void Content_OfTheWrongChaincode_IsRefused()
    {
        Assert.Equal([InvalidChaincode], _ledger.Commit(New(actionChaincode: "other")));
        Assert.Equal([InvalidOtherReason], _ledger.Commit(New(actionChaincode: null)));
        Assert.Equal([InvalidChaincode], _ledger.Commit(New(actionVersion: "")));
        Assert.Equal([InvalidChaincode], _ledger.Commit(New(chaincode: "nowhere", actionChaincode: "nowhere")));
        var strange = new ChaincodeEvent { ChaincodeId = "other", EventName = "e" }.ToByteString();
        Assert.Equal([InvalidOtherReason], _ledger.Commit(New(events: strange)));
    }

    [Fact]
    public void ReadWriteSet_Hostile_IsRefused()
    {
        Assert.Equal([BadRwset], _ledger.Commit(New(results: ByteString.CopyFrom(0xFF, 0xFF))));
        var twice = new TxReadWriteSet();
        twice.NsRwset.Add(new NsReadWriteSet { Namespace = "cc" });
        twice.NsRwset.Add(new NsReadWriteSet { Namespace = "cc" });
        Assert.Equal([IllegalWriteset], _ledger.Commit(New(results: twice.ToByteString())));

        var hashed = new HashedRWSet { HashedWrites = { new KVWriteHash { KeyHash = ByteString.CopyFromUtf8("k") } } };
        var collection = new CollectionHashedReadWriteSet
        {
            CollectionName = "secret",
            HashedRwset = hashed.ToByteString(),
        };
        var set = new NsReadWriteSet { Namespace = "cc", CollectionHashedRwset = { collection } };
        var unknown = new TxReadWriteSet { NsRwset = { set } };
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(New(results: unknown.ToByteString())));
    }

    [Fact]
    public void RandomMutations_NeverBreakTheLedger()
    {
        const int seed = 20261123;
        var random = new Random(seed);
        byte[] good = New().ToEnvelope().ToByteArray();
        for (int round = 0; round < 150; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            if (!bad.AsSpan().SequenceEqual(good))
            {
                var code = Assert.Single(_ledger.CommitEnvelopes(ByteString.CopyFrom(bad)));
                Assert.True(code != Valid, $"round {round} of seed {seed}: a spoilt envelope was valid");
            }
        }
    }

    private TestTransaction New(
        int type = (int)HeaderType.EndorserTransaction,
        ulong epoch = 0,
        byte[]? nonce = null,
        TestSigner? creator = null,
        string channel = TestLedger.Channel,
        string chaincode = TestLedger.Chaincode,
        string? actionChaincode = TestLedger.Chaincode,
        string actionVersion = "1.0",
        string? claimedId = null,
        bool spoilHash = false,
        int actions = 1,
        ByteString? events = null,
        ByteString? results = null) =>
        new()
        {
            Type = type,
            Epoch = epoch,
            Nonce = nonce ?? MicroCreds.Fabric.Protocol.TransactionId.NewNonce(),
            Creator = creator ?? _ledger.A.User,
            Channel = channel,
            Chaincode = chaincode,
            ActionChaincode = actionChaincode,
            ActionVersion = actionVersion,
            ClaimedId = claimedId,
            SpoilProposalHash = spoilHash,
            Actions = actions,
            Events = events ?? ByteString.Empty,
            Results = results ?? _ledger.Put("k", "v").Results,
            Endorsers = _ledger.Majority,
        };
}
