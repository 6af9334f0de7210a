#pragma warning disable MCF0003, MCF0008 // In a chaincode's process too, but in no transaction.

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Gives back to the system what work leaves behind: up to three quarters of the heap, which the collector would hold
/// for as long as a quiet process gives it no reason to look again. Of several processes on one machine each compiles
/// this file for itself: it belongs to no library's surface.
/// </summary>
internal static class QuietHeap
{
    /// <summary>Less garbage than this within one interval is quiet: what timers and health checks make.</summary>
    private const long QuietBytes = 1024 * 1024;

    /// <summary>
    /// So much must have been made since the last time, and as much as is lived on, so that collecting costs a process
    /// at rest next to nothing, however large it is.
    /// </summary>
    private const long WorthBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks every five seconds whether work has ended, until it is told to stop.</summary>
    /// <param name="stopping">Ends it, without an exception.</param>
    public static async Task KeepAsync(CancellationToken stopping)
    {
        long released = 0;
        long livedOn = 0;
        long before = GC.GetTotalAllocatedBytes();
        while (true)
        {
            await Task.Delay(Interval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            long now = GC.GetTotalAllocatedBytes();
            bool isQuiet = now - before < QuietBytes;
            before = now;
            if (!isQuiet || now - released < Math.Max(WorthBytes, livedOn)) continue;
            Release();
            released = now;
            livedOn = GC.GetTotalMemory(forceFullCollection: false);
        }
    }

    /// <summary>Gives it back now: nothing else is done meanwhile, some 100 ms where little is lived on.</summary>
    public static void Release() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
