using System.Text;
using MicroCreds.Ledger.Credentials;
using SimpleBase;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class SignatureTextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(63)]
    [InlineData(64)]
    public void Write_ZerosInFront_IsWhatTheLibraryWritesAndReadsBack(int zeros)
    {
        var random = new Random(zeros);
        for (int i = 0; i < 200; i++)
        {
            byte[] signature = new byte[64];
            random.NextBytes(signature.AsSpan(zeros));
            string text = Encoding.ASCII.GetString(SignatureText.Write(signature));
            Assert.Equal("z" + Base58.Bitcoin.Encode(signature), text);
            Assert.Equal(signature, SignatureText.Read(text));
        }
    }

    [Fact]
    public void Write_Extremes_IsWhatTheLibraryWrites()
    {
        byte[] all = [.. Enumerable.Repeat((byte)0xff, 64)];
        Assert.Equal("z" + Base58.Bitcoin.Encode(all), Encoding.ASCII.GetString(SignatureText.Write(all)));
        Assert.Equal(all, SignatureText.Read(Encoding.ASCII.GetString(SignatureText.Write(all))));
    }

    [Fact]
    public void Read_AnotherLength_IsNothing()
    {
        foreach (int length in new[] { 0, 1, 63, 65, 66 })
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)0x80, length)];
            Assert.Null(SignatureText.Read("z" + Base58.Bitcoin.Encode(bytes)));
        }

        Assert.Null(SignatureText.Read(""));
        Assert.Null(SignatureText.Read("z" + new string('z', 88)));
        Assert.Null(SignatureText.Read("z1" + Base58.Bitcoin.Encode([.. Enumerable.Repeat((byte)0x80, 64)])));
    }

    [Theory]
    [InlineData('0')]
    [InlineData('I')]
    [InlineData('O')]
    [InlineData('l')]
    [InlineData(' ')]
    [InlineData('é')]
    public void Read_NoDigit_IsNothing(char letter)
    {
        string good = Encoding.ASCII.GetString(SignatureText.Write([.. Enumerable.Repeat((byte)7, 64)]));
        Assert.NotNull(SignatureText.Read(good));
        Assert.Null(SignatureText.Read(good[..40] + letter + good[41..]));
        Assert.Null(SignatureText.Read("u" + good[1..]));
    }
}
