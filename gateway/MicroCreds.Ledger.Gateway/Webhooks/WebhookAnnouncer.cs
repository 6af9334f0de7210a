using System.Text.Json;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// Reads what happens on the ledger and puts what webhooks are to be told of it into their queues. How far each has
/// been told is kept in the store beside its queue: a mirror that grows anew tells nothing again, and a crash loses
/// nothing. Of several gateways the one does it that leads.
/// </summary>
public sealed partial class WebhookAnnouncer(
    WebhookStore webhooks, WebhookDeliveries deliveries, WebhookMessages messages, WebhookBell bell,
    ProjectedRecords records, LedgerProjection projection, LedgerIdentity identity, Leadership leadership,
    TimeProvider time, ILogger<WebhookAnnouncer> logger)
    : BackgroundService
{
    /// <summary>The most happenings that are read at once.</summary>
    private const int Chunk = 200;

    /// <summary>How soon a webhook that is new here, or came from another gateway, is looked at.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>How soon it is looked whether the store knows of an issuance that the ledger has.</summary>
    private static readonly TimeSpan EarlyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long it may take the store to know of it, until it is told of all the same.</summary>
    private static readonly TimeSpan EarlyPatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(5);

    private (long Block, int Position, long Since) _early = (-1, -1, 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                using var term = CancellationTokenSource.CreateLinkedTokenSource(
                    stoppingToken, await leadership.LeadAsync(stoppingToken));
                await AnnounceAsync(term.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; who leads next goes on where the store says.
            return;
        }
    }

    private async Task AnnounceAsync(CancellationToken term)
    {
        while (true)
        {
            ulong next = projection.NextBlock;
            try
            {
                var reached = await StepAsync();
                if (reached == Reach.More) continue;
                if (reached == Reach.Early)
                    await Task.Delay(EarlyPause, time, term);
                else
                    await WaitAsync(next, term);
            }
            catch (Exception exception) when (!term.IsCancellationRequested)
            {
                LogFailed(exception);
                await Task.Delay(FaultPause, time, term);
            }
        }
    }

    /// <summary>Waits until something may have happened; also a webhook may have come.</summary>
    private async Task WaitAsync(ulong next, CancellationToken term)
    {
        using var pause = new CancellationTokenSource(LookPause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(term, pause.Token);
        await projection.WaitForAsync(next, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        term.ThrowIfCancellationRequested();
    }

    private async Task<Reach> StepAsync()
    {
        if (!identity.IsConfirmed || projection.Head is not { } head) return Reach.End;

        string ledger = identity.Name;
        var progress = new List<WebhookProgress>();
        var reach = Reach.End;
        foreach (var alike in webhooks.List().GroupBy(one => one.Told))
        {
            var from = alike.Key;
            if (from.Ledger != ledger)
            {
                // The store was moved to another ledger: what happened there before is no news.
                var start = new LedgerPlace(ledger, (long)head.Block, int.MaxValue);
                progress.AddRange(alike.Select(one => new WebhookProgress(one.Id, from, start, [])));
                LogOtherLedger(ledger);
                continue;
            }

            Webhook[] active = [.. alike.Where(one => one.State == WebhookState.Active)];
            if (active.Length == 0) continue;
            var (found, to, reached) = ReadOn(from);
            reach = reached == Reach.End ? reach : reached;
            if (to == from) continue;
            progress.AddRange(active.Select(one => new WebhookProgress(
                one.Id, from, to, [.. found.Where(message => one.Wants(message.Type))])));
        }

        if (progress.Count > 0 && await deliveries.AddAsync(progress, time.GetUtcNow()) > 0) bell.Ring();
        return reach;
    }

    private (List<WebhookMessage> Found, LedgerPlace To, Reach Reached) ReadOn(LedgerPlace from)
    {
        var found = new List<WebhookMessage>();
        var to = from;
        var happenings = records.ListEvents(from.Block, from.Position, Chunk);
        foreach (var happened in happenings)
        {
            try
            {
                if (messages.IsEarly(happened) && !IsLate(happened)) return (found, to, Reach.Early);
                found.AddRange(messages.Of(happened, from.Ledger));
            }
            catch (JsonException exception)
            {
                // A newer contract wrote it: whoever is told asks this gateway, which could not tell more.
                LogUnreadable(exception, happened.Name, happened.Block);
            }

            to = to with { Block = happened.Block, Position = happened.Position };

            // One issuance may be of a hundred credentials, each told of by itself.
            if (found.Count >= Chunk) return (found, to, Reach.More);
        }

        return (found, to, happenings.Count == Chunk ? Reach.More : Reach.End);
    }

    private bool IsLate(ProjectedEvent happened)
    {
        if ((_early.Block, _early.Position) != (happened.Block, happened.Position))
            _early = (happened.Block, happened.Position, time.GetTimestamp());
        return time.GetElapsedTime(_early.Since) > EarlyPatience;
    }

    /// <summary>How far it was read.</summary>
    private enum Reach
    {
        /// <summary>To the end of what is known.</summary>
        End,

        /// <summary>There is more.</summary>
        More,

        /// <summary>To an issuance of which the store does not know yet that the ledger has it.</summary>
        Early,
    }

    [LoggerMessage(LogLevel.Error, "What webhooks are to be told could not be put into their queues; trying again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Webhooks were told of another ledger, and are told of {Ledger} from now on")]
    private partial void LogOtherLedger(string ledger);

    [LoggerMessage(LogLevel.Warning, "Webhooks are not told of {Name} in block {Block}, which cannot be read here")]
    private partial void LogUnreadable(Exception exception, string name, long block);
}
