using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// Tells webhooks what is in their queues, each at its own pace: one that is slow, or does not answer, holds up nobody
/// else. What an attempt came to is noted behind it, so that a crash in between tells it again, by the same identifier.
/// Of several gateways the one does it that leads.
/// </summary>
public sealed partial class WebhookSender(
    WebhookStore webhooks, WebhookDeliveries deliveries, WebhookClient client, WebhookBell bell,
    GatewayServiceOptions options, Leadership leadership, GatewayMetrics metrics, TimeProvider time,
    ILogger<WebhookSender> logger)
    : BackgroundService
{
    /// <summary>How many attempts are under way at a webhook, at most; at one that fails, one.</summary>
    public const int MaxAtATime = 4;

    /// <summary>How soon it is looked for what is due, or came from another gateway.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(5);

    /// <summary>A pause is up to so much shorter or longer, so that not all come back at once.</summary>
    private const double Jitter = 0.2;

    private readonly Dictionary<(string Webhook, string Message), Task> _underWay = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                using var term = CancellationTokenSource.CreateLinkedTokenSource(
                    stoppingToken, await leadership.LeadAsync(stoppingToken));
                await DeliverAsync(term.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Task.WhenAll(_underWay.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _underWay.Clear();
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; what is not noted as delivered is sent at the next start, or by who leads then.
            return;
        }
    }

    private async Task DeliverAsync(CancellationToken term)
    {
        while (true)
        {
            try
            {
                foreach (var done in _underWay.Where(one => one.Value.IsCompleted).ToArray())
                    _underWay.Remove(done.Key);
                foreach (var webhook in webhooks.List())
                    Begin(webhook, term);
                await bell.WaitAsync(LookPause, term);
            }
            catch (Exception exception) when (!term.IsCancellationRequested)
            {
                LogFailed(exception);
                await Task.Delay(FaultPause, time, term);
            }
        }
    }

    private void Begin(Webhook webhook, CancellationToken term)
    {
        var now = time.GetUtcNow();
        if (webhook.State != WebhookState.Active || webhook.PausedUntil > now) return;

        int busy = _underWay.Keys.Count(one => one.Webhook == webhook.Id);
        int free = (webhook.FailingSince is null ? MaxAtATime : 1) - busy;
        if (free <= 0) return;

        foreach (var delivery in deliveries.ListDue(webhook.Id, now, busy + free)
            .Where(one => !_underWay.ContainsKey((one.Webhook, one.Message))).Take(free))
            _underWay[(webhook.Id, delivery.Message)] = Task.Run(() => DeliverAsync(webhook, delivery, term), term);
    }

    private async Task DeliverAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken term)
    {
        try
        {
            var answer = await client.SendAsync(webhook, delivery, term);
            var attempt = Judge(webhook, delivery, answer);
            metrics.Told(attempt.Fault is null);
            if (await deliveries.NoteAsync(attempt)) LogDisabled(webhook.Id, attempt.Ends!, attempt.Fault!);
        }
        catch (Exception exception) when (!term.IsCancellationRequested)
        {
            // It is sent again, since nobody knows better; not at once, or a full disk would make it a flood.
            LogFailed(exception);
            await Task.Delay(FaultPause, time, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            bell.Ring();
        }
    }

    private DeliveryAttempt Judge(Webhook webhook, WebhookDelivery delivery, WebhookReply answer)
    {
        var now = time.GetUtcNow();
        var attempt = new DeliveryAttempt
        {
            Webhook = webhook.Id,
            Message = delivery.Message,
            At = now,
            Status = answer.Status,
            Fault = answer.Fault,
        };
        if (answer.Fault is null) return attempt;

        bool isGone = answer.Status == StatusCodes.Status410Gone;
        bool isOver = now - (webhook.FailingSince ?? now) >= options.Webhooks.DisableAfter;
        var pause = PauseAfter(delivery.Attempts);
        return attempt with
        {
            Again = isGone || pause is null ? null : now + Longer(pause.Value, answer.RetryAfter),
            PausedUntil = answer.RetryAfter is { } asked ? now + asked : null,
            Ends = isGone ? WebhookCause.Gone : isOver ? WebhookCause.Failing : null,
        };
    }

    /// <summary>How long it is waited after so many attempts before this one; none if it was the last.</summary>
    private TimeSpan? PauseAfter(int attemptsBefore) => attemptsBefore < options.Webhooks.Retries.Count
        ? options.Webhooks.Retries[attemptsBefore] * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()))
        : null;

    private static TimeSpan Longer(TimeSpan pause, TimeSpan? asked) => asked > pause ? asked.Value : pause;

    [LoggerMessage(LogLevel.Error, "What webhooks are to be told, or were, could not be read or noted; trying again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Webhook {Webhook} was disabled ({Cause}); its last attempt failed: {Fault}")]
    private partial void LogDisabled(string webhook, string cause, string fault);
}
