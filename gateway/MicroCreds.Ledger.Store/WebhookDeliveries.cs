using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// The queue of what webhooks are to be told, and what became of it. Of the ledger, what is told and how far it was
/// read are written together, so that nothing is left out nor put in twice, whatever breaks. Thread-safe.
/// </summary>
public sealed class WebhookDeliveries(GatewayStore store)
{
    private readonly Database _database = store.Database;

    /// <summary>Puts in what was found on the ledger, and how far it was read.</summary>
    /// <returns>How many deliveries there are to be made.</returns>
    public Task<int> AddAsync(IReadOnlyList<WebhookProgress> progress, DateTimeOffset now) =>
        _database.WriteAsync(connection =>
        {
            int count = 0;
            foreach (var (webhook, from, to, messages) in progress)
            {
                // Whoever led before, or does by now, may have been here.
                using var move = connection.Prepare(
                    """
                    UPDATE webhook SET ledger = $4, block = $5, position = $6
                      WHERE id = $0 AND ledger = $1 AND block = $2 AND position = $3
                    """, 7);
                move.With(webhook, from.Ledger, from.Block, from.Position, to.Ledger, to.Block, to.Position);
                if (move.ExecuteNonQuery() == 0) continue;

                foreach (var message in messages) WebhookRows.Insert(connection, webhook, message, now);
                count += messages.Count;
            }

            return count;
        });

    /// <summary>Puts in a message for one webhook.</summary>
    public Task AddAsync(string webhook, WebhookMessage message, DateTimeOffset now) =>
        _database.WriteAsync(connection => WebhookRows.Insert(connection, webhook, message, now));

    /// <summary>Lists what a webhook is to be told by now, what is due longest first.</summary>
    public IReadOnlyList<WebhookDelivery> ListDue(string webhook, DateTimeOffset now, int count)
    {
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"""
            SELECT {WebhookRows.DeliveryColumns} FROM webhook_delivery
              WHERE webhook = $0 AND state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $2
            """, 3);
        return WebhookRows.ReadDeliveries(select.With(webhook, now.ToUnixTimeMilliseconds(), (long)count));
    }

    /// <summary>Notes what became of an attempt, for the delivery and for the webhook.</summary>
    /// <returns>Whether the webhook was disabled by it.</returns>
    public Task<bool> NoteAsync(DeliveryAttempt attempt) => _database.WriteAsync(connection =>
    {
        ArgumentNullException.ThrowIfNull(attempt);
        long at = attempt.At.ToUnixTimeMilliseconds();
        string state = attempt.Fault is null ? DeliveryState.Delivered
            : attempt.Again is null ? DeliveryState.Failed : DeliveryState.Waiting;
        using var note = connection.Prepare(
            """
            UPDATE webhook_delivery SET state = $2, attempts = attempts + 1, due_at = $3, tried_at = $4, status = $5,
              fault = $6 WHERE webhook = $0 AND message = $1
            """, 7);
        note.With(
            attempt.Webhook, attempt.Message, state, (attempt.Again ?? attempt.At).ToUnixTimeMilliseconds(), at,
            attempt.Status, attempt.Fault).ExecuteNonQuery();
        using var webhook = connection.Prepare(
            attempt.Fault is null
                ? """
                UPDATE webhook SET failing_since = NULL, fault = NULL, paused_until = NULL
                  WHERE id = $0 AND (failing_since IS NOT NULL OR paused_until IS NOT NULL)
                """
                : """
                UPDATE webhook SET failing_since = coalesce(failing_since, $1), fault = $2, paused_until = $3
                  WHERE id = $0
                """, attempt.Fault is null ? 1 : 4);
        webhook.With(
            attempt.Fault is null
                ? [attempt.Webhook]
                : [attempt.Webhook, at, attempt.Fault, attempt.PausedUntil?.ToUnixTimeMilliseconds()])
            .ExecuteNonQuery();
        return attempt.Ends is { } cause && WebhookStore.Disable(connection, attempt.Webhook, cause, attempt.At);
    });

    /// <summary>Lists a webhook's deliveries, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">The last one of the page before.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<WebhookDelivery> List(
        DeliveryFilter filter, (DateTimeOffset CreatedAt, string Message)? before, int count)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"""
            SELECT {WebhookRows.DeliveryColumns} FROM webhook_delivery
              WHERE webhook = $0 AND ($1 = '' OR state = $1) AND ($2 = '' OR type = $2)
                AND (created_at < $3 OR (created_at = $3 AND message < $4))
              ORDER BY created_at DESC, message DESC LIMIT $5
            """, 6);
        return WebhookRows.ReadDeliveries(select.With(
            filter.Webhook, filter.State ?? "", filter.Type ?? "",
            before?.CreatedAt.ToUnixTimeMilliseconds() ?? long.MaxValue, before?.Message ?? "", (long)count));
    }

    /// <summary>Finds a delivery.</summary>
    public WebhookDelivery? Find(string webhook, string message)
    {
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_delivery WHERE webhook = $0 AND message = $1", 2);
        return WebhookRows.ReadDeliveries(select.With(webhook, message)) is [var found] ? found : null;
    }

    /// <summary>Has a message sent once more, now, whatever became of it.</summary>
    /// <returns>Whether it is there.</returns>
    public Task<bool> RepeatAsync(string webhook, string message, DateTimeOffset now) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = $2
                  WHERE webhook = $0 AND message = $1
                """, 3);
            return update.With(webhook, message, now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });

    /// <summary>Has all sent once more, now, that failed and was put in since a moment.</summary>
    /// <returns>How many.</returns>
    public Task<int> RepeatFailedAsync(string webhook, DateTimeOffset since, DateTimeOffset now) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = $2
                  WHERE webhook = $0 AND state = 'failed' AND created_at >= $1
                """, 3);
            return update.With(webhook, since.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds())
                .ExecuteNonQuery();
        });

    /// <summary>
    /// Drops what was put in before a moment, unless it waits for an attempt: that ends by itself. What waits for a
    /// webhook that is disabled is dropped, too.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> PruneAsync(DateTimeOffset before, Action<DbConnection, int>? noted = null)
    {
        int count = await _database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare(
                """
                DELETE FROM webhook_delivery WHERE created_at < $0
                  AND (state <> 'waiting' OR webhook IN (SELECT id FROM webhook WHERE state = 'disabled'))
                """, 1);
            int gone = delete.With(before.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            if (gone > 0) noted?.Invoke(connection, gone);
            return gone;
        });
        if (count > 0) store.NoteDeletion();
        return count;
    }

    /// <summary>Counts what waits for webhooks that are told, and tells since when the oldest of it does.</summary>
    public WebhookBacklog ReadBacklog()
    {
        using var reader = _database.Read();
        using var row = reader.Prepare(
            """
            SELECT count(*), min(created_at) FROM webhook_delivery
              WHERE state = 'waiting' AND webhook IN (SELECT id FROM webhook WHERE state = 'active')
            """, 0).ExecuteReader();
        row.Read();
        return new WebhookBacklog(
            Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture),
            row.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)));
    }
}

/// <summary>What was found on the ledger for a webhook.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="From">How far it had been told.</param>
/// <param name="To">How far it is told with this.</param>
/// <param name="Messages">What it is to be told.</param>
public sealed record WebhookProgress(
    string Webhook, LedgerPlace From, LedgerPlace To, IReadOnlyList<WebhookMessage> Messages);

/// <summary>Which deliveries are meant.</summary>
/// <param name="Webhook">Whose.</param>
/// <param name="State">In which state. Default is any.</param>
/// <param name="Type">Of which type. Default is any.</param>
public sealed record DeliveryFilter(string Webhook, string? State = null, string? Type = null);

/// <summary>What waits.</summary>
/// <param name="Count">How much.</param>
/// <param name="Oldest">Since when the oldest does.</param>
public sealed record WebhookBacklog(long Count, DateTimeOffset? Oldest);

/// <summary>What became of an attempt to deliver.</summary>
public sealed record DeliveryAttempt
{
    /// <summary>The webhook.</summary>
    public required string Webhook { get; init; }

    /// <summary>The message.</summary>
    public required string Message { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the webhook answered; none if it did not.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; none if it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>When it is tried again; none if it is not.</summary>
    public DateTimeOffset? Again { get; init; }

    /// <summary>Until when the webhook asked to be left in peace.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Why the webhook is disabled by it, one of <see cref="WebhookCause"/>; none if it is not.</summary>
    public string? Ends { get; init; }
}
