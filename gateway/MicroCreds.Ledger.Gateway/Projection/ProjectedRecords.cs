using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>Reads records of the projection. Thread-safe.</summary>
public sealed class ProjectedRecords(LedgerProjection projection)
{
    /// <summary>
    /// The most issuances that are kept in memory; beyond it the cache starts anew. An issuance is never changed, so
    /// nothing in the cache can be out of date.
    /// </summary>
    public const int MaxCachedIssuances = 4096;

    /// <summary>The most definitions of achievements that are kept in memory.</summary>
    public const int MaxCachedDefinitions = 16_384;

    private readonly ConcurrentDictionary<(string MspId, AchievementReference Name), Achievement> _definitions = [];

    private const string SelectOne = "SELECT value, block, position, time FROM record WHERE key = $0";

    private readonly ConcurrentDictionary<(string MspId, string Root), ProjectedRecord<Issuance>> _issuances = [];

    /// <summary>Tells where a record was written last, without reading it; null if there is none.</summary>
    public LedgerPosition? FindWritten(RecordKey key)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(CompositeKey.Create(key.ObjectType, key.Attributes));
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare("SELECT block, position, time FROM record WHERE key = $0", 1).With(bytes)
            .ExecuteReader();
        return rows.Read()
            ? new LedgerPosition(
                (ulong)rows.GetInt64(0), rows.GetInt32(1), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)))
            : null;
    }

    /// <summary>Finds an issuance by its issuer and its root.</summary>
    public ProjectedRecord<Issuance>? FindIssuance(string mspId, string root)
    {
        if (_issuances.TryGetValue((mspId, root), out var cached))
            return cached;
        if (Find<Issuance>(RecordKey.Issuance(mspId, root)) is not { } found)
            return null;
        if (_issuances.Count >= MaxCachedIssuances)
            _issuances.Clear();
        return _issuances[(mspId, root)] = found;
    }

    /// <summary>Finds a credential's status; null while nothing is said against it.</summary>
    public Status? FindStatus(string mspId, string root, int index) =>
        FindStatusRecord(mspId, root, index)?.Record;

    /// <summary>Finds a credential's status, and where it was written.</summary>
    public ProjectedRecord<Status>? FindStatusRecord(string mspId, string root, int index) =>
        Find<Status>(RecordKey.Status(mspId, root, index));

    /// <summary>Finds an institution, and where its record was written last.</summary>
    public ProjectedRecord<Institution>? FindInstitution(string mspId) =>
        Find<Institution>(RecordKey.Institution(mspId));

    /// <summary>Finds one version of an achievement.</summary>
    public Achievement? FindAchievement(string mspId, string id, int version) =>
        FindAchievementRecord(mspId, id, version)?.Record;

    /// <summary>Finds one version of an achievement, and where it was written last.</summary>
    public ProjectedRecord<Achievement>? FindAchievementRecord(string mspId, string id, int version) =>
        Find<Achievement>(RecordKey.Achievement(mspId, id, version));

    /// <summary>Finds who the accreditors are and were, and where that was written last.</summary>
    public ProjectedRecord<Consortium>? FindConsortium() => Find<Consortium>(RecordKey.Consortium());

    /// <summary>Finds an accreditation, and where it was written last.</summary>
    public ProjectedRecord<Accreditation>? FindAccreditation(string mspId, string accreditor, string id) =>
        Find<Accreditation>(RecordKey.Accreditation(mspId, accreditor, id));

    /// <summary>Finds what an achievement is, which never changes; whether it is retired may be out of date.</summary>
    public Achievement? FindDefinition(string mspId, AchievementReference reference)
    {
        if (_definitions.TryGetValue((mspId, reference), out var cached))
            return cached;
        if (FindAchievement(mspId, reference.Id, reference.Version) is not { } found)
            return null;
        if (_definitions.Count >= MaxCachedDefinitions)
            _definitions.Clear();
        return _definitions[(mspId, reference)] = found;
    }

    /// <summary>Finds the newest version of an achievement.</summary>
    public Achievement? FindNewestAchievement(string mspId, string id)
    {
        var (start, end) = CompositeKey.Range(RecordKey.AchievementType, mspId, id);
        using var reader = projection.Database.Read();
        byte[]? value = reader
            .Prepare("SELECT value FROM record WHERE key >= $0 AND key < $1 ORDER BY key DESC LIMIT 1", 2)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteScalar() as byte[];
        return value is null ? null : Parse<Achievement>(value);
    }

    /// <summary>Lists achievements in the order of their keys.</summary>
    /// <param name="mspId">Whose; null for everyone's.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<Achievement> ListAchievements(string? mspId, RecordKey? after, int count)
    {
        var (start, end) = mspId is null
            ? CompositeKey.Range(RecordKey.AchievementType)
            : CompositeKey.Range(RecordKey.AchievementType, mspId);
        if (after is not null)
            start = CompositeKey.Create(after.ObjectType, after.Attributes);
        using var reader = projection.Database.Read();
        using var rows = reader
            .Prepare("SELECT value FROM record WHERE key > $0 AND key < $1 ORDER BY key LIMIT $2", 3)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end), count).ExecuteReader();
        var found = new List<Achievement>();
        while (rows.Read())
            found.Add(Parse<Achievement>(rows.GetFieldValue<byte[]>(0)));
        return found;
    }

    /// <summary>Lists what was announced behind a place in the chain.</summary>
    public IReadOnlyList<ProjectedEvent> ListEvents(long afterBlock, int afterPosition, int count)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT block, position, name, transaction_id, time, payload FROM event"
            + " WHERE (block, position) > ($0, $1) ORDER BY block, position LIMIT $2",
            3).With(afterBlock, afterPosition, count).ExecuteReader();
        var found = new List<ProjectedEvent>();
        while (rows.Read())
        {
            found.Add(new ProjectedEvent(
                rows.GetInt64(0), rows.GetInt32(1), rows.GetString(2), rows.GetString(3),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4)), rows.GetFieldValue<byte[]>(5)));
        }

        return found;
    }

    /// <summary>Lists the status of every credential that something was ever said against.</summary>
    public IEnumerable<ProjectedRecord<Status>> ListStatuses()
    {
        var (start, end) = CompositeKey.Range(RecordKey.StatusType);
        using var reader = projection.Database.Read();
        using var rows = reader
            .Prepare("SELECT value, block, position, time FROM record WHERE key > $0 AND key < $1", 2)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        while (rows.Read())
            yield return ReadOne<Status>(rows);
    }

    /// <summary>Lists what an institution issued with a key from a moment on, in one of its status lists.</summary>
    public IEnumerable<IssuanceStatement> ListIssuances(
        string mspId, string list, string keyId, DateTimeOffset since)
    {
        var (start, end) = CompositeKey.Range(RecordKey.IssuanceType, mspId);
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT value FROM record WHERE key > $0 AND key < $1 AND time >= $2"
            + " AND json_extract(CAST(value AS TEXT), '$.statement.keyId') = $3"
            + " AND json_extract(CAST(value AS TEXT), '$.statement.statusList') = $4",
            5).With(
                Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end), since.ToUnixTimeMilliseconds(), keyId, list)
            .ExecuteReader();
        while (rows.Read())
            yield return Parse<Issuance>(rows.GetFieldValue<byte[]>(0)).Statement;
    }

    /// <summary>Lists what the events of a name announced in the blocks behind one.</summary>
    public IReadOnlyList<byte[]> ListPayloads(string name, long afterBlock)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare("SELECT payload FROM event WHERE block > $0 AND name = $1", 2)
            .With(afterBlock, name).ExecuteReader();
        var found = new List<byte[]>();
        while (rows.Read())
            found.Add(rows.GetFieldValue<byte[]>(0));
        return found;
    }

    /// <summary>Tells whether an issuance of the institution names a status list.</summary>
    public bool HasStatusList(string mspId, string list)
    {
        using var reader = projection.Database.Read();
        return reader.Prepare("SELECT 1 FROM status_list WHERE msp_id = $0 AND list = $1", 2)
            .With(mspId, list).ExecuteScalar() is not null;
    }

    private static T Parse<T>(byte[] json) =>
        JsonSerializer.Deserialize<T>(json, LedgerJson.Options)
        ?? throw new InvalidDataException($"A record on the ledger is null where a {typeof(T).Name} belongs.");

    private ProjectedRecord<T>? Find<T>(RecordKey key)
        where T : class
    {
        byte[] bytes = Encoding.UTF8.GetBytes(CompositeKey.Create(key.ObjectType, key.Attributes));
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(SelectOne, 1).With(bytes).ExecuteReader();
        return rows.Read() ? ReadOne<T>(rows) : null;
    }

    private static ProjectedRecord<T> ReadOne<T>(SqliteDataReader rows)
        where T : class => new(
            Parse<T>(rows.GetFieldValue<byte[]>(0)),
            new LedgerPosition(
                (ulong)rows.GetInt64(1), rows.GetInt32(2), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))));
}

/// <summary>A record and the place of its last write.</summary>
/// <param name="Record">The record.</param>
/// <param name="Written">The place in the chain.</param>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed record ProjectedRecord<T>(T Record, LedgerPosition Written)
    where T : class;

/// <summary>Something that happened on the ledger.</summary>
/// <param name="Block">The block.</param>
/// <param name="Position">The transaction's position in it.</param>
/// <param name="Name">One of <see cref="EventNames"/>.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Time">The transaction's own time.</param>
/// <param name="Payload">The record, as canonical JSON.</param>
public sealed record ProjectedEvent(
    long Block, int Position, string Name, string TransactionId, DateTimeOffset Time, byte[] Payload);
