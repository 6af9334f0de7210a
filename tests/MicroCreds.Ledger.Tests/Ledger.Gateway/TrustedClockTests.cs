using MicroCreds.Ledger.Gateway.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is deleted for its age waits until a block says that the clock is right.</summary>
public sealed class TrustedClockTests
{
    private static readonly DateTimeOffset Truth = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ClockThatStartsInTheFuture_IsNotTrusted_UntilItIsSetRight()
    {
        var time = new MachineClock { Now = Truth.AddYears(10) };
        var clock = new TrustedClock(() => Truth, time);
        Assert.False(clock.Holds());
        time.Now = Truth.AddHours(1);
        Assert.True(clock.Holds());
    }

    [Fact]
    public void BeforeTheFirstBlock_NothingIsKnown()
    {
        DateTimeOffset? block = null;
        var clock = new TrustedClock(() => block, new MachineClock { Now = Truth });
        Assert.False(clock.Holds());
        block = Truth;
        Assert.True(clock.Holds());
    }

    [Fact]
    public void WhereNobodyWrites_TheClockIsTrustedAsLongAsItGoesOnEvenly()
    {
        var time = new MachineClock { Now = Truth };
        var clock = new TrustedClock(() => Truth, time);
        Assert.True(clock.Holds());
        time.Pass(TrustedClock.Tolerance * 10);
        Assert.True(clock.Holds());

        // Somebody sets it.
        time.Now += TimeSpan.FromDays(400);
        Assert.False(clock.Holds());
    }

    [Fact]
    public async Task Routine_GoesOnWorking_AndDeletesNothingUntilTheClockIsTrusted()
    {
        int asked = 0;
        var clock = new TrustedClock(
            () => ++asked > 2 ? TimeProvider.System.GetUtcNow() : null, TimeProvider.System);
        using var routine = new Routine(clock);
        await routine.StartAsync(TestContext.Current.CancellationToken);
        int before = await routine.Swept.Task.WaitAsync(TestContext.Current.CancellationToken);
        await routine.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, before);
    }

    private sealed class Routine(TrustedClock clock)
        : StoreRoutine(TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance, clock)
    {
        private int _worked;

        /// <summary>How often it had worked when it deleted for the first time.</summary>
        public TaskCompletionSource<int> Swept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override Task WorkAsync(DateTimeOffset now)
        {
            _worked++;
            return Task.CompletedTask;
        }

        protected override Task SweepAsync(DateTimeOffset now)
        {
            Swept.TrySetResult(_worked);
            return Task.CompletedTask;
        }
    }

    /// <summary>A clock that somebody can set, beside the time that really passes.</summary>
    private sealed class MachineClock : TimeProvider
    {
        private long _passed;

        public DateTimeOffset Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _passed;

        public void Pass(TimeSpan span)
        {
            Now += span;
            _passed += span.Ticks;
        }
    }
}
