using MicroCreds.Fabric.DevNetwork.Deliver;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.Deliveries;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Delivery of blocks: positions, behaviours, and who may read. The ledger has blocks 0 to 3.</summary>
public sealed class DeliveryTests : IAsyncDisposable
{
    private const ulong Height = 4;

    private readonly TestLedger _ledger = new();

    public DeliveryTests()
    {
        for (int i = 1; i < (int)Height; i++)
        {
            _ledger.Commit(_ledger.Put("k", $"{i}"));
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Positions_AreResolved()
    {
        Assert.Equal("3 SUCCESS", await SeekAsync(Newest, Newest));
        Assert.Equal("0 SUCCESS", await SeekAsync(Oldest, Oldest));
        Assert.Equal("0 1 2 3 SUCCESS", await SeekAsync(Oldest, Newest));
        Assert.Equal("1 2 SUCCESS", await SeekAsync(Number(1), Number(2)));
        Assert.Equal("BAD_REQUEST", await SeekAsync(Number(2), Number(1)));
        Assert.Equal("NOT_FOUND", await SeekAsync(Number(Height + 1), Number(ulong.MaxValue)));
        Assert.Equal("NOT_FOUND", await SeekAsync(new SeekPosition(), Newest));
        Assert.Equal("BAD_REQUEST", await SeekAsync(null, Newest));
        Assert.Equal("BAD_REQUEST", await SeekAsync(Oldest, null));
    }

    [Fact]
    public async Task Behaviour_FailIfNotReady_EndsWithNotFound()
    {
        const SeekInfo.Types.SeekBehavior fail = SeekInfo.Types.SeekBehavior.FailIfNotReady;
        Assert.Equal("3 NOT_FOUND", await SeekAsync(Number(3), Number(9), fail));
        Assert.Equal("NOT_FOUND", await SeekAsync(Number(Height), Number(Height), fail));
        Assert.Equal("NOT_FOUND", await SeekAsync(Next, Number(ulong.MaxValue), fail));
    }

    [Fact]
    public async Task Behaviour_BlockUntilReady_WaitsForTheNextBlock()
    {
        var next = SeekAsync(Next, Number(Height));
        Assert.False(next.IsCompleted);
        _ledger.Commit(_ledger.Put("k", "next"));
        Assert.Equal("4 SUCCESS", await next);
    }

    [Fact]
    public async Task Requests_FollowEachOtherUntilOneIsRefused()
    {
        var good = Request(_ledger.A.User, TestLedger.Channel, new SeekInfo { Start = Oldest, Stop = Oldest });
        var bad = Request(_ledger.A.User, TestLedger.Channel, new SeekInfo { Start = Oldest });
        Assert.Equal("0 SUCCESS 0 SUCCESS BAD_REQUEST", await DeliverAsync(null, good, good, bad, good));
    }

    [Fact]
    public async Task Readers_AreMembersOfTheChannel()
    {
        Assert.Equal("3 SUCCESS", await ReadAsync(_ledger.B.Peer));
        Assert.Equal("3 SUCCESS", await ReadAsync(_ledger.C.Admin));
        Assert.Equal("FORBIDDEN", await ReadAsync(_ledger.Orderer.Peer));
        Assert.Equal("3 SUCCESS", await ReadAsync(_ledger.Orderer.Peer, ordererMspId: "O"));
        Assert.Equal("FORBIDDEN", await ReadAsync(new TestOrganization("Z").User));
        Assert.Equal("FORBIDDEN", await ReadAsync(_ledger.A.User with { Signer = _ledger.B.User.Signer }));
    }

    [Fact]
    public async Task Requests_Malformed_AreRefused()
    {
        var seek = new SeekInfo { Start = Newest, Stop = Newest };
        var user = _ledger.A.User;
        var now = DateTimeOffset.UtcNow;
        Assert.Equal("NOT_FOUND", await DeliverAsync(null, Request(user, "another", seek)));
        Assert.Equal("BAD_REQUEST", await DeliverAsync(null, Request(user, TestLedger.Channel, seek: null)));
        Assert.Equal(
            "BAD_REQUEST", await DeliverAsync(null, Request(user, TestLedger.Channel, seek, now.AddMinutes(-20))));
        Assert.Equal(
            "BAD_REQUEST", await DeliverAsync(null, Request(user, TestLedger.Channel, seek, now.AddMinutes(20))));
        Assert.Equal(
            "BAD_REQUEST", await DeliverAsync(null, Request(user, TestLedger.Channel, seek, withTime: false)));
        Assert.Equal("BAD_REQUEST", await DeliverAsync(null, new Envelope()));
    }

    [Fact]
    public void FilteredBlock_OfAHeaderAlone_IsNone()
    {
        var block = _ledger.Ledger.GetBlock(0)!;

        Assert.Null(FilteredBlocks.Of(new Block { Header = block.Header, Metadata = block.Metadata }));
    }

    [Fact]
    public void FilteredBlock_HasIdsCodesAndNamesOfEvents()
    {
        var chaincodeEvent = new ChaincodeEvent
        {
            ChaincodeId = TestLedger.Chaincode,
            EventName = "issued",
            Payload = Google.Protobuf.ByteString.CopyFromUtf8("secret"),
        };
        var transaction = new TestTransaction
        {
            Creator = _ledger.A.User,
            Endorsers = [_ledger.A.Peer],
            Results = _ledger.Put("k", "v").Results,
            Events = Google.Protobuf.MessageExtensions.ToByteString(chaincodeEvent),
        };
        _ledger.Commit(transaction);
        var filtered = FilteredBlocks.Of(_ledger.Ledger.GetBlock(Height)!)!;
        Assert.Equal((TestLedger.Channel, Height), (filtered.ChannelId, filtered.Number));
        var only = Assert.Single(filtered.FilteredTransactions);
        Assert.Equal(
            (transaction.Id, TxValidationCode.EndorsementPolicyFailure, HeaderType.EndorserTransaction),
            (only.Txid, only.TxValidationCode, only.Type));
        var named = Assert.Single(only.TransactionActions.ChaincodeActions).ChaincodeEvent;
        Assert.Equal(("issued", ""), (named.EventName, named.Payload.ToStringUtf8()));
    }

    private Task<string> SeekAsync(
        SeekPosition? start,
        SeekPosition? stop,
        SeekInfo.Types.SeekBehavior behavior = SeekInfo.Types.SeekBehavior.BlockUntilReady)
    {
        var seek = new SeekInfo { Start = start, Stop = stop, Behavior = behavior };
        return DeliverAsync(null, Request(_ledger.A.User, TestLedger.Channel, seek));
    }

    private Task<string> ReadAsync(TestSigner reader, string? ordererMspId = null) =>
        DeliverAsync(
            ordererMspId, Request(reader, TestLedger.Channel, new SeekInfo { Start = Newest, Stop = Newest }));

    private async Task<string> DeliverAsync(string? ordererMspId, params Envelope[] requests)
    {
        var answers = new List<string>();
        var delivery = new BlockDelivery(
            _ledger.Ledger, _ledger.Msps, new ReadersPolicy(ordererMspId, ["A", "B", "C"]), TimeProvider.System);
        await delivery.ServeAsync(
            new Requests(requests),
            (block, _) =>
            {
                answers.Add(block.Header.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return Task.CompletedTask;
            },
            status =>
            {
                answers.Add(Names[status]);
                return Task.CompletedTask;
            },
            Cancel);
        return string.Join(' ', answers);
    }

    private static readonly Dictionary<Status, string> Names = new()
    {
        [Status.Success] = "SUCCESS",
        [Status.BadRequest] = "BAD_REQUEST",
        [Status.Forbidden] = "FORBIDDEN",
        [Status.NotFound] = "NOT_FOUND",
    };
}
