using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>Drops deliveries that need not be kept any longer, every hour.</summary>
public sealed partial class WebhookRetention(
    WebhookDeliveries deliveries, BackgroundTrail trail, GatewayServiceOptions options, TrustedClock clock,
    TimeProvider time, ILogger<WebhookRetention> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    private readonly ILogger _logger = logger;

    /// <summary>Drops what is older at a moment than it need be.</summary>
    public async Task DropAsync(DateTimeOffset now)
    {
        try
        {
            var noted = trail.NoteOfOld(AuditActions.DroppedDeliveries, "webhook-deliveries");
            if (await deliveries.PruneAsync(now - options.Webhooks.Retention, noted) is > 0 and var count)
                LogDropped(count);
        }
        catch (Exception exception)
        {
            // What should be gone is still there, which harms nobody today: it is tried again.
            LogFailed(exception);
        }
    }

    /// <inheritdoc/>
    protected override Task SweepAsync(DateTimeOffset now) => DropAsync(now);

    [LoggerMessage(LogLevel.Information, "{Count} deliveries to webhooks were older than WebhookRetention and went")]
    private partial void LogDropped(int count);

    [LoggerMessage(LogLevel.Error, "Old deliveries to webhooks could not be dropped")]
    private partial void LogFailed(Exception exception);
}
