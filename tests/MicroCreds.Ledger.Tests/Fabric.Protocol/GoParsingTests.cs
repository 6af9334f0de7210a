using System.Buffers;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

/// <summary>Fields that nobody knows, as deep as Fabric's Go takes them.</summary>
public sealed class GoParsingTests
{
    private static readonly TxReadWriteSet Known = new()
    {
        DataModel = TxReadWriteSet.Types.DataModel.Kv,
        NsRwset =
        {
            new NsReadWriteSet { Namespace = "one", Rwset = ByteString.CopyFromUtf8("1") },
            new NsReadWriteSet { Namespace = "two", Rwset = ByteString.CopyFromUtf8("2") },
        },
    };

    [Theory]
    [InlineData(101)]
    [InlineData(10_001)]
    public void Parse_UnknownGroupsNestedDeep_IsWhatIsKnown(int depth)
    {
        var bytes = NestedGroups.Behind(Known.ToByteString(), depth);
        Assert.Throws<InvalidProtocolBufferException>(() => TxReadWriteSet.Parser.ParseFrom(bytes));
        Assert.Equal(Known, TxReadWriteSet.Parser.ParseAsGo(bytes));
        Assert.Equal(Known, TxReadWriteSet.Parser.ParseAsGo(new ReadOnlySequence<byte>(bytes.Memory)));
    }

    [Fact]
    public void Parse_UnknownGroupsWithinAnInnerMessage_IsWhatIsKnown()
    {
        var inner = NestedGroups.Behind(Known.NsRwset[0].ToByteString(), 200);
        var only = new TxReadWriteSet { NsRwset = { Known.NsRwset[0] } };

        // Field 2, length-delimited, of a length of two bytes.
        var bytes = ByteString.CopyFrom([0x12, (byte)(inner.Length | 0x80), (byte)(inner.Length >> 7), .. inner.Span]);
        Assert.Equal(only, TxReadWriteSet.Parser.ParseAsGo(bytes));
    }

    [Fact]
    public void Parse_OtherUnknownFieldsBesideGroups_StayAsTheyAre()
    {
        byte[] unknown = [0xc0, 0x3e, 0x05, 0xc2, 0x3e, 0x02, 0x61, 0x62, 0xc5, 0x3e, 1, 2, 3, 4];
        var plain = ByteString.CopyFrom([.. Known.ToByteArray(), .. unknown]);
        Assert.Equal(
            TxReadWriteSet.Parser.ParseFrom(plain), TxReadWriteSet.Parser.ParseAsGo(NestedGroups.Behind(plain, 200)));
    }

    [Fact]
    public void Parse_UnknownGroupsDeeperThanGoGoes_IsRefused()
    {
        var bytes = NestedGroups.Behind(Known.ToByteString(), 10_002);
        Assert.Throws<InvalidProtocolBufferException>(() => TxReadWriteSet.Parser.ParseAsGo(bytes));
    }

    [Theory]
    [InlineData("c33e")]
    [InlineData("c33ec33ec43e")]
    [InlineData("c33ec43e12")]
    [InlineData("0aff01")]
    [InlineData("ffffffffffffffffffffff")]
    [InlineData("c33e0fc43e")]
    [InlineData("2b34")]
    [InlineData("2b332c34")]
    [InlineData("0304")]
    public void Parse_DamagedBytes_IsRefused(string hex)
    {
        var bytes = ByteString.CopyFrom(Convert.FromHexString(hex));
        Assert.Throws<InvalidProtocolBufferException>(() => Payload.Parser.ParseAsGo(bytes));
    }
}
