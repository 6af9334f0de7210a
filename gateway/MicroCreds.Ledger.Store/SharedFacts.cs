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

    /// <summary>Keeps facts; what the same device shared of the same before is replaced.</summary>
    /// <param name="secret">The device's secret.</param>
    /// <param name="facts">The facts; those behind the first <see cref="MaxFacts"/> are left out.</param>
    /// <param name="now">The moment, of which the month is kept.</param>
    public Task ShareAsync(string secret, IReadOnlyList<SharedFact> facts, DateTimeOffset now) =>
        store.Database.WriteAsync(connection =>
        {
            using var put = connection.Prepare(
                "INSERT INTO shared_fact (key, month, kind, subject, value) VALUES ($0, $1, $2, $3, $4) "
                + "ON CONFLICT (key) DO UPDATE SET month = excluded.month, value = excluded.value", 5);
            foreach (var fact in facts.Take(MaxFacts))
                put.With(KeyOf(secret, fact), MonthOf(now), fact.Kind, fact.Subject, fact.Value).ExecuteNonQuery();
        });

    /// <summary>Tells whether a device shares something of a kind.</summary>
    public bool IsShared(string secret, SharedFact fact)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT 1 FROM shared_fact WHERE key = $0", 1).With(KeyOf(secret, fact)).ExecuteScalar()
            is not null;
    }

    /// <summary>Forgets all that a device shared.</summary>
    /// <returns>How many facts there were.</returns>
    public async Task<int> WithdrawAsync(string secret)
    {
        // Anybody may ask, and it takes a while: meanwhile others write.
        var own = FindOwn(secret);
        if (own.Count == 0) return 0;
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM shared_fact WHERE key = $0", 1);
            return own.Sum(key => delete.With(key).ExecuteNonQuery());
        });
        if (gone > 0) store.NoteDeletion();
        return gone;
    }

    // Nothing says whose a fact is: each is tried.
    private List<byte[]> FindOwn(string secret)
    {
        var own = new List<byte[]>();
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT key, kind, subject, value FROM shared_fact", 0).ExecuteReader();
        while (rows.Read())
        {
            byte[] key = rows.GetFieldValue<byte[]>(0);
            var fact = new SharedFact(rows.GetString(1), rows.GetString(2), rows.GetString(3));
            if (key.AsSpan().SequenceEqual(KeyOf(secret, fact))) own.Add(key);
        }

        return own;
    }

    /// <summary>
    /// Counts the facts of a kind that were shared before this month: what changes within a month is seen at once and
    /// not one by one.
    /// </summary>
    public IReadOnlyList<SharedCount> Count(string kind, DateTimeOffset now)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT subject, value, COUNT(*) FROM shared_fact WHERE kind = $0 AND month < $1 "
            + "GROUP BY subject, value ORDER BY subject, value", 2).With(kind, MonthOf(now)).ExecuteReader();
        var found = new List<SharedCount>();
        while (rows.Read()) found.Add(new SharedCount(rows.GetString(0), rows.GetString(1), rows.GetInt64(2)));
        return found;
    }

    /// <summary>Forgets what was shared too long ago.</summary>
    public async Task SweepAsync(DateTimeOffset now)
    {
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM shared_fact WHERE month < $0", 1);
            return delete.With(MonthOf(now.AddMonths(-KeptMonths))).ExecuteNonQuery();
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
