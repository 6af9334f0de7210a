using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Status changes of many credentials, and how far each is. Thread-safe.</summary>
public sealed class StatusBatches(GatewayStore store)
{
    /// <summary>The most credentials of one.</summary>
    public const int MaxItems = 10_000;

    /// <summary>How long a draft may lie here.</summary>
    public static readonly TimeSpan DraftLifetime = TimeSpan.FromDays(1);

    private const string Columns = "id, state, wanted, reason, actor, created_at, ended_at";

    /// <summary>Keeps a batch and its credentials.</summary>
    public Task AddAsync(StatusBatch batch, IReadOnlyList<StatusBatchItem> items) =>
        store.Database.WriteAsync(connection =>
        {
            Sweep(connection, batch.CreatedAt);
            using var insert = connection.Prepare(
                """
                INSERT INTO status_batch (id, state, wanted, reason, actor, created_at)
                  VALUES ($0, $1, $2, $3, $4, $5)
                """, 6);
            insert.With(
                batch.Id, batch.State, batch.Wanted, batch.Reason, batch.Actor,
                batch.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            using var add = connection.Prepare(
                """
                INSERT INTO status_batch_item (batch, position, root, leaf, state, outcome)
                  VALUES ($0, $1, $2, $3, $4, $5)
                """, 6);
            foreach (var item in items)
                add.With(batch.Id, item.Position, item.Root, item.Leaf, item.State, item.Outcome).ExecuteNonQuery();
        });

    /// <summary>Begins what was a draft; what it is to do is said now.</summary>
    /// <returns>Whether it was a draft.</returns>
    public Task<bool> BeginAsync(string id, string wanted, string? reason, string actor) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE status_batch SET state = 'running', wanted = $1, reason = $2, actor = $3
                  WHERE id = $0 AND state = 'draft'
                """, 4);
            return update.With(id, wanted, reason, actor).ExecuteNonQuery() > 0;
        });

    /// <summary>Finds a batch.</summary>
    public StatusBatch? Find(string id)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM status_batch WHERE id = $0", 1).With(id).ExecuteReader();
        return row.Read() ? Map(row) : null;
    }

    /// <summary>Lists batches that were begun, the newest first.</summary>
    /// <param name="before">The id that all are older than; none begins with the newest.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<StatusBatch> List(string? before, int count)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
                $"SELECT {Columns} FROM status_batch WHERE id < $0 AND state <> 'draft' ORDER BY id DESC LIMIT $1", 2)
            .With(before ?? "g", count).ExecuteReader();
        return ReadAll(rows, Map);
    }

    /// <summary>Lists those that are being done, the oldest first.</summary>
    public IReadOnlyList<StatusBatch> ListRunning()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM status_batch WHERE state = 'running' ORDER BY id", 0).ExecuteReader();
        return ReadAll(rows, Map);
    }

    /// <summary>How many of a batch's credentials are in each state.</summary>
    public IReadOnlyDictionary<string, int> Count(string id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT state, count(*) FROM status_batch_item WHERE batch = $0 GROUP BY state", 1)
            .With(id).ExecuteReader();
        return ReadAll(rows, row => (row.GetString(0), Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture)))
            .ToDictionary(one => one.Item1, one => one.Item2);
    }

    /// <summary>Lists credentials of a batch, in their order.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="state">Those in this state; none lists all.</param>
    /// <param name="after">The position that all come behind.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<StatusBatchItem> ListItems(string id, string? state, int after, int count)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT position, root, leaf, state, outcome FROM status_batch_item
              WHERE batch = $0 AND ($1 = '' OR state = $1) AND position > $2 ORDER BY position LIMIT $3
            """, 4).With(id, state ?? "", after, count).ExecuteReader();
        return ReadAll(rows, row => new StatusBatchItem(
            row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4)));
    }

    /// <summary>Says what became of one of its credentials.</summary>
    public Task SetItemAsync(string id, int position, string state, string? outcome) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE status_batch_item SET state = $2, outcome = $3 WHERE batch = $0 AND position = $1", 4);
            update.With(id, position, state, outcome).ExecuteNonQuery();
        });

    /// <summary>Says that all of a batch was tried.</summary>
    public Task EndAsync(string id, DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            """
            UPDATE status_batch SET state = 'done', ended_at = $1
              WHERE id = $0 AND state = 'running'
                AND NOT EXISTS (SELECT 1 FROM status_batch_item WHERE batch = $0 AND state = 'waiting')
            """, 2);
        update.With(id, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    });

    private static void Sweep(DbConnection connection, DateTimeOffset now)
    {
        long before = (now - DraftLifetime).ToUnixTimeMilliseconds();
        using var items = connection.Prepare(
            """
            DELETE FROM status_batch_item
              WHERE batch IN (SELECT id FROM status_batch WHERE state = 'draft' AND created_at < $0)
            """, 1);
        items.With(before).ExecuteNonQuery();
        using var drafts = connection.Prepare("DELETE FROM status_batch WHERE state = 'draft' AND created_at < $0", 1);
        drafts.With(before).ExecuteNonQuery();
    }

    private static List<T> ReadAll<T>(DbDataReader rows, Func<DbDataReader, T> map)
    {
        var found = new List<T>();
        while (rows.Read()) found.Add(map(rows));
        return found;
    }

    private static StatusBatch Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        State = row.GetString(1),
        Wanted = row.GetString(2),
        Reason = row.IsDBNull(3) ? null : row.GetString(3),
        Actor = row.GetString(4),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        EndedAt = row.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
    };
}
