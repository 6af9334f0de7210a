using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Refuses achievements that are not as they may be.</summary>
internal static class AchievementChecks
{
    public static void Check(Achievement achievement)
    {
        var faults = AchievementRules.Check(achievement);
        if (faults.Count > 0) throw Refusal.Because(faults);

        if (achievement.PublishedAt != default)
        {
            throw Require.Invalid("/publishedAt", "must be left out: it is the transaction's time.");
        }

        if (achievement.RetiredAt is not null)
        {
            throw Require.Invalid(
                "/retiredAt", $"must be left out: an achievement is retired by {TransactionNames.RetireAchievement}.");
        }
    }
}
