using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>What simulators put down for later (xAPI's state and profiles): small, and few. Thread-safe.</summary>
public sealed class XapiDocuments(GatewayStore store)
{
    /// <summary>The most documents of one practice, or of a simulator without one.</summary>
    public const int MaxOfOwner = 400;

    /// <summary>Finds a document.</summary>
    public XapiDocument? Find(byte[] scope, string name)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT name, media_type, updated_at, content FROM xapi_document WHERE scope = $0 AND name = $1", 2)
            .With(scope, name).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Lists the names of what was changed in a scope since a moment.</summary>
    public IReadOnlyList<string> List(byte[] scope, DateTimeOffset? since)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT name FROM xapi_document WHERE scope = $0 AND updated_at > $1 ORDER BY name", 2)
            .With(scope, (since ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds()).ExecuteReader();
        var found = new List<string>();
        while (rows.Read()) found.Add(rows.GetString(0));
        return found;
    }

    /// <summary>Writes a document.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="scope">What it belongs to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Makes the new one out of the one before; null leaves all as it is.</param>
    /// <returns>Whether it is written: not if nothing is to change, or there are too many.</returns>
    public Task<bool> WriteAsync(
        DocumentOwner owner, byte[] scope, string name, Func<XapiDocument?, XapiDocument?> change)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(change);
        return store.Database.WriteAsync(connection =>
        {
            var before = Find(connection, scope, name);
            if (change(before) is not { } after) return false;
            if (before is null && CountOf(connection, owner) >= MaxOfOwner) return false;
            using var write = connection.Prepare(
                """
                INSERT INTO xapi_document (scope, name, simulator, practice, media_type, updated_at, content)
                  VALUES ($0, $1, $2, $3, $4, $5, $6) ON CONFLICT (scope, name) DO UPDATE SET
                  media_type = excluded.media_type, updated_at = excluded.updated_at, content = excluded.content
                """, 7);
            write.With(
                scope, name, owner.Simulator, owner.Practice?.ToByteArray(bigEndian: true), after.MediaType,
                after.UpdatedAt.ToUnixTimeMilliseconds(), after.Content).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Forgets a document, or all of a scope.</summary>
    public Task DeleteAsync(byte[] scope, string? name) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare(
            name is null ? "DELETE FROM xapi_document WHERE scope = $0"
                : "DELETE FROM xapi_document WHERE scope = $0 AND name = $1", name is null ? 1 : 2);
        (name is null ? delete.With(scope) : delete.With(scope, name)).ExecuteNonQuery();
    });

    private static XapiDocument? Find(DbConnection connection, byte[] scope, string name)
    {
        using var select = connection.Prepare(
            "SELECT name, media_type, updated_at, content FROM xapi_document WHERE scope = $0 AND name = $1", 2);
        using var rows = select.With(scope, name).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    private static long CountOf(DbConnection connection, DocumentOwner owner)
    {
        using var count = connection.Prepare(
            owner.Practice is null
                ? "SELECT count(*) FROM xapi_document WHERE simulator = $0 AND practice IS NULL"
                : "SELECT count(*) FROM xapi_document WHERE practice = $0", 1);
        object of = owner.Practice is { } practice ? practice.ToByteArray(bigEndian: true) : owner.Simulator;
        return (long)count.With(of).ExecuteScalar()!;
    }

    private static XapiDocument Map(DbDataReader rows) =>
        new(rows.GetString(0), rows.GetString(1), rows.MomentAt(2)!.Value, rows.GetFieldValue<byte[]>(3));
}

/// <summary>Whose a document is.</summary>
/// <param name="Simulator">The simulator.</param>
/// <param name="Practice">The practice that it goes with; none of a simulator that is only tried.</param>
public sealed record DocumentOwner(string Simulator, Guid? Practice);

/// <summary>A document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="UpdatedAt">When it was written.</param>
/// <param name="Content">Its content.</param>
public sealed record XapiDocument(string Name, string MediaType, DateTimeOffset UpdatedAt, byte[] Content);
