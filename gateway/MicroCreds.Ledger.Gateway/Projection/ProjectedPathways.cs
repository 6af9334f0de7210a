using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>Reads pathways of the projection. Thread-safe.</summary>
public sealed class ProjectedPathways(LedgerProjection projection)
{
    /// <summary>What of the ledger cannot be read here.</summary>
    public UnreadableRecords Unreadable => projection.Unreadable;

    /// <summary>Finds one version of a pathway.</summary>
    public Pathway? Find(string mspId, string id, int version)
    {
        var key = RecordKey.Pathway(mspId, id, version);
        projection.Unreadable.Require(key);
        return First("SELECT value FROM record WHERE key = $0", CompositeKey.Create(key.ObjectType, key.Attributes));
    }

    /// <summary>Finds the newest version of a pathway.</summary>
    public Pathway? FindNewest(string mspId, string id)
    {
        var (start, end) = CompositeKey.Range(RecordKey.PathwayType, mspId, id);
        return First("SELECT value FROM record WHERE key >= $0 AND key < $1 ORDER BY key DESC LIMIT 1", start, end);
    }

    /// <summary>Lists pathways in the order of their keys, without those that cannot be read.</summary>
    /// <param name="mspId">Whose; null for everyone's.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<Pathway> List(string? mspId, RecordKey? after, int count)
    {
        var (start, end) = mspId is null
            ? CompositeKey.Range(RecordKey.PathwayType)
            : CompositeKey.Range(RecordKey.PathwayType, mspId);
        if (after is not null)
            start = CompositeKey.Create(after.ObjectType, after.Attributes);
        using var reader = projection.Database.Read();
        using var rows = reader
            .Prepare(
                $"SELECT value FROM record WHERE key > $0 AND key < $1 {ProjectedRecords.Readable} "
                + "ORDER BY key LIMIT $2", 3)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end), count).ExecuteReader();
        var found = new List<Pathway>();
        while (rows.Read())
            found.Add(Parse(rows.GetFieldValue<byte[]>(0)));
        return found;
    }

    /// <summary>Lists all pathways that are not retired, without those that cannot be read.</summary>
    public IReadOnlyList<Pathway> ListOffered() =>
        [.. List(null, null, int.MaxValue).Where(pathway => pathway.RetiredAt is null)];

    /// <summary>Says how the pathways stand: what it says changes whenever one of them does.</summary>
    public string Stamp()
    {
        var (start, end) = CompositeKey.Range(RecordKey.PathwayType);
        using var reader = projection.Database.Read();
        using var row = reader
            .Prepare("SELECT COUNT(*), COALESCE(MAX(block), 0) FROM record WHERE key >= $0 AND key < $1", 2)
            .With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        row.Read();
        return string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)}/{row.GetInt64(1)}");
    }

    private static Pathway Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<Pathway>(json, LedgerJson.Options)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new RecordUnreadableException(
                "This gateway cannot read the newest version of the pathway: the contract may be newer than it.",
                exception);
        }
    }

    private Pathway? First(string select, params string[] keys)
    {
        using var reader = projection.Database.Read();
        object[] parameters = [.. keys.Select(Encoding.UTF8.GetBytes)];
        return reader.Prepare(select, keys.Length).With(parameters).ExecuteScalar() is byte[] value
            ? Parse(value)
            : null;
    }
}
