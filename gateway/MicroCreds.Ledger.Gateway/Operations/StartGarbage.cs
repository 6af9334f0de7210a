namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// What starting leaves behind: more memory than is lived on, which the collector would hold for as long as a quiet
/// gateway gives it no reason to look again.
/// </summary>
internal static class StartGarbage
{
    /// <summary>Until then the ledger is caught up with, and who started the gateway has seeded it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);

    /// <summary>Gives it back to the system once the gateway has settled.</summary>
    public static void ReleaseOnceSettled(this WebApplication service) =>
        service.Lifetime.ApplicationStarted.Register(() => _ = ReleaseAsync(service.Lifetime.ApplicationStopping));

    private static async Task ReleaseAsync(CancellationToken stopping)
    {
        await Task.Delay(Settling, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stopping.IsCancellationRequested) Release();
    }

    /// <summary>Gives back what large work leaves behind: some 100 ms in which nothing else is done.</summary>
    public static void Release() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
