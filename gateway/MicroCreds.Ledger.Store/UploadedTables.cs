using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Tables that somebody has sent and looks at before they are issued. They are personal: what was issued, and what lay
/// here for a day, goes for good. Thread-safe.
/// </summary>
public sealed class UploadedTables(GatewayStore store)
{
    /// <summary>How long a table may lie here.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>The most tables that lie here at a time; the oldest make way.</summary>
    public const int MaxTables = 100;

    /// <summary>Keeps a table.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The file.</param>
    /// <param name="now">When.</param>
    /// <param name="noted">What is written in the transaction in which others made way, of which it gets the number.
    /// </param>
    /// <returns>What it is known by, which nobody guesses.</returns>
    public async Task<string> AddAsync(
        string name, byte[] content, DateTimeOffset now, Action<DbConnection, int>? noted = null)
    {
        string id = Guid.NewGuid().ToString("N");
        await store.Database.WriteAsync(connection =>
        {
            Sweep(connection, now, noted);
            using var insert = connection.Prepare(
                "INSERT INTO uploaded_table (id, name, content, created_at) VALUES ($0, $1, $2, $3)", 4);
            insert.With(id, name, content, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });
        store.NoteDeletion();
        return id;
    }

    /// <summary>Finds a table.</summary>
    public StoredTable? Find(string id, DateTimeOffset now)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
                "SELECT name, content, batch, mended FROM uploaded_table WHERE id = $0 AND created_at > $1", 2)
            .With(id, (now - Lifetime).ToUnixTimeMilliseconds()).ExecuteReader();
        return rows.Read()
            ? new StoredTable(
                rows.GetString(0), rows.GetFieldValue<byte[]>(1),
                rows.IsDBNull(2) ? null : AddressOf(rows.GetString(2)), rows.IsDBNull(3) ? null : rows.GetString(3))
            : null;

        // An earlier version kept the id of a batch alone.
        static string AddressOf(string became) => became.Contains('/', StringComparison.Ordinal)
            ? became : "batches/" + became;
    }

    /// <summary>Says what a table has become; what was in it goes.</summary>
    /// <param name="id">The table.</param>
    /// <param name="became">The kind and id of the batch, or of the request that waits.</param>
    public async Task SetBecameAsync(string id, string became)
    {
        await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE uploaded_table SET batch = $1, name = '', content = $2, mended = NULL WHERE id = $0", 3);
            update.With(id, became, Array.Empty<byte>()).ExecuteNonQuery();
        });
        store.NoteDeletion();
    }

    /// <summary>Keeps what somebody has mended of a table, beside it.</summary>
    public async Task SetMendedAsync(string id, string mended)
    {
        await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE uploaded_table SET mended = $1 WHERE id = $0 AND batch IS NULL", 2);
            update.With(id, mended).ExecuteNonQuery();
        });
        store.NoteDeletion();
    }

    /// <summary>Forgets a table.</summary>
    public async Task DeleteAsync(string id)
    {
        await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM uploaded_table WHERE id = $0", 1);
            delete.With(id).ExecuteNonQuery();
        });
        store.NoteDeletion();
    }

    /// <summary>Forgets what has lain here too long.</summary>
    /// <param name="now">When.</param>
    /// <param name="noted">What is written in the same transaction, of which it gets the number of tables that went.
    /// </param>
    public async Task SweepAsync(DateTimeOffset now, Action<DbConnection, int>? noted = null)
    {
        int gone = await store.Database.WriteAsync(connection => Sweep(connection, now, noted));
        if (gone > 0) store.NoteDeletion();
    }

    private static int Sweep(DbConnection connection, DateTimeOffset now, Action<DbConnection, int>? noted)
    {
        using var old = connection.Prepare("DELETE FROM uploaded_table WHERE created_at <= $0", 1);
        int gone = old.With((now - Lifetime).ToUnixTimeMilliseconds()).ExecuteNonQuery();
        using var many = connection.Prepare(
            $"""
            DELETE FROM uploaded_table WHERE id IN (
              SELECT id FROM uploaded_table ORDER BY created_at DESC LIMIT 1000 OFFSET {MaxTables - 1})
            """, 0);
        gone += many.ExecuteNonQuery();
        if (gone > 0) noted?.Invoke(connection, gone);
        return gone;
    }
}

/// <summary>A table that was sent.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Content">The file; empty once it was issued.</param>
/// <param name="Became">What it has become.</param>
/// <param name="Mended">What somebody has mended of it, as JSON.</param>
public sealed record StoredTable(string Name, byte[] Content, string? Became, string? Mended);
