using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>Drops deliveries that need not be kept any longer, at the start and then daily.</summary>
public sealed partial class WebhookRetention(
    WebhookDeliveries deliveries, BackgroundTrail trail, GatewayServiceOptions options, TimeProvider time,
    ILogger<WebhookRetention> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>Drops what is older than it need be.</summary>
    public async Task DropAsync()
    {
        try
        {
            var noted = trail.NoteOfOld(AuditActions.DroppedDeliveries, "webhook-deliveries");
            if (await deliveries.PruneAsync(time.GetUtcNow() - options.Webhooks.Retention, noted) is > 0 and var count)
                LogDropped(count);
        }
        catch (Exception exception)
        {
            // What should be gone is still there, which harms nobody today: it is tried again tomorrow.
            LogFailed(exception);
        }
    }

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

    [LoggerMessage(LogLevel.Information, "{Count} deliveries to webhooks were older than WebhookRetention and went")]
    private partial void LogDropped(int count);

    [LoggerMessage(LogLevel.Error, "Old deliveries to webhooks could not be dropped")]
    private partial void LogFailed(Exception exception);
}
