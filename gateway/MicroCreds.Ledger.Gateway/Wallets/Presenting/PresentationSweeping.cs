using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>Forgets requests that have ended, with all that was presented.</summary>
internal sealed class PresentationSweeping(
    Presentations presentations, TimeProvider time, ILogger<PresentationSweeping> logger)
    : StoreRoutine(Pace, time, logger)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(DateTimeOffset now) => presentations.SweepAsync(now);
}
