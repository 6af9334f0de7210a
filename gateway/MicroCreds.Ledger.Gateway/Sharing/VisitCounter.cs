using System.Collections.Concurrent;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Counts how often links are opened, and by nobody in particular. What was counted in the last seconds before a crash
/// is lost. It also forgets links that ended. Thread-safe.
/// </summary>
public sealed class VisitCounter(
    Shares shares, Transcripts transcripts, Claims claims, TrustedClock clock, TimeProvider time,
    ILogger<VisitCounter> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepPace = TimeSpan.FromHours(1);

    /// <summary>How long a link that ended still sends a new one.</summary>
    private static readonly TimeSpan Renewable = TimeSpan.FromDays(365);

    private ConcurrentDictionary<string, int> _opened = [];
    private DateTimeOffset _swept = DateTimeOffset.MinValue;

    /// <summary>Counts a visit.</summary>
    /// <param name="share">The link's identifier.</param>
    public void Count(string share) => _opened.AddOrUpdate(share, 1, static (_, times) => times + 1);

    /// <inheritdoc/>
    protected override async Task WorkAsync(DateTimeOffset now)
    {
        var opened = Interlocked.Exchange(ref _opened, []);
        if (!opened.IsEmpty)
        {
            // A name is one or the other's.
            await shares.CountAsync([.. opened]);
            await transcripts.CountAsync([.. opened]);
        }
    }

    /// <inheritdoc/>
    protected override async Task SweepAsync(DateTimeOffset now)
    {
        if (now - _swept < SweepPace) return;
        _swept = now;
        await shares.SweepAsync(now);
        await transcripts.SweepAsync(now);
        await claims.SweepAsync(now - Renewable);
    }
}
