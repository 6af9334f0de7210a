using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Blocks as Fabric makes them, with what one organisation's altered contract server can put in.</summary>
public sealed class BlockReaderTests
{
    private const string Chaincode = "microcreds";

    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private static readonly Timestamp Year2100 = new() { Seconds = 4_102_444_800 };
    private static readonly string StatusKey =
        CompositeKey.Create(RecordKey.StatusType, "AuroraMSP", "root", "0000001");

    [Fact]
    public void Read_OnlyAPrivateCollectionWritten_TakesNeitherTimeNorEventAndTellsIt()
    {
        var block = Read(
            Transaction(Now, StatusKey, "{}", EventNames.StatusChanged, "{}"),
            Transaction(Year2100, publicKey: null, "", EventNames.StatusChanged, "null"));
        Assert.Equal(Now.ToDateTimeOffset().ToUnixTimeMilliseconds(), block.LatestTime);
        Assert.Single(block.Transactions);
        Assert.Equal(["tx-1"], block.Doubtful);
    }

    [Theory]
    [InlineData(0L, 2_000_000_000)]
    [InlineData(0L, -1)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(-1L, 0)]
    [InlineData(null, 0)]
    public void Read_ImpossibleTime_IsPassedOverAndTold(long? seconds, int nanos)
    {
        var time = seconds is { } given ? new Timestamp { Seconds = given, Nanos = nanos } : null;
        var block = Read(
            Transaction(Now, StatusKey, "{}", EventNames.StatusChanged, "{}"),
            Transaction(time, StatusKey, "[]", EventNames.StatusChanged, "[]"));
        Assert.Equal(Now.ToDateTimeOffset().ToUnixTimeMilliseconds(), block.LatestTime);
        Assert.Equal(2, block.Transactions.Count);
        Assert.Null(block.Transactions[1].Time);
        Assert.Equal(["tx-1"], block.Doubtful);
    }

    [Theory]
    [InlineData(EventNames.StatusChanged, "null")]
    [InlineData(EventNames.StatusChanged, "{\"other\":1}")]
    [InlineData(EventNames.Issued, "{}")]
    public void Read_EventThatTellsAnotherRecord_IsLeftOutAndTold(string name, string payload)
    {
        var block = Read(Transaction(Now, StatusKey, "{}", name, payload));
        Assert.Null(Assert.Single(block.Transactions).Event);
        Assert.Single(block.Transactions[0].Writes);
        Assert.Equal(["tx-0"], block.Doubtful);
    }

    [Fact]
    public void Read_UnknownFieldsNestedDeep_ReadsTheRest()
    {
        var block = Read(
            position =>
            {
                var envelope = Transaction(Now, StatusKey, "{}", EventNames.StatusChanged, "{}")(position);
                envelope.Payload = NestedGroups.Behind(envelope.Payload, 9_000);
                return NestedGroups.Within(envelope, 9_000);
            },
            Transaction(Now, StatusKey, "[]", EventNames.StatusChanged, "[]"));
        Assert.Equal(["tx-0", "tx-1"], block.Transactions.Select(transaction => transaction.Id));
    }

    [Fact]
    public void Read_EmptyValue_IsADeletion()
    {
        var block = Read(Transaction(Now, StatusKey, "", EventNames.StatusChanged, ""));
        Assert.Null(Assert.Single(Assert.Single(block.Transactions).Writes).Value);
    }

    private static LedgerBlock Read(params Func<int, Envelope>[] transactions)
    {
        var block = new Block
        {
            Header = new BlockHeader { Number = 7 },
            Data = new BlockData(),
            Metadata = new BlockMetadata(),
        };
        block.Data.Data.Add(transactions.Select((make, position) => make(position).ToByteString()));
        block.Metadata.Metadata.Add([ByteString.Empty, ByteString.Empty]);
        block.Metadata.Metadata.Add(ByteString.CopyFrom(new byte[transactions.Length]));
        return BlockReader.Read(block, Chaincode);
    }

    private static Func<int, Envelope> Transaction(
        Timestamp? time, string? publicKey, string value, string eventName, string payload) => position =>
    {
        var space = new NsReadWriteSet { Namespace = Chaincode };
        if (publicKey is null)
        {
            space.Rwset = new KVRWSet().ToByteString();
            space.CollectionHashedRwset.Add(new CollectionHashedReadWriteSet
            {
                CollectionName = "_implicit_org_TejoMSP",
                HashedRwset = ByteString.CopyFromUtf8("hashes"),
            });
        }
        else
        {
            var changes = new KVRWSet();
            changes.Writes.Add(new KVWrite { Key = publicKey, Value = ByteString.CopyFromUtf8(value) });
            space.Rwset = changes.ToByteString();
        }

        var results = new TxReadWriteSet();
        results.NsRwset.Add(space);
        var action = new ChaincodeAction
        {
            ChaincodeId = new ChaincodeID { Name = Chaincode },
            Results = results.ToByteString(),
            Events = new ChaincodeEvent
            {
                ChaincodeId = Chaincode,
                EventName = eventName,
                Payload = ByteString.CopyFrom(payload, Encoding.UTF8),
            }.ToByteString(),
        };
        var endorsed = new ChaincodeEndorsedAction
        {
            ProposalResponsePayload = new ProposalResponsePayload { Extension = action.ToByteString() }.ToByteString(),
        };
        var transaction = new Transaction();
        transaction.Actions.Add(new TransactionAction
        {
            Payload = new ChaincodeActionPayload { Action = endorsed }.ToByteString(),
        });
        var header = new ChannelHeader
        {
            Type = (int)HeaderType.EndorserTransaction,
            TxId = $"tx-{position}",
            Timestamp = time,
        };
        return new Envelope
        {
            Payload = new Payload
            {
                Header = new Header { ChannelHeader = header.ToByteString() },
                Data = transaction.ToByteString(),
            }.ToByteString(),
        };
    };
}
