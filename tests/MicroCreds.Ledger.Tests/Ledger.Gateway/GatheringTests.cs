using System.Threading.Channels;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>When what is asked for at the same moment is done together, and how long it waits for others.</summary>
public sealed class GatheringTests : IDisposable
{
    private const int Most = 4;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Took = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Group> _begun = Channel.CreateUnbounded<Group>();
    private readonly Gathering<int> _gathering;

    public GatheringTests() => _gathering = new Gathering<int>(
        async asked =>
        {
            var group = new Group(asked);
            await _begun.Writer.WriteAsync(group, Cancellation);
            await group.End.Task;
        },
        Most, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoneOnes_OneAfterTheOther_AreBegunAtOnce_WithoutAClock()
    {
        for (int i = 0; i < 3; i++)
        {
            _gathering.Add(i);
            var group = await NextAsync();
            Assert.Equal([i], group.Asked);
            await EndAsync(group);
        }
    }

    [Fact]
    public async Task WhatComesWhileOneIsUnderWay_IsBegunTogetherWhenThatEnds()
    {
        _gathering.Add(1);
        var first = await NextAsync();
        _gathering.Add(2);
        _gathering.Add(3);
        Assert.False(_begun.Reader.TryRead(out _));
        await EndAsync(first);
        Assert.Equal([2, 3], (await NextAsync()).Asked);
    }

    [Fact]
    public async Task WhatComesWhileOneTakesLong_WaitsAFewMilliseconds_AndIsBegunBesideIt()
    {
        _gathering.Add(1);
        await NextAsync();
        _gathering.Add(2);
        _time.Advance(Gathering<int>.MinPatience - Tick);
        Assert.False(_begun.Reader.TryRead(out _));
        _gathering.Add(3);
        _time.Advance(Tick);
        Assert.Equal([2, 3], (await NextAsync()).Asked);
    }

    [Fact]
    public async Task AsManyAsAreAnchoredTogether_WaitForNobody()
    {
        _gathering.Add(0);
        await NextAsync();
        for (int i = 1; i <= Most; i++) _gathering.Add(i);
        Assert.Equal(Most, (await NextAsync()).Asked.Count);
    }

    [Fact]
    public async Task WhoseTurnCameAgain_IsWaitedForShortly_AndNoLonger()
    {
        await EndAsync(await ManyAsync());

        // One of three is back: the other two are about to be.
        _gathering.Add(1);
        _time.Advance((Took / 4) - Tick);
        Assert.False(_begun.Reader.TryRead(out _));
        _time.Advance(Tick);
        Assert.Equal([1], (await NextAsync()).Asked);
    }

    [Fact]
    public async Task AllWhoCameBack_WaitForNobody()
    {
        await EndAsync(await ManyAsync());
        foreach (int i in (int[])[1, 2, 3]) _gathering.Add(i);
        Assert.Equal([1, 2, 3], (await NextAsync()).Asked);
    }

    [Fact]
    public async Task Few_WhileManyAreUnderWay_WaitForThem_AsLongAsItTookLast()
    {
        await EndAsync(await ManyAsync());
        foreach (int i in (int[])[1, 2, 3]) _gathering.Add(i);
        var many = await NextAsync();
        _gathering.Add(4);
        _time.Advance(Took - Tick);
        Assert.False(_begun.Reader.TryRead(out _));
        _time.Advance(Tick);
        Assert.Equal([4], (await NextAsync()).Asked);
        await EndAsync(many);
    }

    public void Dispose() => _gathering.Dispose();

    /// <summary>Has three begun together, which took a while.</summary>
    private async Task<Group> ManyAsync()
    {
        _gathering.Add(0);
        var first = await NextAsync();
        foreach (int i in (int[])[1, 2, 3]) _gathering.Add(i);
        await EndAsync(first);
        var many = await NextAsync();
        Assert.Equal([1, 2, 3], many.Asked);
        _time.Advance(Took);
        return many;
    }

    private ValueTask<Group> NextAsync() => _begun.Reader.ReadAsync(Cancellation);

    /// <summary>Ends a group; what it gave way to is begun when this returns.</summary>
    private async Task EndAsync(Group group)
    {
        long ended = _gathering.Ended;
        group.End.SetResult();
        await Until.TrueAsync(() => Task.FromResult(_gathering.Ended > ended), () => "The group did not end.");
    }

    private sealed record Group(IReadOnlyList<int> Asked)
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
