using System.Collections.Concurrent;
using System.Data.Common;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Counts how often links are opened, and by nobody in particular. What was counted in the last seconds before a crash
/// is lost. It also forgets links that ended. Thread-safe.
/// </summary>
public sealed partial class VisitCounter(
    Shares shares, Claims claims, TimeProvider time, ILogger<VisitCounter> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepPace = TimeSpan.FromHours(1);

    /// <summary>How long a link that ended still sends a new one.</summary>
    private static readonly TimeSpan Renewable = TimeSpan.FromDays(365);

    private ConcurrentDictionary<string, int> _opened = [];

    /// <summary>Counts a visit.</summary>
    /// <param name="share">The link's identifier.</param>
    public void Count(string share) => _opened.AddOrUpdate(share, 1, static (_, times) => times + 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var swept = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pace, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var opened = Interlocked.Exchange(ref _opened, []);
            try
            {
                if (!opened.IsEmpty) await shares.CountAsync([.. opened]);
                var now = time.GetUtcNow();
                if (now - swept < SweepPace) continue;
                swept = now;
                await shares.SweepAsync(now);
                await claims.SweepAsync(now - Renewable);
            }
            catch (Exception exception) when (exception is StoreUnavailableException or StoreOutcomeUnknownException
                or DbException)
            {
                LogUncounted(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Visits of learners' links could not be counted")]
    private partial void LogUncounted(Exception exception);
}
