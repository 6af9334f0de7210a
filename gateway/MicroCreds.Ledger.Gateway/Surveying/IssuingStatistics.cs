using System.Data.Common;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// How much institutions issued, suspended and revoked, by achievement and month: counted from the public record alone,
/// so that it tells nothing that the ledger does not, and in no finer time than a month. Thread-safe.
/// </summary>
public sealed class IssuingStatistics(LedgerProjection projection)
{
    private const string Sums =
        "COALESCE(SUM(issued), 0), COALESCE(SUM(suspended), 0), COALESCE(SUM(reinstated), 0), "
        + "COALESCE(SUM(revoked), 0)";

    /// <summary>Counts all that an institution ever did.</summary>
    public IssuingCounts TotalOf(string mspId) =>
        Read($"SELECT '', '', {Sums} FROM tally WHERE msp_id = $0", 1, mspId)[0].Counts;

    /// <summary>Counts by achievement, that with the most issued first.</summary>
    public IReadOnlyList<IssuingCount> ByAchievement(string mspId, int count) => Read(
        $"SELECT '', achievement, {Sums} FROM tally WHERE msp_id = $0 GROUP BY achievement "
        + "ORDER BY SUM(issued) DESC, achievement LIMIT $1", 2, mspId, count);

    /// <summary>
    /// How many were issued for each version of an institution's achievements. Under the version 0 of no achievement
    /// stands what was issued together for several, of which the ledger does not say how many are for which.
    /// </summary>
    public IReadOnlyDictionary<AchievementReference, long> ByVersion(string mspId)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(
            "SELECT achievement, version, issued FROM version_tally WHERE msp_id = $0", 1).With(mspId).ExecuteReader();
        var found = new Dictionary<AchievementReference, long>();
        while (rows.Read()) found[new AchievementReference(rows.GetString(0), rows.GetInt32(1))] = rows.GetInt64(2);
        return found;
    }

    /// <summary>Counts by month, the newest first.</summary>
    public IReadOnlyList<IssuingCount> ByMonth(string mspId, int count) => Read(
        $"SELECT month, '', {Sums} FROM tally WHERE msp_id = $0 GROUP BY month ORDER BY month DESC LIMIT $1",
        2, mspId, count);

    /// <summary>Lists counts by month and achievement, in this order.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="from">The first month, such as <c>2026-11</c>.</param>
    /// <param name="until">The last month.</param>
    /// <param name="after">The month and achievement behind which the list begins.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<IssuingCount> List(
        string mspId, string from, string until, (string Month, string Achievement) after, int count) => Read(
        "SELECT month, achievement, issued, suspended, reinstated, revoked FROM tally WHERE msp_id = $0 "
        + "AND month >= $1 AND month <= $2 AND (month, achievement) > ($3, $4) ORDER BY month, achievement LIMIT $5",
        6, mspId, from, until, after.Month, after.Achievement, count);

    private List<IssuingCount> Read(string select, int parameters, params ReadOnlySpan<object?> values)
    {
        using var reader = projection.Database.Read();
        using var rows = reader.Prepare(select, parameters).With(values).ExecuteReader();
        var found = new List<IssuingCount>();
        while (rows.Read())
            found.Add(new IssuingCount(NameAt(rows, 0), NameAt(rows, 1), CountsOf(rows)));
        return found;
    }

    private static string? NameAt(DbDataReader rows, int column) =>
        rows.GetString(column) is { Length: > 0 } name ? name : null;

    private static IssuingCounts CountsOf(DbDataReader rows) =>
        new(rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5));
}

/// <summary>What was done in a month, for an achievement.</summary>
/// <param name="Month">The month, such as <c>2026-11</c>; absent for all.</param>
/// <param name="Achievement">
/// The achievement, of any version; absent for all, or where one issuance was for several and the ledger does not say
/// how many were for which.
/// </param>
/// <param name="Counts">How many.</param>
public sealed record IssuingCount(string? Month, string? Achievement, IssuingCounts Counts);

/// <summary>How many credentials.</summary>
/// <param name="Issued">Were issued.</param>
/// <param name="Suspended">Were suspended.</param>
/// <param name="Reinstated">Were reinstated after a suspension.</param>
/// <param name="Revoked">Were revoked.</param>
public sealed record IssuingCounts(long Issued, long Suspended, long Reinstated, long Revoked);
