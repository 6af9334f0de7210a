using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Pictures of achievements, each under its digest, and which version of an achievement shows which. A picture that
/// neither a version nor a draft shows any more goes. Thread-safe.
/// </summary>
public sealed class BadgeStore(GatewayStore store)
{
    /// <summary>Keeps a picture for a draft; it is there until the draft shows another, or goes.</summary>
    /// <returns>The draft's new revision; null if another was written in between, or it is gone.</returns>
    public Task<long?> SetOfDraftAsync(string draft, long revision, BadgeImage? image, string? alternative) =>
        store.Database.WriteAsync<long?>(connection =>
        {
            Keep(connection, image);
            using var update = connection.Prepare(
                "UPDATE draft SET image = $1, alternative = $2, revision = $3 + 1 WHERE id = $0 AND revision = $3", 4);
            int changed = update.With(draft, image?.Digest, alternative, revision).ExecuteNonQuery();
            Sweep(connection);
            return changed > 0 ? revision + 1 : null;
        });

    /// <summary>Says which picture a version shows; none takes it away.</summary>
    /// <param name="achievement">The achievement's identifier.</param>
    /// <param name="version">Its version.</param>
    /// <param name="image">The picture.</param>
    /// <param name="alternative">What it shows.</param>
    public Task SetAsync(string achievement, int version, BadgeImage? image, string alternative) =>
        store.Database.WriteAsync(connection =>
        {
            Keep(connection, image);
            Show(connection, achievement, version, image?.Digest, alternative);
            Sweep(connection);
        });

    /// <summary>Has a published version show what its draft did; the draft goes.</summary>
    public Task TakeOverAsync(StoredDraft draft, string achievement, int version)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return store.Database.WriteAsync(connection =>
        {
            if (draft.Image is not null) Show(connection, achievement, version, draft.Image, draft.Alternative);
            using var delete = connection.Prepare("DELETE FROM draft WHERE id = $0", 1);
            delete.With(draft.Id).ExecuteNonQuery();
            Sweep(connection);
        });
    }

    /// <summary>Finds what a version shows.</summary>
    public StoredBadge? Find(string achievement, int version)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare(
                "SELECT image, alternative FROM badge WHERE achievement = $0 AND version = $1", 2)
            .With(achievement, version).ExecuteReader();
        return row.Read() ? new StoredBadge(row.GetString(0), row.GetString(1)) : null;
    }

    /// <summary>Finds a picture by its SHA-256 in hexadecimal digits.</summary>
    public BadgeImage? FindImage(string digest)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare("SELECT media_type, content FROM badge_image WHERE digest = $0", 1).With(digest)
            .ExecuteReader();
        return row.Read() ? new BadgeImage(digest, row.GetString(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Drops pictures that nothing shows.</summary>
    internal static void Sweep(DbConnection connection)
    {
        using var delete = connection.Prepare(
            """
            DELETE FROM badge_image
              WHERE NOT EXISTS (SELECT 1 FROM badge WHERE badge.image = badge_image.digest)
                AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.image = badge_image.digest)
            """, 0);
        delete.ExecuteNonQuery();
    }

    private static void Keep(DbConnection connection, BadgeImage? image)
    {
        if (image is null) return;
        using var insert = connection.Prepare(
            "INSERT INTO badge_image (digest, media_type, content) VALUES ($0, $1, $2) ON CONFLICT (digest) DO NOTHING",
            3);
        insert.With(image.Digest, image.MediaType, image.Content).ExecuteNonQuery();
    }

    private static void Show(
        DbConnection connection, string achievement, int version, string? digest, string? alternative)
    {
        if (digest is null)
        {
            using var delete = connection.Prepare("DELETE FROM badge WHERE achievement = $0 AND version = $1", 2);
            delete.With(achievement, version).ExecuteNonQuery();
            return;
        }

        using var write = connection.Prepare(
            """
            INSERT INTO badge (achievement, version, image, alternative) VALUES ($0, $1, $2, $3)
              ON CONFLICT (achievement, version) DO UPDATE
                SET image = excluded.image, alternative = excluded.alternative
            """, 4);
        write.With(achievement, version, digest, alternative ?? "").ExecuteNonQuery();
    }
}

/// <summary>A picture.</summary>
/// <param name="Digest">Its SHA-256 in hexadecimal digits.</param>
/// <param name="MediaType"><c>image/png</c> or <c>image/svg+xml</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record BadgeImage(string Digest, string MediaType, byte[] Content);

/// <summary>Which picture a version of an achievement shows.</summary>
/// <param name="Image">The picture's SHA-256 in hexadecimal digits.</param>
/// <param name="Alternative">What it shows, for whoever does not see it.</param>
public sealed record StoredBadge(string Image, string Alternative);
