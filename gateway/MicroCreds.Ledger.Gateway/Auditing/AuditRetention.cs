using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>Drops what the audit log need not keep any longer, at the start and then daily.</summary>
public sealed partial class AuditRetention(
    AuditLog log, GatewayServiceOptions options, TimeProvider time, ILogger<AuditRetention> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await DropAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private async Task DropAsync()
    {
        try
        {
            if (await log.PruneAsync(options.AuditRetention) is > 0 and var count)
                LogDropped(count);
        }
        catch (Exception exception)
        {
            // What should be gone is still there, which harms nobody today: it is tried again tomorrow.
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} entries of the audit log were older than AuditRetention and went")]
    private partial void LogDropped(long count);

    [LoggerMessage(LogLevel.Error, "Old entries of the audit log could not be dropped")]
    private partial void LogFailed(Exception exception);
}
