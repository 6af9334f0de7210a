using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

public sealed class SignaturePolicyTextTests
{
    [Fact]
    public void Or_HasFabricsBytes() =>
        Assert.Equal(
            "120c" + "120a" + "0801" + "12020800" + "12020801"
                + "1a09" + "1207" + "0a034f4e45" + "1003"
                + "1a09" + "1207" + "0a0354574f" + "1001",
            Hex("OR('ONE.peer', \"TWO.admin\")"));

    [Theory]
    [InlineData("AND('A.peer','B.peer')", "OutOf(2, 'A.peer', 'B.peer')")]
    [InlineData("or('A.peer','B.peer')", "OutOf( 1 ,'A.peer' , 'B.peer' )")]
    [InlineData("AND('A.peer', OR('A.peer', 'B.member'))", "OutOf(2,'A.peer',OutOf(1,'A.peer','B.member'))")]
    public void Gates_AreForms_OfOutOf(string text, string same) => Assert.Equal(Hex(same), Hex(text));

    [Fact]
    public void Principals_AreListedOnce() =>
        Assert.Equal(2, SignaturePolicyText.Parse("OutOf(2,'A.peer',AND('A.peer','B.peer'))").Identities.Count);

    [Theory]
    [InlineData("", "position 0")]
    [InlineData("OutOf(3,'A.peer')", "3 of 1")]
    [InlineData("XOR('A.peer')", "XOR")]
    [InlineData("AND('A.peer'", "')' is missing")]
    [InlineData("AND('A.peer'))", "more text")]
    [InlineData("AND('A.boss')", "A.boss")]
    [InlineData("AND('A.3')", "A.3")]
    [InlineData("AND('A.peer)", "closing quote")]
    [InlineData("OutOf(x,'A.peer')", "'x'")]
    public void Text_Faulty_IsRefusedWithThePlace(string text, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<FormatException>(() => SignaturePolicyText.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Text_NestedTooDeep_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("AND(", 100_000)) + "'A.peer'";
        Assert.Contains(
            "nested deeper", Assert.Throws<FormatException>(() => SignaturePolicyText.Parse(deep)).Message,
            StringComparison.Ordinal);
    }

    private static string Hex(string text) =>
        Convert.ToHexStringLower(SignaturePolicyText.Parse(text).ToByteArray());
}
