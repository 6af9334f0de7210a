using System.Data.Common;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>What the mirror has of the leaves before a block, and above it what the block notes.</summary>
internal sealed class ProjectedPlaces(Database database) : IStatusPlaces
{
    private const string Issuance = "SELECT place, leaf, msp_id, key_id, moment FROM log_issuance WHERE ";
    private const string Saying = "SELECT place, idx, in_force, msp_id, key_id, moment FROM log_said WHERE ";

    /// <summary>What was noted since.</summary>
    public RememberedPlaces Noted { get; } = new();

    public IEnumerable<PlacedIssuance> IssuancesAt(byte[] place) =>
        [.. Read(Issuance + "place = $0 ORDER BY leaf", IssuanceIn, place), .. Noted.IssuancesAt(place)];

    // There is no index for what happens when a key is found to be stolen, and hardly ever else.
    public IEnumerable<PlacedIssuance> IssuancesBy(string mspId, string keyId) =>
        [.. Read(Issuance + "msp_id = $0 AND key_id = $1", IssuanceIn, mspId, keyId),
            .. Noted.IssuancesBy(mspId, keyId)];

    public SaidStatus? FindSaid(byte[] place, int index) => Noted.FindSaid(place, index)
        ?? Read(Saying + "place = $0 AND idx = $1", SaidIn, place, index).FirstOrDefault();

    public IEnumerable<SaidStatus> SaidAt(byte[] place) =>
        [.. Read(Saying + "place = $0", SaidIn, place).Where(IsLast), .. Noted.SaidAt(place)];

    public IEnumerable<SaidStatus> ReinstatedBy(string mspId, string keyId) =>
        [.. Read(Saying + "in_force = 1 AND msp_id = $0 AND key_id = $1", SaidIn, mspId, keyId).Where(IsLast),
            .. Noted.ReinstatedBy(mspId, keyId)];

    public void Add(PlacedIssuance issuance) => Noted.Add(issuance);

    public void Put(SaidStatus said) => Noted.Put(said);

    private static PlacedIssuance IssuanceIn(DbDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.GetString(2), row.GetString(3),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));

    private static SaidStatus SaidIn(DbDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.GetInt32(1), row.GetInt64(2) == 1, row.GetString(3), row.GetString(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)));

    private bool IsLast(SaidStatus said) => Noted.FindSaid(said.Place, said.Index) is null;

    private List<T> Read<T>(string sql, Func<DbDataReader, T> read, params object[] values)
    {
        using var reader = database.Read();
        using var rows = reader.Prepare(sql, values.Length).With(values).ExecuteReader();
        var found = new List<T>();
        while (rows.Read()) found.Add(read(rows));
        return found;
    }
}
