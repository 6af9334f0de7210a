using System.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>Waits for what a test waits for, and says what it last saw if that does not come.</summary>
internal static class Until
{
    /// <summary>Enough for a hundred thousand credentials on a busy machine; a healthy run never needs it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        long begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, otherwise());
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
