using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>
/// Brings to its end what another person approved or turned down, and forgets what is old: practice that nobody goes
/// on with, and what was said in trials.
/// </summary>
public sealed class PracticeRoutine(
    Practices practices, XapiStatements statements, PracticeDeciding deciding, BackgroundTrail trail,
    TrustedClock clock, TimeProvider time, ILogger<PracticeRoutine> logger)
    : StoreRoutine(Pace, time, logger, clock)
{
    /// <summary>How long practice is kept that nobody goes on with.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromDays(180);

    /// <summary>How long the learner sees that it was declined.</summary>
    public static readonly TimeSpan Declined = TimeSpan.FromDays(90);

    /// <summary>How long what was said in trials is kept.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromDays(1);

    private const int AtATime = 500;

    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(DateTimeOffset now) => deciding.ListAsync([PracticeState.Issuing], AtATime);

    /// <inheritdoc/>
    protected override async Task SweepAsync(DateTimeOffset now)
    {
        await statements.SweepTrialsAsync(now - Trial);
        await practices.SweepAsync(
            now - Unused, now - Declined, trail.NoteOfOld(AuditActions.DroppedPractice, "practices"));
    }
}
