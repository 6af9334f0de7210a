namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Tells when the projection has held all that the peer has, for the first time since the service started. What a
/// restored copy of the data does not know, the ledger has told by then. Thread-safe.
/// </summary>
public sealed class FirstCatchUp(ProjectionFollower follower, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is so; never, if the peer is out of reach from the start on.</summary>
    public Task Done => _done.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!follower.IsCurrent && !stoppingToken.IsCancellationRequested)
            await Task.Delay(LookInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
            _done.SetResult();
    }
}
