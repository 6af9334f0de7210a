namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>Wakes who delivers, when there is something to be delivered. Thread-safe.</summary>
public sealed class WebhookBell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0);

    /// <summary>Rings it; once is enough, however often.</summary>
    public void Ring()
    {
        if (_rung.CurrentCount == 0) _rung.Release();
    }

    /// <summary>Waits until it is rung, or for a time.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _rung.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _rung.Dispose();
}
