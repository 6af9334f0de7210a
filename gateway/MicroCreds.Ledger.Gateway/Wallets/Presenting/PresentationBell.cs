namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// Lets who waits for a wallet know that one answered, at this instance; at another the store tells, a little later.
/// Thread-safe.
/// </summary>
internal sealed class PresentationBell
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes once a wallet answers.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Tells all who wait.</summary>
    public void Ring() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
