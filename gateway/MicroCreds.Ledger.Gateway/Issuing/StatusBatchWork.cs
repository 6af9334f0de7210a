using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Suspends, reinstates or revokes many credentials, one transaction each, in the background. What breaks off goes on:
/// a credential that is as wanted already is left as it is. Of several gateways the one does it that leads.
/// Thread-safe.
/// </summary>
public sealed partial class StatusBatchWork(
    StatusBatches batches, StatusChanges changes, Leadership leadership, AuditTrail trail,
    GatewayServiceOptions options, TimeProvider time, ILogger<StatusBatchWork> logger)
    : BackgroundService
{
    /// <summary>How many are changed at a time: enough to fill a block, and little beside what is issued.</summary>
    private const int AtATime = 8;

    private const int ReadAtATime = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What the audit log calls a change to a state.</summary>
    public static string ActionOf(string state) => state switch
    {
        CredentialState.Revoked => "credential.revoke",
        CredentialState.Suspended => "credential.suspend",
        _ => "credential.reinstate",
    };

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leadership.WhileLeadingAsync(LeadAsync, stoppingToken);

    private async Task LeadAsync(CancellationToken term)
    {
        while (!term.IsCancellationRequested)
        {
            try
            {
                foreach (var batch in batches.ListRunning())
                    await AdvanceAsync(batch, term);
            }
            catch (Exception exception) when (!term.IsCancellationRequested)
            {
                // The ledger or the store is out of reach for a while.
                LogWaits(exception);
            }

            await Task.Delay(Pause, time, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AdvanceAsync(StatusBatch batch, CancellationToken term)
    {
        var caller = JsonSerializer.Deserialize<Caller>(batch.Actor, LedgerJson.Options)!;
        while (batches.ListItems(batch.Id, StatusItemState.Waiting, after: 0, ReadAtATime) is { Count: > 0 } items)
        {
            await Parallel.ForEachAsync(
                items, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = term },
                async (item, cancellation) => await ChangeAsync(batch, item, caller, cancellation));
        }

        await batches.EndAsync(batch.Id, time.GetUtcNow());
    }

    private async Task ChangeAsync(
        StatusBatch batch, StatusBatchItem item, Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            await trail.NoteAsync(
                origin: null, caller, ActionOf(batch.Wanted), (AuditedRoutes.Credential, $"{item.Root}.{item.Leaf}"),
                () => changes.ChangeAsync(
                    options.MspId, item.Root, item.Leaf, batch.Wanted, batch.Reason, replacedBy: null, caller,
                    cancellationToken));
            await batches.SetItemAsync(batch.Id, item.Position, StatusItemState.Done, outcome: null);
        }
        catch (Exception exception) when (ProblemTranslation.IsFinal(exception))
        {
            await batches.SetItemAsync(
                batch.Id, item.Position, StatusItemState.Failed, ProblemTranslation.Translate(exception).Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Status changes of many credentials wait, and go on by themselves")]
    private partial void LogWaits(Exception exception);
}
