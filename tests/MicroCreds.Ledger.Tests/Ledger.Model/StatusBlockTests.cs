using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Ranges of a status list as aligned blocks.</summary>
public sealed class StatusBlockTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 1 << 20, 32)]
    [InlineData(31, 33, 2)]
    [InlineData(1, (1 << 20) - 2, 31 + 31 + 31 + 30 + 31 + 31 + 31)]
    public void Cover_Range_IsTheFewestBlocks(int offset, int size, int blocks) =>
        Assert.Equal(blocks, StatusBlock.Cover(offset, size).Count);

    [Fact]
    public void Cover_AnyRange_IsItsPlacesEachOnceInOrder()
    {
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++)
        {
            int offset = random.Next(Limits.StatusListSize);
            int size = 1 + random.Next(Math.Min(random.Next(2) == 0 ? 100 : 100_000, Limits.StatusListSize - offset));
            int next = offset;
            foreach (var block in StatusBlock.Cover(offset, size))
            {
                Assert.True(block.Index * block.Size == next, $"seed {seed}: {offset}, {size}");
                next += block.Size;
            }

            Assert.True(next == offset + size, $"seed {seed}: {offset}, {size}");
        }
    }

    [Fact]
    public void Path_OfAPlace_GoesThroughAllThatLieAroundIt()
    {
        var place = StatusBlock.Cover(Limits.StatusListSize - 2, 1).Single();
        Assert.True(place.IsPlace);
        Assert.Equal(["31", "31", "31", "30"], place.Path());
        Assert.Equal(["31", "31", "31"], place.Parent!.Value.Path());
        Assert.Equal(32, place.Parent.Value.Size);
        Assert.Null(StatusBlock.Cover(0, 1 << 15).Single().Parent);
    }

    [Fact]
    public void Cover_BeyondTheList_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StatusBlock.Cover(1, Limits.StatusListSize));
        Assert.Throws<ArgumentOutOfRangeException>(() => StatusBlock.Cover(-1, 1));
    }
}
