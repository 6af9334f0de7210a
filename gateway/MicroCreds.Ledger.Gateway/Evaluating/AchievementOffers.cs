using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// Everything that the consortium offers, read again only when an achievement was published or retired. Thread-safe.
/// </summary>
public sealed class AchievementOffers(LedgerProjection projection)
{
    private const string SelectStamp =
        "SELECT COUNT(*), COALESCE(MAX(block), 0) FROM record WHERE key >= $0 AND key < $1";

    private volatile Snapshot? _snapshot;

    /// <summary>Lists the achievements that are not retired, the first so many by their keys.</summary>
    public IReadOnlyList<Achievement> List()
    {
        var (start, end) = CompositeKey.Range(RecordKey.AchievementType);
        (byte[] from, byte[] until) = (Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end));
        using var reader = projection.Database.Read();
        string stamp;
        using (var row = reader.Prepare(SelectStamp, 2).With(from, until).ExecuteReader())
        {
            row.Read();
            stamp = $"{row.GetInt64(0)}/{row.GetInt64(1)}";
        }

        if (_snapshot is { } known && known.Stamp == stamp)
            return known.Achievements;

        var found = new List<Achievement>();
        using var rows = reader.Prepare("SELECT value FROM record WHERE key >= $0 AND key < $1 ORDER BY key", 2)
            .With(from, until).ExecuteReader();
        while (rows.Read() && found.Count < PathwayEvaluator.MaxCatalogue)
        {
            var achievement = JsonSerializer.Deserialize<Achievement>(
                rows.GetFieldValue<byte[]>(0), LedgerJson.Options)!;
            if (achievement.RetiredAt is null)
                found.Add(achievement);
        }

        _snapshot = new Snapshot(stamp, found);
        return found;
    }

    private sealed record Snapshot(string Stamp, IReadOnlyList<Achievement> Achievements);
}
