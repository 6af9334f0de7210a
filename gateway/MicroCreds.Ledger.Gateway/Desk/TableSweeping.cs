using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Forgets tables that somebody sent and never issued.</summary>
public sealed partial class TableSweeping(
    UploadedTables tables, BackgroundTrail trail, TimeProvider time, ILogger<TableSweeping> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await tables.SweepAsync(time.GetUtcNow(), trail.NoteOfOld(AuditActions.DroppedTables, "tables"));
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                // The store is out of reach for a while: it is tried again at the next tick.
                LogFailed(exception);
                await ((Task)timer.WaitForNextTickAsync(stoppingToken).AsTask())
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Tables that lay here for a day could not be forgotten; tried again")]
    private partial void LogFailed(Exception exception);
}
