using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>The filter of all that is not in force as bytes: exact, small, the same everywhere.</summary>
public sealed class StatusFilterTests
{
    private const int Million = 1_000_000;

    /// <summary>What an issue of a million credentials asks for: how many of them are in an issuance.</summary>
    public static TheoryData<int> Shapes => [1, 7, 100, 10_000, Million];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Filter_SaysOfEachCredentialWhetherItIsListed(int seed)
    {
        var random = new Random(seed);
        var all = new List<FilterEntry>();
        long leaf = 0;
        for (int issuances = 0; issuances < 2_000; issuances++)
        {
            leaf += random.Next(20) == 0 ? random.Next(200_000) : 1 + random.Next(3);
            int size = random.Next(4) == 0 ? 1 + random.Next(60) : 1;
            all.AddRange(Enumerable.Range(0, size).Select(index => new FilterEntry(leaf, index)));
        }

        HashSet<FilterEntry> listed = [.. all.Where(_ => random.Next(10) == 0)];
        HashSet<long> whole = [.. all.Select(one => one.Leaf).Distinct().Where(_ => random.Next(50) == 0)];
        var filter = StatusFilter.Empty.With(
            [.. listed, .. whole.Select(one => new FilterEntry(one, FilterEntry.Whole))]);
        var read = StatusFilter.Parse(filter.ToBytes());
        Assert.Equal(listed.Count + whole.Count, read.Entries);
        Assert.Equal(filter.Hash(), read.Hash());
        HashSet<FilterEntry> found = [.. read.All()];
        Assert.Equal(listed.Count + whole.Count, found.Count);
        Assert.All(all, one => Assert.Equal(listed.Contains(one), found.Contains(one)));
        foreach (var one in all.Where(_ => random.Next(5) == 0))
            Assert.Equal(listed.Contains(one) || whole.Contains(one.Leaf), read.Lists(one.Leaf, one.Index));
        Assert.False(read.Lists(-1, 0) || read.Lists(leaf + 1, 0) || StatusFilter.Empty.Lists(1, 0));
    }

    /// <summary>
    /// A hundredth of a million is 10,099 bytes at least, by its entropy; in single issuances each costs two bits more.
    /// </summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Filter_OfAMillionOfWhichAHundredthIsNotInForce_IsSmall_AndSoIsADaysChange(int issuanceSize)
    {
        var random = new Random(issuanceSize);
        var filter = StatusFilter.Empty.With(Take(random, issuanceSize, Million / 100));
        int bytes = filter.ToBytes().Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes");
        Assert.InRange(bytes, 10_000, 13_000);

        // As many as a hundredth in ten days.
        var change = StatusFilter.Empty.With(Take(random, issuanceSize, Million / 1000));
        int changed = change.ToBytes().Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"{changed} bytes a day");
        Assert.InRange(changed, 1_000, 2_000);
    }

    [Fact]
    public void Filter_HasTheSameBytes_WhateverTheOrder_AndChangesLeadThere()
    {
        var random = new Random(5);
        HashSet<FilterEntry> listed = [];
        var grown = StatusFilter.Empty;
        for (int day = 0; day < 40; day++)
        {
            var change = Take(random, 30, 50);
            listed.SymmetricExceptWith(change);
            var before = grown;
            grown = grown.With(change);
            var once = StatusFilter.Empty.With(listed.OrderBy(_ => random.Next()));
            Assert.Equal(once.ToBytes(), grown.ToBytes());
            Assert.Equal(once.Hash(), grown.Hash());
            var sent = StatusFilter.Parse(StatusFilter.Empty.With(change).ToBytes());
            Assert.Equal(grown.ToBytes(), StatusFilter.Parse(before.ToBytes()).With(sent.All()).ToBytes());
            if (change.Count > 0) Assert.NotEqual(before.Hash(), grown.Hash());
        }

        Assert.Equal(StatusFilter.Empty.ToBytes(), grown.With(listed).ToBytes());
    }

    [Fact]
    public void Bytes_ThatWereChanged_AreAnotherFilter_OrNone()
    {
        var filter = StatusFilter.Empty.With([new(3, 0), new(3, 7), new(4, FilterEntry.Whole), new(70_000, 1)]);
        byte[] bytes = filter.ToBytes();
        Assert.Equal(filter.Hash(), StatusFilter.Parse(bytes).Hash());
        for (int i = 0; i < 8 * bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.NotEqual(Convert.ToHexString(filter.Hash()), HashOf(changed));
        }

        for (int length = 0; length < bytes.Length; length++)
            Assert.NotEqual(Convert.ToHexString(filter.Hash()), HashOf(bytes[..length]));
        Assert.Throws<FormatException>(() => StatusFilter.Parse([.. bytes, 0]));
        Assert.Throws<FormatException>(() => StatusFilter.Parse([2]));
    }

    private static string HashOf(byte[] bytes)
    {
        try
        {
            return Convert.ToHexString(StatusFilter.Parse(bytes).Hash());
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Takes credentials of a million, an issuance a leaf.</summary>
    private static HashSet<FilterEntry> Take(Random random, int issuanceSize, int count)
    {
        Assert.InRange(issuanceSize, 1, Limits.MaxIssuanceSize);
        var taken = new HashSet<FilterEntry>();
        while (taken.Count < count)
        {
            int ordinal = random.Next(Million);
            taken.Add(new FilterEntry(ordinal / issuanceSize, ordinal % issuanceSize));
        }

        return taken;
    }
}
