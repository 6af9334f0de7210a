using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

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

    /// <summary>Leaves out what cannot be read, which lists say beside what they list.</summary>
    internal const string Readable = "AND key NOT IN (SELECT key FROM unreadable)";

    private const string SelectOne = "SELECT value, block, position, time FROM record WHERE key = $0";

    /// <summary>What of the ledger cannot be read here.</summary>
    public UnreadableRecords Unreadable => projection.Unreadable;

    private readonly ConcurrentDictionary<(string MspId, string Root), ProjectedRecord<Issuance>> _issuances = [];

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

    /// <summary>What people call that which a pathway leads to.</summary>
    public string AwardOf(Pathway pathway)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        return FindAchievement(pathway.MspId, pathway.Award.Id, pathway.Award.Version)?.Name ?? pathway.Award.Id;
    }

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
        using var rows = reader
            .Prepare("SELECT key, value FROM record WHERE key >= $0 AND key < $1 ORDER BY key DESC LIMIT 1", 2)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        return rows.Read() ? Parse<Achievement>(rows.GetFieldValue<byte[]>(1), rows.GetFieldValue<byte[]>(0)) : null;
    }

    /// <summary>
    /// Lists achievements in the order of their keys, without those that cannot be read: see <see cref="Unreadable"/>.
    /// </summary>
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
            .Prepare($"SELECT value FROM record WHERE key > $0 AND key < $1 {Readable} ORDER BY key LIMIT $2", 3)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end), count).ExecuteReader();
        var found = new List<Achievement>();
        while (rows.Read())
            found.Add(Parse<Achievement>(rows.GetFieldValue<byte[]>(0), []));
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

    /// <summary>
    /// Lists the credentials that something was said against in the blocks behind one, each with what stands now.
    /// </summary>
    /// <param name="afterBlock">The block; -1 for all.</param>
    public IEnumerable<StandingStatus> ListStatuses(long afterBlock)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT value, block, position, time, key FROM record INDEXED BY status_by_block "
            + $"WHERE {BlockWriter.OfStatuses} AND block > $0", 1).With(afterBlock).ExecuteReader();
        while (rows.Read())
        {
            var key = RecordKeyOf(rows.GetFieldValue<byte[]>(4));
            if (key is not { Attributes: [var mspId, var root, var digits] }
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                continue;
            yield return new StandingStatus(
                mspId, root, index, projection.Unreadable.Has(key) ? null : ReadOne<Status>(rows, []));
        }
    }

    /// <summary>Tells how often a status list was changed.</summary>
    public long VersionOfList(string mspId, string list)
    {
        using var reader = projection.Database.Read();
        return reader.Prepare("SELECT version FROM listed_version WHERE msp_id = $0 AND list = $1", 2)
            .With(mspId, list).ExecuteScalar() is long version ? version : 0;
    }

    /// <summary>Reads the places of what is revoked in a status list, a bit for each.</summary>
    public byte[] ReadRevoked(string mspId, string list)
    {
        byte[] places = new byte[Limits.StatusListSize / 8];
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT piece, bits FROM listed_revoked WHERE msp_id = $0 AND list = $1", 2)
            .With(mspId, list).ExecuteReader();
        while (rows.Read())
            rows.GetFieldValue<byte[]>(1).CopyTo(places, rows.GetInt32(0) * StatusListing.PieceBytes);
        return places;
    }

    /// <summary>Lists the places of a status list about which something is said that cannot be read.</summary>
    public IEnumerable<int> ListUnreadablePlaces(string mspId, string list)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT place FROM listed_other WHERE msp_id = $0 AND list = $1 AND state IS NULL", 2)
            .With(mspId, list).ExecuteReader();
        while (rows.Read()) yield return rows.GetInt32(0);
    }

    /// <summary>Lists the credentials of a status list that something else was said about than that they are revoked,
    /// and that can be read.</summary>
    public IEnumerable<ListedPlace> ListOtherPlaces(string mspId, string list)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT place, state, key FROM listed_other WHERE msp_id = $0 AND list = $1 AND state IS NOT NULL", 2)
            .With(mspId, list).ExecuteReader();
        while (rows.Read())
        {
            yield return new ListedPlace(
                rows.GetInt32(0), rows.GetString(1), RecordKeyOf(rows.GetFieldValue<byte[]>(2)));
        }
    }

    /// <summary>Finds a status by its key, and where it was written.</summary>
    public ProjectedRecord<Status>? FindStatusRecord(RecordKey key) => Find<Status>(key);

    /// <summary>Lists what an institution issued with a key from a moment on, in one of its status lists.</summary>
    public IEnumerable<IssuanceStatement> ListIssuances(
        string mspId, string list, string keyId, DateTimeOffset since)
    {
        var (start, end) = CompositeKey.Range(RecordKey.IssuanceType, mspId);
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT value FROM record WHERE key > $0 AND key < $1 {Readable} AND time >= $2"
            + " AND json_extract(CAST(value AS TEXT), '$.statement.keyId') = $3"
            + " AND json_extract(CAST(value AS TEXT), '$.statement.statusList') = $4",
            5).With(
                Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end), since.ToUnixTimeMilliseconds(), keyId, list)
            .ExecuteReader();
        while (rows.Read())
            yield return Parse<Issuance>(rows.GetFieldValue<byte[]>(0), []).Statement;
    }

    /// <summary>Tells whether an issuance of the institution names a status list.</summary>
    public bool HasStatusList(string mspId, string list)
    {
        using var reader = projection.Database.Read();
        return reader.Prepare("SELECT 1 FROM status_list WHERE msp_id = $0 AND list = $1", 2)
            .With(mspId, list).ExecuteScalar() is not null;
    }

    private static RecordKey RecordKeyOf(byte[] key)
    {
        var (type, attributes) = CompositeKey.Split(Encoding.UTF8.GetString(key));
        return new RecordKey(type, attributes);
    }

    private static T Parse<T>(byte[] json, byte[] key)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, LedgerJson.Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException)
        {
            throw UnreadableRecords.Exception(Encoding.UTF8.GetString(key));
        }
    }

    private ProjectedRecord<T>? Find<T>(RecordKey key)
        where T : class
    {
        projection.Unreadable.Require(key);
        byte[] bytes = Encoding.UTF8.GetBytes(CompositeKey.Create(key.ObjectType, key.Attributes));
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(SelectOne, 1).With(bytes).ExecuteReader();
        return rows.Read() ? ReadOne<T>(rows, bytes) : null;
    }

    private static ProjectedRecord<T> ReadOne<T>(DbDataReader rows, byte[] key)
        where T : class => new(
            Parse<T>(rows.GetFieldValue<byte[]>(0), key),
            new LedgerPosition(
                (ulong)rows.GetInt64(1), rows.GetInt32(2), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))));
}

/// <summary>A credential that something was said against.</summary>
/// <param name="MspId">Its issuer.</param>
/// <param name="Root">The issuance's root.</param>
/// <param name="Index">The index in its tree.</param>
/// <param name="Status">What stands; none if that cannot be read.</param>
public sealed record StandingStatus(string MspId, string Root, int Index, ProjectedRecord<Status>? Status);

/// <summary>A credential's place in its status list, which is not revoked.</summary>
/// <param name="Place">The place.</param>
/// <param name="State">The credential's state.</param>
/// <param name="Key">The record's key.</param>
public sealed record ListedPlace(int Place, string State, RecordKey Key);

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
