using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Where credentials stand in a status list.</summary>
public sealed class StatusListOrderTests
{
    [Fact]
    public void PositionOf_AllOrdinals_EachPositionOnce()
    {
        var seen = new bool[Limits.StatusListSize];
        var positionOf = StatusListOrder.Of("AuroraMSP", "list-1");
        Parallel.For(0, Limits.StatusListSize, i => seen[positionOf(i)] = true);
        Assert.DoesNotContain(false, seen);
    }

    [Fact]
    public void Of_ManyPositionsOfAList_AreThoseOfEachAlone()
    {
        var positionOf = StatusListOrder.Of("AuroraMSP", "list-1");
        int[] ordinals = [.. Enumerable.Range(0, 3000).Select(i => i * 349 % Limits.StatusListSize)];
        Assert.Equal(
            ordinals.Select(ordinal => StatusListOrder.PositionOf("AuroraMSP", "list-1", ordinal)),
            ordinals.AsParallel().AsOrdered().Select(positionOf));
        Assert.Throws<ArgumentOutOfRangeException>(() => positionOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => positionOf(Limits.StatusListSize));
    }

    [Fact]
    public void PositionOf_NeverChanges()
    {
        // They stand in credentials for ever.
        int[] expected = [969803, 656046, 71143, 692320];
        Assert.Equal(expected, Order("AuroraMSP", "list-1").Take(4));
    }

    [Fact]
    public void PositionOf_NeighboursOfACohort_StandApart()
    {
        int[] positions = Order("AuroraMSP", "list-1", 5000, 1000);
        int near = positions.Zip(positions.Skip(1)).Count(pair => Math.Abs(pair.First - pair.Second) < 1024);
        Assert.True(near < 20, $"{near} of 999 neighbours stand within a thousandth of the list.");
        var perEighth = positions.CountBy(position => position / (Limits.StatusListSize / 8)).ToList();
        Assert.Equal(8, perEighth.Count);
        Assert.All(perEighth, eighth => Assert.InRange(eighth.Value, 60, 190));
    }

    [Fact]
    public void PositionOf_AnotherListOrInstitution_IsAnotherOrder()
    {
        Assert.NotEqual(Order("AuroraMSP", "list-1"), Order("AuroraMSP", "list-2"));
        Assert.NotEqual(Order("AuroraMSP", "list-1"), Order("LindenMSP", "list-1"));
    }

    [Fact]
    public void PositionOf_OutsideTheList_IsNone()
    {
        var issuance = new IssuanceStatement
        {
            Ledger = "credentials",
            MspId = "AuroraMSP",
            Root = new string('a', 64),
            Size = 2,
            Achievements = [],
            KeyId = "key-1",
            StatusList = "list-1",
            StatusOffset = Limits.StatusListSize - 1,
        };
        Assert.NotNull(StatusListOrder.PositionOf(issuance, 0));
        Assert.Null(StatusListOrder.PositionOf(issuance, 1));
    }

    private static int[] Order(string mspId, string list, int first = 0, int count = 64) =>
        [.. Enumerable.Range(first, count).Select(i => StatusListOrder.PositionOf(mspId, list, i))];
}
