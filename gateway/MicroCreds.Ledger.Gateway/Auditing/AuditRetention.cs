using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Operations;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>Drops what the audit log need not keep any longer, every hour.</summary>
public sealed partial class AuditRetention(
    AuditLog log, GatewayServiceOptions options, TrustedClock clock, TimeProvider time, ILogger<AuditRetention> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected override async Task SweepAsync(DateTimeOffset now)
    {
        try
        {
            if (await log.PruneAsync(options.AuditRetention) is > 0 and var count)
                LogDropped(count);
        }
        catch (Exception exception)
        {
            // What should be gone is still there, which harms nobody today: it is tried again.
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} entries of the audit log were older than AuditRetention and went")]
    private partial void LogDropped(long count);

    [LoggerMessage(LogLevel.Error, "Old entries of the audit log could not be dropped")]
    private partial void LogFailed(Exception exception);
}
