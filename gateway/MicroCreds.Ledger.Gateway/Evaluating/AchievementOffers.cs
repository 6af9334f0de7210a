using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// Everything that the consortium offers, read again only when an achievement was published or retired. Thread-safe.
/// </summary>
public sealed class AchievementOffers(LedgerProjection projection)
{
    private readonly RecordSnapshot<Achievement, IReadOnlyList<Achievement>> _snapshot = new(
        projection, RecordKey.AchievementType,
        all => [.. all.Where(one => one.RetiredAt is null).Take(PathwayEvaluator.MaxCatalogue)]);

    /// <summary>Lists the achievements that are not retired, the first so many by their keys.</summary>
    public IReadOnlyList<Achievement> List() => _snapshot.Get();
}
