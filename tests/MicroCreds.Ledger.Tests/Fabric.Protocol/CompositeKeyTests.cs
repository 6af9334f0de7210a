using MicroCreds.Fabric.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

public sealed class CompositeKeyTests
{
    [Fact]
    public void Parts_AreEndedByNul()
    {
        string key = CompositeKey.Create("issuance", "AuroraMSP", "", "ä\U0001F600");
        Assert.Equal("\0issuance\0AuroraMSP\0\0ä\U0001F600\0", key);
        var (type, attributes) = CompositeKey.Split(key);
        Assert.Equal("issuance", type);
        Assert.Equal(["AuroraMSP", "", "ä\U0001F600"], attributes);
        Assert.True(CompositeKey.IsComposite(key));
        Assert.False(CompositeKey.IsComposite("simple"));
    }

    [Fact]
    public void Range_CoversAllKeysThatHaveMoreParts()
    {
        var (start, end) = CompositeKey.Range("status", "root");
        Assert.Equal("\0status\0root\0", start);
        Assert.Equal("\0status\0root\0\U0010FFFF", end);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\U0010FFFFb")]
    public void Part_Reserved_IsRefusedByName(string part)
    {
        var fault = Assert.Throws<StateArgumentException>(() => CompositeKey.Create("type", "good", part));
        Assert.Contains("attribute 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("position 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Part_WithoutUtf8Form_IsRefused()
    {
        string half = "a" + (char)0xD800;
        var fault = Assert.Throws<StateArgumentException>(() => CompositeKey.Create("type", half));
        Assert.Contains("lone surrogate", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("simple")]
    [InlineData("\0open")]
    public void Split_OfAnotherKey_IsRefused(string key) =>
        Assert.Throws<FormatException>(() => CompositeKey.Split(key));
}
