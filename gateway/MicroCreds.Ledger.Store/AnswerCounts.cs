using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// How often a gateway answered what, by month in UTC: numbers, and nothing of who asked or about whom. Thread-safe.
/// </summary>
public sealed class AnswerCounts(GatewayStore store)
{
    /// <summary>Adds to what was counted before.</summary>
    /// <param name="now">The moment, whose month they are counted in.</param>
    /// <param name="counts">How often, by what.</param>
    public Task AddAsync(DateTimeOffset now, IReadOnlyCollection<KeyValuePair<string, int>> counts) =>
        store.Database.WriteAsync(connection =>
        {
            using var add = connection.Prepare(
                "INSERT INTO answered (month, what, times) VALUES ($0, $1, $2) "
                + "ON CONFLICT (month, what) DO UPDATE SET times = answered.times + excluded.times", 3);
            string month = MonthOf(now);
            foreach (var (what, times) in counts) add.With(month, what, (long)times).ExecuteNonQuery();
        });

    /// <summary>Lists what was counted, the oldest month first.</summary>
    /// <param name="from">The first month, such as <c>2026-11</c>.</param>
    /// <param name="until">The last month.</param>
    public IReadOnlyList<AnswerCount> List(string from, string until)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT month, what, times FROM answered WHERE month >= $0 AND month <= $1 ORDER BY month, what", 2)
            .With(from, until).ExecuteReader();
        var found = new List<AnswerCount>();
        while (rows.Read()) found.Add(new AnswerCount(rows.GetString(0), rows.GetString(1), rows.GetInt64(2)));
        return found;
    }

    private static string MonthOf(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>How often something was answered in a month.</summary>
/// <param name="Month">The month, such as <c>2026-11</c>.</param>
/// <param name="What">What was answered.</param>
/// <param name="Times">How often.</param>
public sealed record AnswerCount(string Month, string What, long Times);
