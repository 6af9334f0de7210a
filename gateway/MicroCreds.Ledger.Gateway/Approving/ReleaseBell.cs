namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>Tells who issues what is due that there may be something. Thread-safe.</summary>
public sealed class ReleaseBell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>Says so.</summary>
    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
            return;
        }
    }

    /// <summary>Waits until somebody says so, or for a while.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _rung.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _rung.Dispose();
}
