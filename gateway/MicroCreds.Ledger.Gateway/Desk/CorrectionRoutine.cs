using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// Revokes what was replaced where that broke off: the right credential was issued, and the wrong one still stands. The
/// leading gateway does it, again and again until the ledger takes it.
/// </summary>
public sealed partial class CorrectionRoutine(
    PendingCorrections pending, Corrections corrections, RecordActors actors, Leadership leadership,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<CorrectionRoutine> logger)
    : StoreRoutine(Pace, time, logger)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    /// <summary>How long it is left to the request that issued.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;

    /// <summary>Ends what was issued before a moment and has not taken the other's place yet.</summary>
    public async Task EndAllAsync(DateTimeOffset issuedBefore)
    {
        foreach (var correction in pending.List(issuedBefore))
        {
            // A gateway that stops leaves the rest to the next one.
            if (lifetime.ApplicationStopping.IsCancellationRequested) return;
            await EndAsync(correction);
        }
    }

    /// <inheritdoc/>
    protected override Task WorkAsync(DateTimeOffset now) =>
        leadership.Leads ? EndAllAsync(now - Grace) : Task.CompletedTask;

    private async Task EndAsync(PendingCorrection correction)
    {
        try
        {
            await corrections.ReplaceAsync(
                origin: null, actors.OfIssuance(correction.Issuance) ?? Caller.Gateway, correction.Corrects,
                correction.Replacement, CancellationToken.None);
        }
        catch (Exception exception) when (ProblemTranslation.IsFinal(exception))
        {
            LogStands(exception, correction.Issuance);
            await pending.EndAsync(correction.Number);
        }
        catch (Exception exception)
        {
            LogWaits(exception, correction.Issuance);
        }
    }

    [LoggerMessage(LogLevel.Error,
        "What the issuance {Issuance} was to take the place of cannot be revoked for that: look at both at the desk")]
    private partial void LogStands(Exception exception, string issuance);

    [LoggerMessage(LogLevel.Warning, "What the issuance {Issuance} takes the place of still stands; tried again")]
    private partial void LogWaits(Exception exception, string issuance);
}
