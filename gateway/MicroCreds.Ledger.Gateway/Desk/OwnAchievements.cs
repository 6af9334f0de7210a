using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What this institution issues for: the newest version of each achievement that is not retired.</summary>
public sealed class OwnAchievements(ProjectedRecords records, GatewayServiceOptions options)
{
    /// <summary>The most that a list of choices offers.</summary>
    private const int MaxOffered = 1000;

    /// <summary>Lists them by their titles.</summary>
    public IReadOnlyList<Achievement> List() =>
    [
        .. records.ListAchievements(options.MspId, after: null, MaxOffered)
            .GroupBy(one => one.Id, StringComparer.Ordinal).Select(versions => versions.MaxBy(one => one.Version)!)
            .Where(one => one.RetiredAt is null).OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase),
    ];
}
