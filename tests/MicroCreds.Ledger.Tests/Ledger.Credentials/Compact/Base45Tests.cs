using System.Text;
using MicroCreds.Ledger.Credentials.Compact;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

public sealed class Base45Tests
{
    // The examples of RFC 9285, 4.3 and 4.4.
    [Theory]
    [InlineData("AB", "BB8")]
    [InlineData("Hello!!", "%69 VD92EX0")]
    [InlineData("base-45", "UJCLQE7W581")]
    [InlineData("ietf!", "QED8WEX0")]
    [InlineData("", "")]
    public void Encode_ExamplesOfTheStandard_AreAsThere(string text, string encoded)
    {
        Assert.Equal(encoded, Base45.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Base45.TryDecode(Encoding.ASCII.GetBytes(encoded))!));
        Assert.Equal(encoded.Length, Base45.LengthOf(text.Length));
    }

    [Theory]
    [InlineData("GGW")]
    [InlineData(":::")]
    [InlineData("::")]
    [InlineData("A")]
    [InlineData("BB8B")]
    [InlineData("bb8")]
    [InlineData("BB\u00e9")]
    [InlineData("BB\n")]
    public void TryDecode_WhatIsNone_IsNothing(string text) =>
        Assert.Null(Base45.TryDecode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void TryDecode_EveryPairOfBytes_ComesBack_AndNoneEndsWithABlank()
    {
        for (int value = 0; value <= ushort.MaxValue; value++)
        {
            byte[] bytes = [(byte)(value >> 8), (byte)value];
            string text = Base45.Encode(bytes);
            Assert.Equal(bytes, Base45.TryDecode(Encoding.ASCII.GetBytes(text)));
            Assert.NotEqual(' ', text[^1]);
            Assert.NotEqual(' ', Base45.Encode(bytes.AsSpan(1))[^1]);
        }
    }
}
