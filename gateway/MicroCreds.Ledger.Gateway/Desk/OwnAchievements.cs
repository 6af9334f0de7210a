using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What is issued for: the newest version of each achievement that is not retired.</summary>
public sealed class OwnAchievements(ProjectedRecords records, GatewayServiceOptions options)
{
    /// <summary>The most that a list of choices offers.</summary>
    private const int MaxOffered = 1000;

    /// <summary>The most that a list of all institutions' offers.</summary>
    private const int MaxOfAll = 150;

    /// <summary>Lists this institution's by their titles.</summary>
    public IReadOnlyList<Achievement> List() => Newest(options.MspId, MaxOffered);

    /// <summary>Lists those of all institutions by their titles: the first ones, where there are many.</summary>
    public IReadOnlyList<Achievement> ListAll() => Newest(mspId: null, MaxOfAll);

    private IReadOnlyList<Achievement> Newest(string? mspId, int count) =>
    [
        .. records.ListAchievements(mspId, after: null, count)
            .GroupBy(one => (one.MspId, one.Id)).Select(versions => versions.MaxBy(one => one.Version)!)
            .Where(one => one.RetiredAt is null).OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase),
    ];
}
