using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// What follows from all records of a kind, made again only when one of them was written. Those that cannot be read
/// are left out. Thread-safe.
/// </summary>
/// <param name="projection">The ledger as this gateway has it.</param>
/// <param name="objectType">The kind, one of <see cref="RecordKey"/>'s types.</param>
/// <param name="make">Makes it of the records, which come in the order of their keys.</param>
/// <typeparam name="TRecord">The kind of record.</typeparam>
/// <typeparam name="TResult">What is made.</typeparam>
internal sealed class RecordSnapshot<TRecord, TResult>(
    LedgerProjection projection, string objectType, Func<IEnumerable<TRecord>, TResult> make)
    where TRecord : class
{
    private const string SelectStamp =
        "SELECT COUNT(*), COALESCE(MAX(block), 0) FROM record WHERE key >= $0 AND key < $1";

    private const string SelectAll =
        $"SELECT value FROM record WHERE key >= $0 AND key < $1 {ProjectedRecords.Readable} ORDER BY key";

    private volatile Made? _made;

    /// <summary>Gives it as of now.</summary>
    public TResult Get()
    {
        var (start, end) = CompositeKey.Range(objectType);
        (byte[] from, byte[] until) = (Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end));
        using var reader = projection.Database.Read();
        string stamp;
        using (var row = reader.Prepare(SelectStamp, 2).With(from, until).ExecuteReader())
        {
            row.Read();
            stamp = $"{row.GetInt64(0)}/{row.GetInt64(1)}";
        }

        if (_made is { } known && known.Stamp == stamp) return known.Result;

        using var rows = reader.Prepare(SelectAll, 2).With(from, until).ExecuteReader();
        var result = make(Records());
        _made = new Made(stamp, result);
        return result;

        IEnumerable<TRecord> Records()
        {
            while (rows.Read())
                yield return JsonSerializer.Deserialize<TRecord>(rows.GetFieldValue<byte[]>(0), LedgerJson.Options)!;
        }
    }

    private sealed record Made(string Stamp, TResult Result);
}
