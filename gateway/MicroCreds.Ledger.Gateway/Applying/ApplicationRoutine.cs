using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>
/// Brings applications to their end whose award another person approved or turned down, and forgets what is old.
/// </summary>
public sealed class ApplicationRoutine(
    AwardApplications applications, AwardDeciding deciding, BackgroundTrail trail, TrustedClock clock,
    TimeProvider time, ILogger<ApplicationRoutine> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    /// <summary>How long an application waits for somebody to decide; then it is forgotten.</summary>
    public static readonly TimeSpan Waiting = TimeSpan.FromDays(90);

    /// <summary>How long the learner sees what was decided.</summary>
    public static readonly TimeSpan Shown = TimeSpan.FromDays(90);

    private const int AtATime = 500;

    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(DateTimeOffset now) =>
        deciding.ListAsync([AwardApplicationState.Awarding], AtATime);

    /// <inheritdoc/>
    protected override Task SweepAsync(DateTimeOffset now) => applications.SweepAsync(
        now - Waiting, now - Shown, trail.NoteOfOld(AuditActions.DroppedApplications, "award-applications"));
}
