using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Finds the achievements that requests name, and says why one cannot be issued for. Thread-safe.</summary>
public sealed class AchievementCatalog(ProjectedRecords records, GatewayServiceOptions options)
{
    /// <summary>Finds one of this institution's achievements.</summary>
    /// <param name="selector"><c>id</c> for the newest version, or <c>id@version</c>.</param>
    /// <param name="reason">Why there is none to issue for.</param>
    public Achievement? Find(string selector, out string? reason)
    {
        if (!AchievementSelector.TryParse(selector, out var wanted))
        {
            reason = "must be an achievement's id, or id@version.";
            return null;
        }

        var found = wanted!.Version is { } version
            ? records.FindAchievement(options.MspId, wanted.Id, version)
            : records.FindNewestAchievement(options.MspId, wanted.Id);
        reason = found switch
        {
            null => "is not published by this institution: see GET /v1/achievements for what there is.",
            { RetiredAt: not null } => "is retired: nothing is issued for it any more.",
            _ => null,
        };
        return reason is null ? found : null;
    }
}
