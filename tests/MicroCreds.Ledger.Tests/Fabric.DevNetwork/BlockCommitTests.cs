using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Fabric.Protocol.Peer.TxValidationCode;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Validation at commit: form, endorsements, duplicates, versions.</summary>
public sealed class BlockCommitTests : IAsyncDisposable
{
    private const string Cc = TestLedger.Chaincode;

    private readonly TestLedger _ledger = new();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Put_Endorsed_IsValidAndVisible()
    {
        Assert.Equal([Valid], _ledger.Commit(_ledger.Put("k", "v")));
        Assert.Equal("v", _ledger.Get("k"));
        Assert.Equal(2ul, _ledger.Ledger.Height);
    }

    [Fact]
    public void Blocks_AreChainedByTheirHeaders()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        _ledger.Commit(_ledger.Put("k", "2"), _ledger.Put("l", "2"));
        for (ulong number = 1; number < _ledger.Ledger.Height; number++)
        {
            var block = _ledger.Ledger.GetBlock(number)!;
            var previous = _ledger.Ledger.GetBlock(number - 1)!;
            Assert.Equal(BlockHash.OfHeader(previous.Header), block.Header.PreviousHash.ToByteArray());
            Assert.Equal(BlockHash.OfData(block.Data.Data), block.Header.DataHash.ToByteArray());
        }
    }

    [Fact]
    public void Block_IsSignedByTheOrderer()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        var block = _ledger.Ledger.GetBlock(1)!;
        var metadata = Metadata.Parser.ParseFrom(block.Metadata.Metadata[0]);
        var signature = Assert.Single(metadata.Signatures);
        var header = SignatureHeader.Parser.ParseFrom(signature.SignatureHeader);
        Assert.True(_ledger.Msps.TryResolve(header.Creator, out var orderer, out _));
        byte[] signed =
            [.. metadata.Value.Span, .. signature.SignatureHeader.Span, .. BlockHash.HeaderBytes(block.Header)];
        Assert.True(orderer.Verify(signed, signature.Signature.Span));
    }

    [Fact]
    public void Read_StaleByAnEarlierBlock_IsAReadConflict()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        var stale = _ledger.Simulate(s => s.SetState(Cc, "copy", s.GetState(Cc, "k")!));
        _ledger.Commit(_ledger.Put("k", "2"));
        Assert.Equal([MvccReadConflict], _ledger.Commit(stale));
        Assert.Null(_ledger.Get("copy"));
    }

    [Fact]
    public void Read_StaleByTheSameBlock_IsAReadConflict()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        TestTransaction Increment() => _ledger.Simulate(s =>
        {
            s.GetState(Cc, "k");
            s.SetState(Cc, "k", "x"u8.ToArray());
        });
        Assert.Equal([Valid, MvccReadConflict], _ledger.Commit(Increment(), Increment()));
    }

    [Fact]
    public void Read_OfAnAbsentKeyCreatedSince_IsAReadConflict()
    {
        var create = _ledger.Simulate(s =>
        {
            s.GetState(Cc, "new");
            s.SetState(Cc, "new", "1"u8.ToArray());
        });
        _ledger.Commit(_ledger.Put("new", "0"));
        Assert.Equal([MvccReadConflict], _ledger.Commit(create));
    }

    [Fact]
    public void Read_BesideAnInvalidWrite_IsValid()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        var unendorsed = TestTransaction.Simulated(
            _ledger, [_ledger.A.Peer], s => s.SetState(Cc, "k", "2"u8.ToArray()));
        var reader = _ledger.Simulate(s => s.SetState(Cc, "copy", s.GetState(Cc, "k")!));
        Assert.Equal([EndorsementPolicyFailure, Valid], _ledger.Commit(unendorsed, reader));
    }

    [Theory]
    [InlineData("b", PhantomReadConflict)]
    [InlineData("a", PhantomReadConflict)]
    [InlineData("d", PhantomReadConflict)]
    [InlineData("e", Valid)]
    public void Range_ChangedSince_IsAPhantom(string key, TxValidationCode expected)
    {
        _ledger.Commit(_ledger.Put("a", "1"), _ledger.Put("c", "1"), _ledger.Put("d", "1"));
        var reader = ReadRange("a", "e", take: int.MaxValue);
        _ledger.Commit(_ledger.Put(key, "2"));
        Assert.Equal([expected], _ledger.Commit(reader));
    }

    [Fact]
    public void Range_KeyDeletedInTheSameBlock_IsAPhantom()
    {
        _ledger.Commit(_ledger.Put("a", "1"), _ledger.Put("b", "1"));
        var delete = _ledger.Simulate(s => s.DeleteState(Cc, "b"));
        Assert.Equal([Valid, PhantomReadConflict], _ledger.Commit(delete, ReadRange("a", "e", take: int.MaxValue)));
    }

    [Fact]
    public void Range_ReadOnlyInPart_GuardsOnlyThatPart()
    {
        _ledger.Commit(_ledger.Put("a", "1"), _ledger.Put("b", "1"), _ledger.Put("c", "1"));
        var reader = ReadRange("a", "e", take: 2);
        _ledger.Commit(_ledger.Put("bb", "2"));
        Assert.Equal([Valid], _ledger.Commit(reader));
        reader = ReadRange("a", "e", take: 2);
        _ledger.Commit(_ledger.Put("b", "2"));
        Assert.Equal([PhantomReadConflict], _ledger.Commit(reader));
    }

    [Theory]
    [InlineData(51)]
    [InlineData(700)]
    [InlineData(2700)]
    public void Range_TooLongToList_IsGuardedByItsHashes(int count)
    {
        var put = _ledger.Simulate(s =>
        {
            for (int i = 0; i < count; i++)
            {
                s.SetState(Cc, $"k{i:D5}", "1"u8.ToArray());
            }
        });
        Assert.Equal([Valid], _ledger.Commit(put));
        var before = ReadRange("k", "l", take: int.MaxValue);
        var set = KVRWSet.Parser.ParseFrom(TxReadWriteSet.Parser.ParseFrom(before.Results).NsRwset[0].Rwset);
        Assert.NotNull(set.RangeQueriesInfo[0].ReadsMerkleHashes);
        var stale = ReadRange("k", "l", take: int.MaxValue);
        Assert.Equal([Valid], _ledger.Commit(before));
        _ledger.Commit(_ledger.Put($"k{count - 1:D5}", "2"));
        Assert.Equal([PhantomReadConflict], _ledger.Commit(stale));
    }

    [Fact]
    public void TransactionId_UsedTwiceInABlock_CountsOnce()
    {
        var transaction = _ledger.Put("k", "1");
        Assert.Equal([Valid, DuplicateTxid], _ledger.Commit(transaction, transaction));
        Assert.Equal([DuplicateTxid], _ledger.Commit(transaction));
        Assert.True(_ledger.Ledger.TryGetTransaction(transaction.Id, out var position));
        Assert.Equal(new TransactionPosition(1, 0, Valid), position);
    }

    [Fact]
    public void TransactionId_OfAnInvalidOne_CannotBeUsedAgain()
    {
        var unendorsed = TestTransaction.Simulated(_ledger, [], s => s.SetState(Cc, "k", "1"u8.ToArray()));
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(unendorsed));
        Assert.Equal([DuplicateTxid], _ledger.Commit(unendorsed));
    }

    [Fact]
    public void Delete_AndEmptyValue_RemoveTheKey()
    {
        _ledger.Commit(_ledger.Put("a", "1"), _ledger.Put("b", "1"));
        var transaction = _ledger.Simulate(s =>
        {
            s.DeleteState(Cc, "a");
            s.SetState(Cc, "b", []);
        });
        Assert.Equal([Valid], _ledger.Commit(transaction));
        Assert.Null(_ledger.Get("a"));
        Assert.Null(_ledger.Get("b"));
    }

    [Fact]
    public void Write_ToAnotherChaincode_NeedsThatOnesPolicy()
    {
        void Write(TransactionSimulator s) => s.SetState(TestLedger.OtherChaincode, "k", "1"u8.ToArray());
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(_ledger.Simulate(Write)));
        var all = TestTransaction.Simulated(_ledger, [_ledger.A.Peer, _ledger.B.Peer, _ledger.C.Peer], Write);
        Assert.Equal([Valid], _ledger.Commit(all));
        Assert.Equal("1", _ledger.Get("k", TestLedger.OtherChaincode));
    }

    [Fact]
    public void Write_ToAnUndefinedChaincode_IsInvalid() =>
        Assert.Equal(
            [InvalidChaincode],
            _ledger.Commit(_ledger.Simulate(s => s.SetState("nowhere", "k", "1"u8.ToArray()))));

    [Fact]
    public void Endorsements_ThatDoNotCount_AreIgnored()
    {
        var results = _ledger.Put("k", "1").Results;
        TxValidationCode CommitWith(params TestSigner[] endorsers) =>
            _ledger.Commit(new TestTransaction
            {
                Creator = _ledger.A.User,
                Endorsers = endorsers,
                Results = results,
            })[0];

        var forged = _ledger.B.Peer with { Signer = _ledger.A.Peer.Signer };
        Assert.Equal(EndorsementPolicyFailure, CommitWith());
        Assert.Equal(EndorsementPolicyFailure, CommitWith(_ledger.A.Peer, _ledger.A.Peer));
        Assert.Equal(EndorsementPolicyFailure, CommitWith(_ledger.A.Peer, _ledger.B.User));
        Assert.Equal(EndorsementPolicyFailure, CommitWith(_ledger.A.Peer, forged));
        Assert.Equal(
            EndorsementPolicyFailure,
            CommitWith(_ledger.A.Peer, TestOrganization.As("B", _ledger.C.Peer.Certificate)));
        Assert.Equal(Valid, CommitWith(forged, _ledger.A.Peer, _ledger.C.Peer));
    }

    private TestTransaction ReadRange(string start, string end, int take) =>
        _ledger.Simulate(s =>
        {
            var range = s.GetStateRange(Cc, start, end);
            for (int i = 0; i < take && range.Next() is not null; i++)
            {
            }

            s.SetState(Cc, "result", ByteString.CopyFromUtf8("r").ToByteArray());
        });
}
