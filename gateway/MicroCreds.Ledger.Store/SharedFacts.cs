using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What learners share of their progress, to be counted. Each fact stands by itself, under a key that only the
/// learner's device can make again: the store cannot tell which facts are of the same person, and the device can take
/// them back. Thread-safe.
/// </summary>
public sealed class SharedFacts(GatewayStore store)
{
    /// <summary>How many months a fact is kept that is not shared again.</summary>
    public const int KeptMonths = 24;

    /// <summary>The most facts of one sharing.</summary>
    public const int MaxFacts = 100;

    // What was shared before and is not so any more.
    private const string Nothing = "";

    /// <summary>
    /// Keeps facts; what the same device shared before is replaced. What is counted by then is counted until the month
    /// ends, so that no number moves at the moment that somebody shares.
    /// </summary>
    /// <param name="secret">The device's secret.</param>
    /// <param name="facts">The facts; those behind the first <see cref="MaxFacts"/> are left out.</param>
    /// <param name="now">The moment, of which the month is kept.</param>
    public Task ShareAsync(string secret, IReadOnlyList<SharedFact> facts, DateTimeOffset now)
    {
        var shared = facts.Take(MaxFacts).ToList();

        // What follows what, in a file that something was put into since, is not so any more.
        var keys = shared.Select(fact => Convert.ToHexString(KeyOf(secret, fact))).ToHashSet();
        var over = FindOwn(secret, SharedFact.Next).Where(own => !keys.Contains(Convert.ToHexString(own.Key))).ToList();
        return store.Database.WriteAsync(connection =>
        {
            foreach (var (key, fact) in over) Put(connection, key, fact with { Value = Nothing }, now);
            foreach (var fact in shared) Put(connection, KeyOf(secret, fact), fact, now);
        });
    }

    /// <summary>Tells whether a device shares something of a kind.</summary>
    public bool IsShared(string secret, SharedFact fact)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT 1 FROM shared_fact WHERE key = $0 AND value <> ''", 1)
            .With(KeyOf(secret, fact)).ExecuteScalar() is not null;
    }

    /// <summary>Forgets all that a device shared.</summary>
    /// <returns>How many facts there were.</returns>
    public async Task<int> WithdrawAsync(string secret)
    {
        string[] kinds = [SharedFact.Stage, SharedFact.Next];
        var own = kinds.SelectMany(kind => FindOwn(secret, kind)).ToList();
        if (own.Count == 0) return 0;
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM shared_fact WHERE key = $0", 1);
            return own.Sum(one => delete.With(one.Key).ExecuteNonQuery());
        });
        if (gone > 0) store.NoteDeletion();
        return gone;
    }

    /// <summary>
    /// Finds what a device shared of a kind. Nothing says whose a fact is: each is tried, which takes a while, and no
    /// writer waits for it.
    /// </summary>
    private List<(byte[] Key, SharedFact Fact)> FindOwn(string secret, string kind)
    {
        var own = new List<(byte[] Key, SharedFact Fact)>();
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT key, subject, CASE WHEN value = '' THEN counted ELSE value END FROM shared_fact WHERE kind = $0
            """, 1).With(kind).ExecuteReader();
        while (rows.Read())
        {
            byte[] key = rows.GetFieldValue<byte[]>(0);
            var fact = new SharedFact(kind, rows.GetString(1), rows.IsDBNull(2) ? Nothing : rows.GetString(2));
            if (key.AsSpan().SequenceEqual(KeyOf(secret, fact))) own.Add((key, fact));
        }

        return own;
    }

    private static void Put(DbConnection connection, byte[] key, SharedFact fact, DateTimeOffset now)
    {
        using var put = connection.Prepare(
            """
            INSERT INTO shared_fact (key, month, kind, subject, value) VALUES ($0, $1, $2, $3, $4)
              ON CONFLICT (key) DO UPDATE SET value = excluded.value, month = excluded.month,
                counted = CASE WHEN shared_fact.month < excluded.month THEN shared_fact.value
                  ELSE shared_fact.counted END
            """, 5);
        put.With(key, MonthOf(now), fact.Kind, fact.Subject, fact.Value).ExecuteNonQuery();
    }

    /// <summary>
    /// Counts the facts of a kind that were shared before this month: what changes within a month is seen at once and
    /// not one by one.
    /// </summary>
    public IReadOnlyList<SharedCount> Count(string kind, DateTimeOffset now)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT subject, said, COUNT(*) FROM (
                SELECT subject, CASE WHEN month < $1 THEN value ELSE counted END AS said FROM shared_fact
                  WHERE kind = $0) told
              WHERE said <> '' GROUP BY subject, said ORDER BY subject, said
            """, 2).With(kind, MonthOf(now)).ExecuteReader();
        var found = new List<SharedCount>();
        while (rows.Read()) found.Add(new SharedCount(rows.GetString(0), rows.GetString(1), rows.GetInt64(2)));
        return found;
    }

    /// <summary>Forgets what was shared too long ago.</summary>
    public async Task SweepAsync(DateTimeOffset now)
    {
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare(
                "DELETE FROM shared_fact WHERE month < $0 OR (value = '' AND month < $1)", 2);
            return delete.With(MonthOf(now.AddMonths(-KeptMonths)), MonthOf(now)).ExecuteNonQuery();
        });
        if (gone > 0) store.NoteDeletion();
    }

    private static byte[] KeyOf(string secret, SharedFact fact) => HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(secret),
        Encoding.UTF8.GetBytes(string.Join('\n', fact.Kind, fact.Subject, fact.IsOneOfMany ? fact.Value : "")));

    private static string MonthOf(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>A fact that a learner shares.</summary>
/// <param name="Kind">What kind of fact.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Value">What is so.</param>
public sealed record SharedFact(string Kind, string Subject, string Value)
{
    /// <summary>
    /// How far somebody is on a pathway: by the number of its groups that are complete from the first on.
    /// </summary>
    public const string Stage = "stage";

    /// <summary>That one achievement was earned next after another.</summary>
    public const string Next = "next";

    /// <summary>
    /// Whether there may be several of the subject; else a new one takes the place of the one before.
    /// </summary>
    internal bool IsOneOfMany => Kind == Next;
}

/// <summary>How many share a fact.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Value">What is so.</param>
/// <param name="Learners">How many.</param>
public sealed record SharedCount(string Subject, string Value, long Learners);
