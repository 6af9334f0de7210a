using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Forgets tables that somebody sent and never issued.</summary>
public sealed class TableSweeping(
    UploadedTables tables, BackgroundTrail trail, TrustedClock clock, TimeProvider time, ILogger<TableSweeping> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override Task SweepAsync(DateTimeOffset now) =>
        tables.SweepAsync(now, trail.NoteOfOld(AuditActions.DroppedTables, "tables"));
}
