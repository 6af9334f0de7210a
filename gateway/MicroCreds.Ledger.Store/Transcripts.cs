using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Links by which learners show several credentials at once. Thread-safe.</summary>
public sealed class Transcripts(GatewayStore store)
{
    /// <summary>The most that one device has.</summary>
    public const int MaxOfDevice = 20;

    private const string Columns = "id, shows_name, label, created_at, ends_at, opened";

    /// <summary>Makes a link.</summary>
    /// <param name="device">The secret of the learner's device, from which the link's is made.</param>
    /// <param name="transcript">What it shows.</param>
    /// <returns>Whether it is made: not if there are too many.</returns>
    public Task<bool> AddAsync(string device, Transcript transcript)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        byte[] hash = LearnerSecret.HashOf(device);
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare("SELECT count(*) FROM transcript WHERE device = $0", 1);
            if (Convert.ToInt64(count.With(hash).ExecuteScalar(), CultureInfo.InvariantCulture) >= MaxOfDevice)
                return false;
            using var insert = connection.Prepare(
                "INSERT INTO transcript VALUES ($0, $1, $2, $3, $4, $5, $6, 0)", 7);
            insert.With(
                LearnerSecret.HashOf(SecretOf(device, transcript.Id)), transcript.Id, hash,
                transcript.ShowsName ? 1 : 0, transcript.Label, transcript.CreatedAt.ToUnixTimeMilliseconds(),
                transcript.EndsAt?.ToUnixTimeMilliseconds()).ExecuteNonQuery();

            // One that was erased meanwhile is not shown again.
            using var part = connection.Prepare(
                "INSERT INTO transcript_part SELECT $0, c.id FROM credential c WHERE c.id = $1", 2);
            foreach (var credential in transcript.Credentials)
                part.With(transcript.Id, credential.ToByteArray(bigEndian: true)).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>The secret of a link, for the device that made it.</summary>
    public static string SecretOf(string device, string id) => LearnerSecret.Derive(device, "transcript:" + id);

    /// <summary>Finds what a link shows; one that ended shows nothing.</summary>
    public Transcript? Find(string secret, DateTimeOffset now) => LearnerSecret.IsOne(secret)
        ? Select(
            "hash = $0 AND (ends_at IS NULL OR ends_at > $1)", LearnerSecret.HashOf(secret),
            now.ToUnixTimeMilliseconds()).FirstOrDefault()
        : null;

    /// <summary>Lists the links of a device, the newest first.</summary>
    public IReadOnlyList<Transcript> List(string device) =>
        LearnerSecret.IsOne(device) ? Select("device = $0", LearnerSecret.HashOf(device)) : [];

    /// <summary>Counts visits.</summary>
    /// <param name="opened">How often each link was opened, by its identifier.</param>
    public Task CountAsync(IReadOnlyCollection<KeyValuePair<string, int>> opened) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare("UPDATE transcript SET opened = opened + $1 WHERE id = $0", 2);
            foreach (var (id, times) in opened) update.With(id, times).ExecuteNonQuery();
        });

    /// <summary>Ends a link at once.</summary>
    /// <returns>Whether the device had made it.</returns>
    public Task<bool> EndAsync(string device, string id) => store.Database.WriteAsync(connection =>
        Delete(connection, "device = $0 AND id = $1", LearnerSecret.HashOf(device), id) > 0);

    /// <summary>Forgets links that ended.</summary>
    /// <returns>How many.</returns>
    public Task<int> SweepAsync(DateTimeOffset now) => store.Database.WriteAsync(connection =>
        Delete(connection, "ends_at < $0", now.ToUnixTimeMilliseconds()));

    private static int Delete(DbConnection connection, string condition, params object?[] values)
    {
        using var parts = connection.Prepare(
            $"DELETE FROM transcript_part WHERE transcript IN (SELECT id FROM transcript WHERE {condition})",
            values.Length);
        parts.With(values).ExecuteNonQuery();
        using var delete = connection.Prepare($"DELETE FROM transcript WHERE {condition}", values.Length);
        return delete.With(values).ExecuteNonQuery();
    }

    private List<Transcript> Select(string condition, params object?[] values)
    {
        using var reader = store.Database.Read();
        var found = new List<Transcript>();
        using (var rows = reader.Prepare(
            $"SELECT {Columns} FROM transcript WHERE {condition} ORDER BY created_at DESC, id", values.Length)
            .With(values).ExecuteReader())
        {
            while (rows.Read()) found.Add(Map(rows));
        }

        return [.. found.Select(one => one with { Credentials = PartsOf(one.Id) })];
    }

    private List<Guid> PartsOf(string id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT credential FROM transcript_part WHERE transcript = $0 ORDER BY credential", 1)
            .With(id).ExecuteReader();
        var found = new List<Guid>();
        while (rows.Read()) found.Add(new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true));
        return found;
    }

    private static Transcript Map(DbDataReader rows) => new()
    {
        Id = rows.GetString(0),
        ShowsName = rows.GetInt32(1) != 0,
        Label = rows.GetString(2),
        CreatedAt = rows.MomentAt(3)!.Value,
        EndsAt = rows.MomentAt(4),
        Opened = rows.GetInt32(5),
        Credentials = [],
    };
}

/// <summary>A link by which a learner shows several credentials at once.</summary>
public sealed record Transcript
{
    /// <summary>Names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the learner's name is shown.</summary>
    public required bool ShowsName { get; init; }

    /// <summary>What the learner calls it; for the learner alone.</summary>
    public required string Label { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; never if none.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How often it was opened.</summary>
    public int Opened { get; init; }

    /// <summary>The UUIDs of the credentials' identifiers.</summary>
    public required IReadOnlyList<Guid> Credentials { get; init; }
}
