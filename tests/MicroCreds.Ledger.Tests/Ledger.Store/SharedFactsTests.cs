using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// What learners share: replaced, counted late, taken back by whose it is alone, and forgotten in time.
/// </summary>
public sealed class SharedFactsTests
{
    private const string Pathway = "AuroraMSP/way/1";

    private static readonly DateTimeOffset Shared = new(2026, 3, 31, 23, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Shared.AddMonths(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Facts_AreCountedFromTheNextMonthOn_AndTheNewestOfADeviceStands(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var facts = new SharedFacts(store);
        string first = LearnerSecret.Draw();
        await facts.ShareAsync(first, [Stage("1"), Next("a", "b")], Shared);
        await facts.ShareAsync(LearnerSecret.Draw(), [Stage("1"), Next("a", "b"), Next("b", "c")], Shared);
        Assert.Empty(facts.Count(SharedFact.Stage, Shared));
        Assert.Equal([new SharedCount(Pathway, "1", 2)], facts.Count(SharedFact.Stage, Later));
        Assert.Equal(
            [new SharedCount("a", "b", 2), new SharedCount("b", "c", 1)], facts.Count(SharedFact.Next, Later));

        await facts.ShareAsync(first, [Stage("2"), Next("a", "b")], Shared.AddHours(-1));
        Assert.Equal(
            [new SharedCount(Pathway, "1", 1), new SharedCount(Pathway, "2", 1)],
            facts.Count(SharedFact.Stage, Later));
        Assert.Equal(2, facts.Count(SharedFact.Next, Later)[0].Learners);
    }

    /// <summary>Who looks before and after one person shares again sees no difference in that month.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SharedAgain_IsCountedAsItWasUntilTheMonthEnds_AndWhatIsNotSoAnyMoreGoesThen(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var facts = new SharedFacts(store);
        string own = LearnerSecret.Draw();
        await facts.ShareAsync(own, [Stage("1"), Next("a", "b")], Shared);
        await facts.ShareAsync(LearnerSecret.Draw(), [Next("a", "b")], Shared);
        for (int i = 0; i < 2; i++)
        {
            await facts.ShareAsync(own, [Stage("2"), Next("a", "c"), Next("c", "b")], Later);
            Assert.Equal([new SharedCount(Pathway, "1", 1)], facts.Count(SharedFact.Stage, Later));
            Assert.Equal([new SharedCount("a", "b", 2)], facts.Count(SharedFact.Next, Later));
        }

        var next = Later.AddMonths(1);
        Assert.Equal([new SharedCount(Pathway, "2", 1)], facts.Count(SharedFact.Stage, next));
        SharedCount[] after = [new("a", "b", 1), new("a", "c", 1), new("c", "b", 1)];
        Assert.Equal(after, facts.Count(SharedFact.Next, next));
        await facts.SweepAsync(next);
        Assert.Equal(after, facts.Count(SharedFact.Next, next));
        Assert.Equal(3, await facts.WithdrawAsync(own));
        Assert.Equal([new SharedCount("a", "b", 1)], facts.Count(SharedFact.Next, next));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Withdrawal_TakesAllOfOneDevice_AndNothingOfAnother(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var facts = new SharedFacts(store);
        string own = LearnerSecret.Draw();
        await facts.ShareAsync(own, [Stage("1"), Next("a", "b"), Next("b", "c")], Shared);
        await facts.ShareAsync(LearnerSecret.Draw(), [Stage("1"), Next("a", "b")], Shared);
        Assert.True(facts.IsShared(own, Stage("0")));
        Assert.Equal(0, await facts.WithdrawAsync(LearnerSecret.Draw()));
        Assert.Equal(3, await facts.WithdrawAsync(own));
        Assert.False(facts.IsShared(own, Stage("0")));
        Assert.Equal(1, facts.Count(SharedFact.Stage, Later).Sum(one => one.Learners));
        Assert.Equal([new SharedCount("a", "b", 1)], facts.Count(SharedFact.Next, Later));
    }

    [Fact]
    public async Task Facts_OfOneDevice_HaveNothingInCommonButTheMonth()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var facts = new SharedFacts(store);
        string secret = LearnerSecret.Draw();
        await facts.ShareAsync(secret, [Stage("1"), Next("a", "b")], Shared);
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT key, month FROM shared_fact", 0).ExecuteReader();
        var keys = new List<byte[]>();
        while (rows.Read())
        {
            keys.Add(rows.GetFieldValue<byte[]>(0));
            Assert.Equal("2026-03", rows.GetString(1));
        }

        Assert.Equal(2, keys.Count);
        Assert.NotEqual(keys[0], keys[1]);
        Assert.DoesNotContain(keys, key => key.SequenceEqual(LearnerSecret.HashOf(secret)));
    }

    [Fact]
    public async Task Facts_NotSharedAgainForLong_AreForgotten()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var facts = new SharedFacts(store);
        await facts.ShareAsync(LearnerSecret.Draw(), [Stage("1")], Shared);
        await facts.SweepAsync(Shared.AddMonths(SharedFacts.KeptMonths));
        Assert.Single(facts.Count(SharedFact.Stage, Later));
        await facts.SweepAsync(Shared.AddMonths(SharedFacts.KeptMonths + 1));
        Assert.Empty(facts.Count(SharedFact.Stage, Later));
    }

    private static SharedFact Stage(string groups) => new(SharedFact.Stage, Pathway, groups);

    private static SharedFact Next(string after, string taken) => new(SharedFact.Next, after, taken);
}
