using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Links by which learners show a credential to others, or a part of it. Thread-safe.</summary>
public sealed class Shares(GatewayStore store)
{
    /// <summary>The most that one credential has.</summary>
    public const int MaxOfOne = 50;

    private const string Columns = "id, credential, holding, shown, label, created_at, ends_at, opened";

    /// <summary>Makes a link.</summary>
    /// <param name="device">The secret of the learner's device, from which the link's is made.</param>
    /// <param name="holding">What it holds.</param>
    /// <param name="shown">What is shown, by its names in the document.</param>
    /// <param name="label">What the learner calls it.</param>
    /// <param name="now">The moment.</param>
    /// <param name="endsAt">When it ends; never if none.</param>
    /// <returns>The link; null if there are too many, or the credential is gone.</returns>
    public Task<Share?> MakeAsync(
        string device, Holding holding, IReadOnlyList<string> shown, string label, DateTimeOffset now,
        DateTimeOffset? endsAt)
    {
        ArgumentNullException.ThrowIfNull(holding);
        var share = new Share
        {
            Id = Guid.NewGuid().ToString("N"),
            Credential = holding.Credential,
            Holding = holding.Id,
            Shown = shown,
            Label = label,
            CreatedAt = now,
            EndsAt = endsAt,
            Opened = 0,
        };
        byte[] key = holding.Credential.ToByteArray(bigEndian: true);
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare("SELECT count(*) FROM share WHERE credential = $0", 1);
            if (Convert.ToInt64(count.With(key).ExecuteScalar(), CultureInfo.InvariantCulture) >= MaxOfOne)
                return null;
            using var insert = connection.Prepare(
                """
                INSERT INTO share SELECT $0, $1, c.id, $3, $4, $5, $6, $7, 0 FROM credential c WHERE c.id = $2
                """, 8);
            return insert.With(
                LearnerSecret.HashOf(SecretOf(device, share)), share.Id, key, holding.Id, string.Join(' ', shown),
                label, now.ToUnixTimeMilliseconds(), endsAt?.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0
                ? share : null;
        });
    }

    /// <summary>The secret of a link, for the device that made it.</summary>
    public static string SecretOf(string device, Share share)
    {
        ArgumentNullException.ThrowIfNull(share);
        return LearnerSecret.Derive(device, "share:" + share.Id);
    }

    /// <summary>Finds what a link shows; one that ended shows nothing.</summary>
    public Share? Find(string secret, DateTimeOffset now)
    {
        if (!LearnerSecret.IsOne(secret)) return null;
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM share WHERE hash = $0 AND (ends_at IS NULL OR ends_at > $1)", 2)
            .With(LearnerSecret.HashOf(secret), now.ToUnixTimeMilliseconds()).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Lists the links of a credential, the newest first.</summary>
    public IReadOnlyList<Share> List(Guid credential)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM share WHERE credential = $0 ORDER BY created_at DESC, id", 1)
            .With(credential.ToByteArray(bigEndian: true)).ExecuteReader();
        var found = new List<Share>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Counts visits.</summary>
    /// <param name="opened">How often each link was opened, by its identifier.</param>
    public Task CountAsync(IReadOnlyCollection<KeyValuePair<string, int>> opened) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare("UPDATE share SET opened = opened + $1 WHERE id = $0", 2);
            foreach (var (id, times) in opened) update.With(id, times).ExecuteNonQuery();
        });

    /// <summary>Ends a link at once.</summary>
    /// <returns>Whether the credential had it.</returns>
    public Task<bool> EndAsync(Guid credential, string id) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM share WHERE credential = $0 AND id = $1", 2);
        return delete.With(credential.ToByteArray(bigEndian: true), id).ExecuteNonQuery() > 0;
    });

    /// <summary>Forgets links that ended.</summary>
    /// <returns>How many.</returns>
    public Task<int> SweepAsync(DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM share WHERE ends_at < $0", 1);
        return delete.With(now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    });

    private static Share Map(DbDataReader rows) => new()
    {
        Id = rows.GetString(0),
        Credential = new Guid(rows.GetFieldValue<byte[]>(1), bigEndian: true),
        Holding = rows.IsDBNull(2) ? null : rows.GetString(2),
        Shown = rows.GetString(3).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Label = rows.GetString(4),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(5)),
        EndsAt = rows.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(6)),
        Opened = rows.GetInt32(7),
    };
}

/// <summary>A link by which a learner shows a credential, or a part of it.</summary>
public sealed record Share
{
    /// <summary>Names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>The UUID of the credential's identifier.</summary>
    public required Guid Credential { get; init; }

    /// <summary>The holding of the device that made it.</summary>
    public string? Holding { get; init; }

    /// <summary>What of the learner's own part is shown, by its names in the document.</summary>
    public required IReadOnlyList<string> Shown { get; init; }

    /// <summary>What the learner calls it; for the learner alone.</summary>
    public required string Label { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; never if none.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How often it was opened.</summary>
    public required int Opened { get; init; }
}
