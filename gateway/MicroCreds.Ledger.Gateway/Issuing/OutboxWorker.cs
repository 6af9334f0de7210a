using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Brings stored issuances to an end, one after the other, in the background: batches, what an earlier run of the
/// service left behind, and what a request could not finish. It goes on until the ledger has said yes or no; one that
/// has to wait lets the others pass. Of several gateways the one does it that leads.
/// </summary>
public sealed partial class OutboxWorker(
    Outbox outbox, IssuanceStore issuances, BatchBuilder builder, Anchoring anchoring, Leadership leadership,
    WebhookMessages messages, BackgroundTrail trail, TimeProvider time, ILogger<OutboxWorker> logger)
    : BackgroundService
{
    private const int LargeBatch = 10_000;

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked for what other gateways have put into the store.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a request is left to submit what it has stored. One that takes longer is not hindered, but it cannot
    /// take that back any more.
    /// </summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    /// <summary>How long each issuance waited that has to be tried again.</summary>
    private readonly Dictionary<long, TimeSpan> _pauses = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                using var term = CancellationTokenSource.CreateLinkedTokenSource(
                    stoppingToken, await leadership.LeadAsync(stoppingToken));
                await LeadAsync(term.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; what is not finished is taken up at the next start, or by who leads then.
            return;
        }
    }

    /// <summary>Works as long as this gateway leads.</summary>
    private async Task LeadAsync(CancellationToken term)
    {
        outbox.Open();
        var looking = LookAgainAsync(term);
        try
        {
            while (true)
                await FinishAsync(await outbox.TakeAsync(term), term);
        }
        catch (Exception) when (term.IsCancellationRequested)
        {
            // Who leads from now on finds it all in the store.
            return;
        }
        finally
        {
            await looking;
            outbox.Close();
            _pauses.Clear();
        }
    }

    /// <summary>
    /// Finds in the store what is not in the outbox: what an earlier leader left behind, what another gateway keeps,
    /// and what a commit wrote whose answer was lost.
    /// </summary>
    private async Task LookAgainAsync(CancellationToken term)
    {
        while (!term.IsCancellationRequested)
        {
            try
            {
                // What a request of another gateway has just stored, it submits itself.
                DateTimeOffset? before = leadership.IsShared ? time.GetUtcNow() - RequestTime : null;
                foreach (var issuance in issuances.FindUnfinished(before))
                    outbox.Add(issuance.Number);
                await outbox.DoubtAsync(leadership.IsShared ? LookPause : Timeout.InfiniteTimeSpan, term);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                LogDoubt(exception);
                await Task.Delay(MaxPause, time, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            if (isFirst && leadership.IsShared)
                await TellOthersAsync(number, exception.Message);
            _ = AddAgainAsync(number, pause, stoppingToken);
        }
    }

    private async Task AddAgainAsync(long number, TimeSpan pause, CancellationToken stoppingToken)
    {
        await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outbox.AddAgain(number);
    }

    /// <summary>A request for the batch may be answered by another gateway.</summary>
    private async Task TellOthersAsync(long number, string reason)
    {
        try
        {
            await issuances.NoteWaitsAsync(number, reason);
        }
        catch (StoreException exception)
        {
            // It may be just what it waits for.
            LogDoubt(exception);
        }
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
        bool isBuilt = issuance.State == IssuanceState.Accepted;
        if (isBuilt && !await TryBuildAsync(issuance, stoppingToken))
            return;
        try
        {
            await anchoring.AnchorAsync(number, isFirst: false);
        }
        finally
        {
            // Not before: whoever asked for the batch waits for it to be on the ledger.
            if (isBuilt) ReleaseMemory(issuance.Size);
        }
    }

    private async Task<bool> TryBuildAsync(StoredIssuance issuance, CancellationToken stoppingToken)
    {
        try
        {
            await builder.BuildAsync(issuance, stoppingToken);
            return true;
        }
        catch (ProblemException problem) when (problem.Kind != ProblemKind.NotReady)
        {
            var now = time.GetUtcNow();
            await issuances.SetRefusedAsync(
                issuance, problem.Message, messages.OfBatch(issuance, IssuanceState.Refused, issuance.Size, now), now,
                trail.NoteOf(AuditActions.Refused, issuance));
            return false;
        }
    }

    /// <summary>A large batch leaves hundreds of megabytes behind that the collector would hold on to.</summary>
    private static void ReleaseMemory(int size)
    {
        if (size >= LargeBatch) QuietHeap.Release();
    }

    [LoggerMessage(LogLevel.Warning, "Issuance {Number} was refused by the ledger")]
    private partial void LogRefused(Exception exception, long number);

    [LoggerMessage(LogLevel.Warning, "What the database holds that is not finished is not known yet")]
    private partial void LogDoubt(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Issuance {Number} is not on the ledger yet; trying again")]
    private partial void LogWaiting(Exception exception, long number);
}
