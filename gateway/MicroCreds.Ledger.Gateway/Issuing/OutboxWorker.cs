using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Brings stored issuances to an end, one after the other, in the background: batches, what an earlier run of the
/// service left behind, and what a request could not finish. It goes on until the ledger has said yes or no; one that
/// has to wait lets the others pass.
/// </summary>
public sealed partial class OutboxWorker(
    Outbox outbox, IssuanceStore issuances, BatchBuilder builder, Anchoring anchoring, TimeProvider time,
    ILogger<OutboxWorker> logger)
    : BackgroundService
{
    private const int LargeBatch = 10_000;

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>How long each issuance waited that has to be tried again.</summary>
    private readonly Dictionary<long, TimeSpan> _pauses = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var issuance in issuances.FindUnfinished())
            outbox.Add(issuance.Number);
        _ = LookAgainAsync(stoppingToken);
        try
        {
            while (true)
                await FinishAsync(await outbox.TakeAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The service stops; what is not finished is taken up at the next start.
            return;
        }
    }

    /// <summary>Where a commit's answer was lost, what it wrote is found once the database answers again.</summary>
    private async Task LookAgainAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await outbox.DoubtAsync(stoppingToken);
                foreach (var issuance in issuances.FindUnfinished())
                    outbox.Add(issuance.Number);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                LogDoubt(exception);
                await Task.Delay(MaxPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                outbox.LookAgain();
            }
        }
    }

    private async Task FinishAsync(long number, CancellationToken stoppingToken)
    {
        try
        {
            await AdvanceAsync(number, stoppingToken);
            Finish(number);
        }
        catch (LedgerRefusedException exception)
        {
            Finish(number);
            LogRefused(exception, number);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            bool isFirst = !_pauses.TryGetValue(number, out var last);
            var pause = isFirst ? MinPause : last * 2 < MaxPause ? last * 2 : MaxPause;
            if (isFirst)
                LogWaiting(exception, number);
            _pauses[number] = pause;
            outbox.Note(number, exception.Message);
            _ = AddAgainAsync(number, pause, stoppingToken);
        }
    }

    private async Task AddAgainAsync(long number, TimeSpan pause, CancellationToken stoppingToken)
    {
        await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outbox.AddAgain(number);
    }

    private void Finish(long number)
    {
        _pauses.Remove(number);
        outbox.Finish(number);
    }

    private async Task AdvanceAsync(long number, CancellationToken stoppingToken)
    {
        if (issuances.Find(number) is not { } issuance)
            return;
        if (issuance.State == IssuanceState.Accepted && !await TryBuildAsync(issuance, stoppingToken))
            return;
        await anchoring.AnchorAsync(number, isFirst: false);
    }

    private async Task<bool> TryBuildAsync(StoredIssuance issuance, CancellationToken stoppingToken)
    {
        try
        {
            await builder.BuildAsync(issuance, stoppingToken);
            ReleaseMemory(issuance.Size);
            return true;
        }
        catch (ProblemException problem) when (problem.Kind != ProblemKind.NotReady)
        {
            await issuances.SetRefusedAsync(issuance.Number, problem.Message);
            return false;
        }
    }

    /// <summary>A large batch leaves hundreds of megabytes behind that the collector would hold on to.</summary>
    private static void ReleaseMemory(int size)
    {
        if (size >= LargeBatch)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    [LoggerMessage(LogLevel.Warning, "Issuance {Number} was refused by the ledger")]
    private partial void LogRefused(Exception exception, long number);

    [LoggerMessage(LogLevel.Warning, "What the database holds of a commit whose answer was lost is not known yet")]
    private partial void LogDoubt(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Issuance {Number} is not on the ledger yet; trying again")]
    private partial void LogWaiting(Exception exception, long number);
}
