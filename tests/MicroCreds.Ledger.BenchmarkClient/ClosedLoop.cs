using System.Diagnostics;

namespace MicroCreds.Ledger.BenchmarkClient;

/// <summary>Makes calls, a fixed number of them in flight: as one ends, the next begins.</summary>
internal static class ClosedLoop
{
    /// <param name="calls">How many calls in all.</param>
    /// <param name="inFlight">How many at once.</param>
    /// <param name="callAsync">Makes the n-th call, as the given one of those in flight.</param>
    public static async Task<LoopResult> RunAsync(int calls, int inFlight, Func<int, int, Task> callAsync)
    {
        double[] milliseconds = new double[calls];
        int next = -1;
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(inFlight, calls)).Select(async lane =>
        {
            for (int n = Interlocked.Increment(ref next); n < calls; n = Interlocked.Increment(ref next))
            {
                long start = Stopwatch.GetTimestamp();
                await callAsync(n, lane);
                milliseconds[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }));
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Array.Sort(milliseconds);
        return new LoopResult(calls, seconds, Percentile(milliseconds, 0.5), Percentile(milliseconds, 0.99));
    }

    private static double Percentile(double[] sorted, double share) =>
        sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}

/// <summary>How a loop went.</summary>
internal sealed record LoopResult(int Calls, double Seconds, double P50Milliseconds, double P99Milliseconds)
{
    public double PerSecond => Calls / Seconds;
}
