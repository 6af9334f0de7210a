using System.Buffers.Text;
using System.IO.Compression;
using MicroCreds.Ledger.Credentials.StatusLists;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.StatusLists;

/// <summary>The bits of status lists, and what is refused for one.</summary>
public sealed class BitstringTests
{
    [Fact]
    public void Encode_Decode_SameBits()
    {
        int[] set = [0, 7, 8, 131_071];
        var bits = Bitstring.Decode(Bitstring.Of(Bitstring.MinLength, set).Encode());
        Assert.Equal(Bitstring.MinLength, bits.Length);
        Assert.Equal(set, Enumerable.Range(0, bits.Length).Where(i => bits[i]));
    }

    [Fact]
    public void Encode_IndexZero_IsTheLeftmostBit()
    {
        string encoded = Bitstring.Of(Bitstring.MinLength, [0, 15]).Encode();
        Assert.StartsWith("u", encoded, StringComparison.Ordinal);
        Assert.DoesNotContain('=', encoded);
        using var gzip = new GZipStream(
            new MemoryStream(Base64Url.DecodeFromChars(encoded.AsSpan(1))), CompressionMode.Decompress);
        Assert.Equal(0b1000_0000, gzip.ReadByte());
        Assert.Equal(0b0000_0001, gzip.ReadByte());
    }

    [Theory]
    [InlineData(1, 10 << 20)]
    [InlineData(10, 1 << 20)]
    [InlineData(80, 1 << 27)]
    public void Decode_ListThatUnpacksToAThousandTimesItsSize_IsRefusedEarly(int members, int bytesOfEach)
    {
        // Deflate makes at most 1032 bytes of one: 10 KB become 10 MB, and 10 GB come from 10 MB.
        string bomb = Pack(members, bytesOfEach);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertFault(StatusListFault.TooLong, bomb);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((Bitstring.MinLength / 8) - 1)]
    public void Decode_ShortList_IsRefused(int bytes) => AssertFault(StatusListFault.TooShort, Pack(1, bytes));

    [Theory]
    [InlineData("")]
    [InlineData("H4sIAAAAAAAAA")]
    [InlineData("z6Mk")]
    [InlineData("u!!!!")]
    [InlineData("uAAAA")]
    [InlineData("uAAA=")]
    public void Decode_NoList_IsRefused(string encoded) => AssertFault(StatusListFault.Malformed, encoded);

    [Fact]
    public void Decode_Truncated_IsRefused()
    {
        string encoded = Bitstring.Of(Bitstring.MinLength, [.. Enumerable.Range(0, 9000).Select(i => i * 14)]).Encode();
        Assert.Throws<StatusListException>(() => Bitstring.Decode(encoded[..(encoded.Length / 2)]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Bitstring.MinLength)]
    [InlineData(int.MaxValue)]
    public void Index_OutsideTheList_IsAnErrorAndNotGoodNews(int index)
    {
        var bits = Bitstring.Of(Bitstring.MinLength, []);
        Assert.Equal(StatusListFault.TooShort, Assert.Throws<StatusListException>(() => bits[index]).Fault);
    }

    private static void AssertFault(StatusListFault fault, string encoded) =>
        Assert.Equal(fault, Assert.Throws<StatusListException>(() => Bitstring.Decode(encoded)).Fault);

    private static string Pack(int repeats, int bytes)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] zeros = new byte[Math.Min(bytes, 1 << 20)];
            for (int left = bytes; left > 0; left -= zeros.Length)
                gzip.Write(zeros, 0, Math.Min(left, zeros.Length));
        }

        byte[] packed = [.. Enumerable.Repeat(member.ToArray(), repeats).SelectMany(m => m)];
        return "u" + Base64Url.EncodeToString(packed);
    }
}
