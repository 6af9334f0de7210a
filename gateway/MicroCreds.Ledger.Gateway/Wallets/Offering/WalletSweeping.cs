using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Forgets offers, tokens and nonces that are over.</summary>
internal sealed class WalletSweeping(
    WalletGrants grants, TrustedClock clock, TimeProvider time, ILogger<WalletSweeping> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    /// <summary>How long what is over stays, so that who comes late is told why.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override Task SweepAsync(DateTimeOffset now) => grants.SweepAsync(now, Kept);
}
