using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Sees to it that what was deleted is gone from every file of the store while the service runs: SQLite overwrites it
/// in the file itself, and its journal, which still has it, is emptied here.
/// </summary>
public sealed partial class ErasureWorker(GatewayStore store, TimeProvider time, ILogger<ErasureWorker> logger)
    : BackgroundService
{
    /// <summary>How long what was deleted may stay in the journal, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (store.TakeDeletions()) await EmptyJournalAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // A stop empties the journal by itself.
            return;
        }
    }

    private async Task EmptyJournalAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.Database.EmptyJournalAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // A full disk, say: it is tried again.
            store.NoteDeletion();
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What was deleted is still in the store's journal; trying again")]
    private partial void LogFailed(Exception exception);
}
