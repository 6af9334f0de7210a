namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Something small that is done at the store again and again, and once more at the end. Where the store cannot be
/// written to, the next time does it.
/// </summary>
/// <param name="pace">How long it rests in between.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told what failed.</param>
/// <param name="clock">Says whether that clock is right. Default is that nothing is deleted for its age.</param>
public abstract partial class StoreRoutine(
    TimeSpan pace, TimeProvider time, ILogger logger, TrustedClock? clock = null)
    : BackgroundService
{
    private bool _isDoubted;

    /// <summary>Does it once. Default is nothing.</summary>
    protected virtual Task WorkAsync(DateTimeOffset now) => Task.CompletedTask;

    /// <summary>
    /// Deletes what was kept long enough; only while the clock is known to be right. Default is nothing.
    /// </summary>
    protected virtual Task SweepAsync(DateTimeOffset now) => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pace, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await WorkAsync(time.GetUtcNow());
                if (clock is not null && IsTrusted(clock)) await SweepAsync(time.GetUtcNow());
            }
            catch (Exception exception)
            {
                // Whatever it is: the gateway does not end for it.
                LogFailed(exception);
            }
        }
    }

    private bool IsTrusted(TrustedClock said)
    {
        bool holds = said.Holds();
        if (!holds && !_isDoubted) LogDoubt(GetType().Name, TrustedClock.Tolerance.TotalDays);
        _isDoubted = !holds;
        return holds;
    }

    [LoggerMessage(LogLevel.Warning, "What is done at the store from time to time could not be; the next time does it")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning,
        "{Routine} deletes nothing: no block of the last {Days} days says that this computer's clock is right. Set it "
        + "by NTP if it is not; if it is, the next block has the deleting go on")]
    private partial void LogDoubt(string routine, double days);
}
