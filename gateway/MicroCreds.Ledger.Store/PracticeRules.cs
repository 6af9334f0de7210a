using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>What practice counts for, as JSON that the gateway makes sense of. Thread-safe.</summary>
public sealed class PracticeRules(GatewayStore store)
{
    /// <summary>The most rules, ended ones included.</summary>
    public const int MaxRules = 500;

    private const string Columns = "id, content, created_at, ended_at";

    /// <summary>Keeps a rule.</summary>
    /// <returns>Whether it is kept: not if there is one of this id, or there are too many.</returns>
    public Task<bool> AddAsync(StoredRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare("SELECT count(*) FROM practice_rule", 0);
            if (Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture) >= MaxRules) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO practice_rule (id, content, created_at) VALUES ($0, $1, $2) ON CONFLICT (id) DO NOTHING
                """, 3);
            return insert.With(rule.Id, rule.Content, rule.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
    }

    /// <summary>Finds a rule.</summary>
    public StoredRule? Find(string id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM practice_rule WHERE id = $0", 1).With(id)
            .ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Lists all, the oldest first.</summary>
    public IReadOnlyList<StoredRule> List()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM practice_rule ORDER BY created_at, id", 0)
            .ExecuteReader();
        var found = new List<StoredRule>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Ends a rule: nobody begins to practise for it any more.</summary>
    /// <returns>Whether there is such a rule.</returns>
    public Task<bool> EndAsync(string id, DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            "UPDATE practice_rule SET ended_at = COALESCE(ended_at, $1) WHERE id = $0", 2);
        return update.With(id, now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
    });

    private static StoredRule Map(DbDataReader rows) =>
        new(rows.GetString(0), rows.GetString(1), rows.MomentAt(2)!.Value, rows.MomentAt(3));
}

/// <summary>A rule as it is kept.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Content">What it says, as JSON.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="EndedAt">Until when; none while it is in force.</param>
public sealed record StoredRule(string Id, string Content, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);
