using System.Data.Common;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Store;

/// <summary>Webhooks and deliveries as rows of their tables.</summary>
internal static class WebhookRows
{
    public const string Columns =
        """
        id, url, types, description, created_at, secret, old_secret, old_secret_until, state, cause, changed_at,
        failing_since, fault, paused_until, ledger, block, position
        """;

    public const string DeliveryColumns =
        """
        webhook, message, type, payload, created_at, state, attempts, due_at, tried_at, status, fault
        """;

    // The member of a message's data, and of a credential in it, that names the credential by its own identifier.
    private const string Data = "data";
    private const string Credential = "credential";
    private const string Identifier = "id";

    /// <summary>Puts a message into the queue of each webhook that wants it.</summary>
    public static void Announce(DbConnection connection, WebhookMessage? message, DateTimeOffset now)
    {
        if (message is null) return;

        foreach (var webhook in List(connection).Where(one => one.Wants(message.Type)))
            Insert(connection, webhook.Id, message, now);
    }

    /// <summary>Puts a message into a webhook's queue, unless it is or was there.</summary>
    public static void Insert(DbConnection connection, string webhook, WebhookMessage message, DateTimeOffset now)
    {
        using var insert = connection.Prepare(
            """
            INSERT INTO webhook_delivery
              (webhook, message, type, credential, payload, created_at, state, attempts, due_at)
              VALUES ($0, $1, $2, $3, $4, $5, 'waiting', 0, $5) ON CONFLICT (webhook, message) DO NOTHING
            """, 6);

        // It may have been erased since the message was made.
        bool isErased = message.Credential is { } id && !IsKept(connection, id);
        insert.With(
            webhook, message.Id, message.Type, isErased ? null : message.Credential?.ToString(),
            isErased ? WithoutIdentifier(message.Payload) : message.Payload, now.ToUnixTimeMilliseconds())
            .ExecuteNonQuery();
    }

    /// <summary>
    /// Takes an erased credential's identifier out of what is told, or was. Its place on the ledger stays, which
    /// nothing here leads from to a person any more.
    /// </summary>
    public static void Forget(DbConnection connection, Guid credential)
    {
        var found = new List<(string Webhook, string Message, string Payload)>();
        using (var select = connection.Prepare(
            "SELECT webhook, message, payload FROM webhook_delivery WHERE credential = $0", 1))
        {
            using var rows = select.With(credential.ToString()).ExecuteReader();
            while (rows.Read()) found.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        }

        using var update = connection.Prepare(
            "UPDATE webhook_delivery SET credential = NULL, payload = $2 WHERE webhook = $0 AND message = $1", 3);
        foreach (var (webhook, message, payload) in found)
            update.With(webhook, message, WithoutIdentifier(payload)).ExecuteNonQuery();
    }

    public static IReadOnlyList<Webhook> List(DbConnection connection)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM webhook ORDER BY created_at, id", 0);
        return ReadAll(select);
    }

    public static IReadOnlyList<Webhook> ReadAll(DbCommand select)
    {
        using var rows = select.ExecuteReader();
        var found = new List<Webhook>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    public static IReadOnlyList<WebhookDelivery> ReadDeliveries(DbCommand select)
    {
        using var rows = select.ExecuteReader();
        var found = new List<WebhookDelivery>();
        while (rows.Read()) found.Add(MapDelivery(rows));
        return found;
    }

    public static string TypesOf(IReadOnlyList<string> types) => string.Join(' ', types);

    private static bool IsKept(DbConnection connection, Guid credential)
    {
        using var select = connection.Prepare("SELECT 1 FROM credential WHERE id = $0", 1);
        return select.With(credential.ToByteArray(bigEndian: true)).ExecuteScalar() is not null;
    }

    private static string WithoutIdentifier(string payload)
    {
        var message = JsonNode.Parse(payload)!;
        (message[Data]?[Credential] as JsonObject)?.Remove(Identifier);
        return message.ToJsonString();
    }

    private static Webhook Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Url = row.GetString(1),
        Types = row.GetString(2).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Description = TextOf(row, 3),
        CreatedAt = row.MomentAt(4)!.Value,
        Secret = row.GetString(5),
        OldSecret = TextOf(row, 6),
        OldSecretUntil = row.MomentAt(7),
        State = row.GetString(8),
        Cause = TextOf(row, 9),
        ChangedAt = row.MomentAt(10)!.Value,
        FailingSince = row.MomentAt(11),
        Fault = TextOf(row, 12),
        PausedUntil = row.MomentAt(13),
        Told = new LedgerPlace(row.GetString(14), row.GetInt64(15), row.GetInt32(16)),
    };

    private static WebhookDelivery MapDelivery(DbDataReader row) => new()
    {
        Webhook = row.GetString(0),
        Message = row.GetString(1),
        Type = row.GetString(2),
        Payload = row.GetString(3),
        CreatedAt = row.MomentAt(4)!.Value,
        State = row.GetString(5),
        Attempts = row.GetInt32(6),
        DueAt = row.MomentAt(7)!.Value,
        TriedAt = row.MomentAt(8),
        Status = row.IsDBNull(9) ? null : row.GetInt32(9),
        Fault = TextOf(row, 10),
    };

    private static string? TextOf(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
