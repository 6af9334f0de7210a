using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>The webhooks: who is told what happens. Thread-safe.</summary>
public sealed class WebhookStore(GatewayStore store)
{
    private readonly Database _database = store.Database;

    /// <summary>Adds a webhook, unless there are as many as there may be.</summary>
    /// <returns>Whether it was added.</returns>
    public Task<bool> AddAsync(Webhook webhook, int most) => _database.WriteAsync(connection =>
    {
        ArgumentNullException.ThrowIfNull(webhook);
        using var count = connection.Prepare("SELECT count(*) FROM webhook", 0);
        if ((long)count.ExecuteScalar()! >= most) return false;

        using var insert = connection.Prepare(
            """
            INSERT INTO webhook
              (id, url, types, description, created_at, secret, state, changed_at, ledger, block, position)
              VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, 11);
        insert.With(
            webhook.Id, webhook.Url, WebhookRows.TypesOf(webhook.Types), webhook.Description,
            webhook.CreatedAt.ToUnixTimeMilliseconds(), webhook.Secret, webhook.State,
            webhook.ChangedAt.ToUnixTimeMilliseconds(), webhook.Told.Ledger, webhook.Told.Block,
            webhook.Told.Position).ExecuteNonQuery();
        return true;
    });

    /// <summary>Lists all, oldest first.</summary>
    public IReadOnlyList<Webhook> List()
    {
        using var reader = _database.Read();
        return WebhookRows.ReadAll(
            reader.Prepare($"SELECT {WebhookRows.Columns} FROM webhook ORDER BY created_at, id", 0));
    }

    /// <summary>Finds a webhook by its name in addresses.</summary>
    public Webhook? Find(string id)
    {
        using var reader = _database.Read();
        return WebhookRows.ReadAll(
            reader.Prepare($"SELECT {WebhookRows.Columns} FROM webhook WHERE id = $0", 1).With(id)) is [var found]
            ? found
            : null;
    }

    /// <summary>Changes where a webhook is told, and what.</summary>
    /// <returns>Whether it is there.</returns>
    public Task<bool> ChangeAsync(string id, string url, IReadOnlyList<string> types, string? description) =>
        UpdateAsync("url = $1, types = $2, description = $3", id, url, WebhookRows.TypesOf(types), description);

    /// <summary>Changes what is signed with.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="secret">What is signed with from now on.</param>
    /// <param name="before">What is signed with, too, for a while; none if the one before ends at once.</param>
    /// <param name="until">Until when.</param>
    /// <returns>Whether it is there.</returns>
    public Task<bool> SetSecretAsync(string id, string secret, string? before, DateTimeOffset until) =>
        UpdateAsync(
            "secret = $1, old_secret = $2, old_secret_until = $3", id, secret, before,
            before is null ? null : until.ToUnixTimeMilliseconds());

    /// <summary>Has a webhook told again.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="now">The moment.</param>
    /// <param name="from">
    /// From where in the ledger on, and nothing of what waits; none if it goes on where it stopped.
    /// </param>
    /// <returns>Whether it is there.</returns>
    public Task<bool> ActivateAsync(string id, DateTimeOffset now, LedgerPlace? from) =>
        _database.WriteAsync(connection =>
        {
            bool isThere = Update(
                connection,
                "state = 'active', cause = NULL, changed_at = $1, failing_since = NULL, fault = NULL, "
                + "paused_until = NULL", id, now.ToUnixTimeMilliseconds());
            if (from is null || !isThere) return isThere;

            Update(connection, "ledger = $1, block = $2, position = $3", id, from.Ledger, from.Block, from.Position);
            using var drop = connection.Prepare(
                "DELETE FROM webhook_delivery WHERE webhook = $0 AND state = 'waiting'", 1);
            drop.With(id).ExecuteNonQuery();
            return true;
        });

    /// <summary>Has a webhook told no more. What it should be told is kept.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="cause">One of <see cref="WebhookCause"/>.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Whether it is there; one that is disabled already keeps its cause.</returns>
    public Task<bool> DisableAsync(string id, string cause, DateTimeOffset now) => _database.WriteAsync(connection =>
    {
        Disable(connection, id, cause, now);
        using var select = connection.Prepare("SELECT 1 FROM webhook WHERE id = $0", 1);
        return select.With(id).ExecuteScalar() is not null;
    });

    /// <summary>Removes a webhook with all that it was told, or is still to be told.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(string id)
    {
        bool isRemoved = await _database.WriteAsync(connection =>
        {
            using var deliveries = connection.Prepare("DELETE FROM webhook_delivery WHERE webhook = $0", 1);
            deliveries.With(id).ExecuteNonQuery();
            using var delete = connection.Prepare("DELETE FROM webhook WHERE id = $0", 1);
            return delete.With(id).ExecuteNonQuery() > 0;
        });
        if (isRemoved) store.NoteDeletion();
        return isRemoved;
    }

    internal static bool Disable(DbConnection connection, string id, string cause, DateTimeOffset now)
    {
        using var update = connection.Prepare(
            "UPDATE webhook SET state = 'disabled', cause = $1, changed_at = $2 WHERE id = $0 AND state = 'active'", 3);
        return update.With(id, cause, now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
    }

    private Task<bool> UpdateAsync(string changes, params object?[] values) =>
        _database.WriteAsync(connection => Update(connection, changes, values));

    private static bool Update(DbConnection connection, string changes, params ReadOnlySpan<object?> values)
    {
        using var update = connection.Prepare($"UPDATE webhook SET {changes} WHERE id = $0", values.Length);
        return update.With(values).ExecuteNonQuery() > 0;
    }
}
