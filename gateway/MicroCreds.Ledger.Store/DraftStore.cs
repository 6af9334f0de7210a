using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>What is written before it is published, as often as it changes. Thread-safe.</summary>
public sealed class DraftStore(GatewayStore store)
{
    private const string Columns = "id, kind, content, revision, changed_by, changed_at, image, alternative";

    /// <summary>Keeps a draft anew, or in place of the revision that was read.</summary>
    /// <param name="draft">The draft; its revision is the one that it takes the place of, 0 for none.</param>
    /// <returns>The revision that it has now; null if another was written in between, or it is gone.</returns>
    public Task<long?> SaveAsync(StoredDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return store.Database.WriteAsync<long?>(connection =>
        {
            using var write = connection.Prepare(
                draft.Revision == 0
                    ? """
                    INSERT INTO draft (id, kind, content, revision, changed_by, changed_at, image, alternative)
                      VALUES ($0, $1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
                    """
                    : """
                    UPDATE draft SET content = $2, revision = $3, changed_by = $4, changed_at = $5, image = $6,
                        alternative = $7
                      WHERE id = $0 AND kind = $1 AND revision = $3 - 1
                    """, 8);
            int written = write.With(
                draft.Id, draft.Kind, draft.Content, draft.Revision + 1, draft.ChangedBy,
                draft.ChangedAt.ToUnixTimeMilliseconds(), draft.Image, draft.Alternative).ExecuteNonQuery();
            BadgeStore.Sweep(connection);
            return written > 0 ? draft.Revision + 1 : null;
        });
    }

    /// <summary>Finds a draft of a kind.</summary>
    public StoredDraft? Find(string kind, string id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM draft WHERE id = $0 AND kind = $1", 2).With(id, kind)
            .ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Lists the drafts of a kind, the newest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="before">The id that all are older than; none begins with the newest.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<StoredDraft> List(string kind, string? before, int count)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
                $"SELECT {Columns} FROM draft WHERE kind = $0 AND id < $1 ORDER BY id DESC LIMIT $2", 3)
            .With(kind, before ?? "g", count).ExecuteReader();
        var found = new List<StoredDraft>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Throws a draft away.</summary>
    /// <returns>Whether it was there.</returns>
    public Task<bool> DeleteAsync(string kind, string id) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM draft WHERE id = $0 AND kind = $1", 2);
        bool wasThere = delete.With(id, kind).ExecuteNonQuery() > 0;
        BadgeStore.Sweep(connection);
        return wasThere;
    });

    private static StoredDraft Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        Content = row.GetString(2),
        Revision = row.GetInt32(3),
        ChangedBy = row.GetString(4),
        ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        Image = row.IsDBNull(6) ? null : row.GetString(6),
        Alternative = row.IsDBNull(7) ? null : row.GetString(7),
    };
}

/// <summary>A draft as it is kept.</summary>
public sealed record StoredDraft
{
    /// <summary>A draft of an achievement.</summary>
    public const string OfAchievement = "achievement";

    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>What it is of.</summary>
    public required string Kind { get; init; }

    /// <summary>What is written so far, as JSON.</summary>
    public required string Content { get; init; }

    /// <summary>How often it was written; 0 before it was.</summary>
    public long Revision { get; init; }

    /// <summary>Who wrote it last, as JSON.</summary>
    public required string ChangedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The SHA-256 of its picture in hexadecimal digits; none is without a picture.</summary>
    public string? Image { get; init; }

    /// <summary>What the picture shows, for whoever does not see it.</summary>
    public string? Alternative { get; init; }
}
