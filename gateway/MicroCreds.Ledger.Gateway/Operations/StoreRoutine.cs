using System.Data.Common;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Something small that is done at the store again and again, and once more at the end. Where the store cannot be
/// written to, the next time does it.
/// </summary>
public abstract partial class StoreRoutine(TimeSpan pace, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>Does it once.</summary>
    protected abstract Task WorkAsync(DateTimeOffset now);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pace, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await WorkAsync(time.GetUtcNow());
            }
            catch (Exception exception) when (exception is StoreUnavailableException or StoreOutcomeUnknownException
                or DbException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What was counted could not be kept")]
    private partial void LogFailed(Exception exception);
}
