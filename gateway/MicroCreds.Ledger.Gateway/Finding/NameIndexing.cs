using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Finding;

/// <summary>Takes the names of what was issued into the index, a moment behind the issuing.</summary>
public sealed partial class NameIndexing(NameIndex index, TimeProvider time, ILogger<NameIndexing> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Pause;
            try
            {
                while (await index.CatchUpAsync()) stoppingToken.ThrowIfCancellationRequested();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The store is out of reach for a while; others tell it, and nothing is lost.
                LogFailure(exception);
                pause = PauseAfterFailure;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The names of what was issued could not be taken into the index; tried again")]
    private partial void LogFailure(Exception exception);
}
