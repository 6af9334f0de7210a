using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>Forgets what learners shared too long ago.</summary>
public sealed class SharedFactsSweeping(
    SharedFacts facts, TrustedClock clock, TimeProvider time, ILogger<SharedFactsSweeping> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromHours(6);

    /// <inheritdoc/>
    protected override Task SweepAsync(DateTimeOffset now) => facts.SweepAsync(now);
}
