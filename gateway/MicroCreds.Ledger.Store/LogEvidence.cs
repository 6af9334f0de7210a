namespace MicroCreds.Ledger.Store;

/// <summary>
/// What keys of the ledger's log signed that contradicts itself, as files that anybody can check. Kept for good, one of
/// each key and kind. Thread-safe.
/// </summary>
public sealed class LogEvidence(GatewayStore store)
{
    /// <summary>The most that are listed: more than a hundred members could make, each with all keys that it may have.
    /// </summary>
    public const int MaxListed = 20_000;

    /// <summary>Lists what was found, the newest first.</summary>
    public IReadOnlyList<KeptEvidence> List()
    {
        using var reader = store.Database.Read();
        using var rows = reader
            .Prepare("SELECT id, key, kind, found_at FROM log_evidence ORDER BY found_at DESC, id LIMIT $0", 1)
            .With(MaxListed).ExecuteReader();
        var found = new List<KeptEvidence>();
        while (rows.Read())
        {
            found.Add(new KeptEvidence(
                rows.GetString(0), rows.GetString(1), rows.GetString(2),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))));
        }

        return found;
    }

    /// <summary>Finds a file; null if there is none of that name.</summary>
    public byte[]? Find(string id)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT file FROM log_evidence WHERE id = $0", 1).With(id).ExecuteScalar() as byte[];
    }

    /// <summary>Keeps a file.</summary>
    /// <returns>False if one of the same key and kind is kept already.</returns>
    public Task<bool> AddAsync(KeptEvidence evidence, byte[] file) => store.Database.WriteAsync(connection =>
    {
        using var insert = connection.Prepare(
            "INSERT INTO log_evidence (key, kind, id, found_at, file) VALUES ($0, $1, $2, $3, $4) "
            + "ON CONFLICT DO NOTHING", 5);
        return insert.With(
            evidence.Key, evidence.Kind, evidence.Id, evidence.FoundAt.ToUnixTimeMilliseconds(), file)
            .ExecuteNonQuery() > 0;
    });
}

/// <summary>A file that shows what a key signed.</summary>
/// <param name="Id">The SHA-256 of the file in lower-case hexadecimal digits.</param>
/// <param name="Key">The verifier key, <c>name+id+key</c>.</param>
/// <param name="Kind">How what it signed contradicts itself.</param>
/// <param name="FoundAt">When it was found.</param>
public sealed record KeptEvidence(string Id, string Key, string Kind, DateTimeOffset FoundAt);
