using System.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>Waits for what a test waits for, and says what it last saw if that does not come.</summary>
internal static class Until
{
    /// <summary>Enough for a hundred thousand credentials on a busy machine; a healthy run never needs it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>For a condition that takes a process: to ask more often would slow down what is waited for.</summary>
    public static readonly TimeSpan PauseOfProcesses = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="condition">What must become true.</param>
    /// <param name="otherwise">What was last seen.</param>
    /// <param name="pause">How long after the last time it is asked again. Default is 20 ms.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? pause = null)
    {
        long begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(pause ?? Pause);
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, otherwise());
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
