using System.Text;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Finds, after a start, what the institution issued and this gateway's store does not have, as after an older copy was
/// restored. Status lists that others' positions may be taken from are left alone from then on. Thread-safe.
/// </summary>
public sealed partial class MissingIssuances(
    LedgerProjection projection, ProjectedRecords records, GatewayStore store, StatusLists statusLists,
    FirstCatchUp catchUp, GatewayServiceOptions options, ILogger<MissingIssuances> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _count;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>Waits until it was looked.</summary>
    /// <returns>Whether it was: not if the service stops.</returns>
    public async Task<bool> IsKnownAsync(CancellationToken cancellationToken)
    {
        await _known.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _known.Task.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await catchUp.Done.WaitAsync(stoppingToken);
            await Task.Yield();
            while (!await TryFindAsync(stoppingToken)) await Task.Delay(RetryPause, stoppingToken);
            _known.SetResult();
        }
        catch (OperationCanceledException)
        {
            // The service stops.
            _known.TrySetCanceled(CancellationToken.None);
            return;
        }

        if (_count > 0)
            LogMissing(_count);
    }

    /// <summary>Looks. Nothing is released before it has been looked to the end: a store that is away is waited for.
    /// </summary>
    private async Task<bool> TryFindAsync(CancellationToken stoppingToken)
    {
        try
        {
            int count = 0;
            var lists = new HashSet<string>(StringComparer.Ordinal);
            foreach (string root in ListMissing())
            {
                stoppingToken.ThrowIfCancellationRequested();
                if (records.FindIssuance(options.MspId, root)?.Record.Statement.StatusList is { } list
                    && lists.Add(list))
                    await statusLists.AbandonAsync(list);
                _count = ++count;
            }

            _count = count;
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotFound(exception);
            return false;
        }
    }

    /// <summary>Walks the roots on the ledger and those in the store side by side, both in order.</summary>
    private IEnumerable<string> ListMissing()
    {
        var (start, end) = CompositeKey.Range(RecordKey.IssuanceType, options.MspId);
        using var mirror = projection.Database.Read();
        using var anchored = mirror.Prepare("SELECT key FROM record WHERE key > $0 AND key < $1 ORDER BY key", 2)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        if (!anchored.Read())
            yield break;

        // The store is read second: what is on the ledger was in the store before.
        using var own = store.Database.Read();
        using var stored = own.Prepare("SELECT root FROM issuance WHERE root IS NOT NULL ORDER BY root", 0)
            .ExecuteReader();
        string? next = stored.Read() ? stored.GetString(0) : null;
        do
        {
            string root = CompositeKey.Split(Encoding.UTF8.GetString(anchored.GetFieldValue<byte[]>(0))).Attributes[1];
            while (next is not null && string.CompareOrdinal(next, root) < 0)
                next = stored.Read() ? stored.GetString(0) : null;
            if (next != root)
                yield return root;
        }
        while (anchored.Read());
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Count} issuances of this institution are on the ledger and not in this store: was an older copy restored?")]
    private partial void LogMissing(int count);

    [LoggerMessage(LogLevel.Warning, "What the store lacks of the ledger could not be looked for; trying again")]
    private partial void LogNotFound(Exception exception);
}
